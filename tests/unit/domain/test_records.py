"""A record that belongs to somebody else is the same in all else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

from connector.domain.records import Record

DAY = datetime(2026, 3, 1, tzinfo=UTC)
RECORD = Record(
    platform="crm",
    remote_id="7",
    contact=1,
    emails=("a@x.org",),
    attributes={"job": "boss"},
    changed_at=DAY,
    stamps={"job": 5},
    created_at=DAY,
    modified_at=DAY,
    recorded_at=DAY,
    removed_at=DAY,
    merged_into="8",
    opted_out=True,
)


def test_only_the_person_is_another() -> None:
    assert all(getattr(RECORD, each.name) for each in fields(Record))
    assert RECORD.of(2) == replace(RECORD, contact=2)
