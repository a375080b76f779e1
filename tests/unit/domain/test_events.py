"""Events: canonical types, and ids for those that have none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.events import (
    CANONICAL_TYPES,
    NOT_INTERACTIONS,
    canonical_type,
    derived_id,
    fields_to_json,
)
from connector.domain.values import Value

TEN = datetime(2026, 1, 15, 10, tzinfo=UTC)
FIELDS: dict[str, Value] = {"url": "/a", "amount": 1.5}


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("email.opened", "email.opened"),
        ("custom.thing", "custom.thing"),
        ("thing", "custom.thing"),
        ("email.unknown", "custom.email.unknown"),
        ("Email.Opened", "custom.Email.Opened"),
    ],
)
def test_what_is_not_canonical_becomes_custom(name: str, canonical: str) -> None:
    assert canonical_type(name) == canonical


def test_what_is_no_interaction_is_canonical() -> None:
    assert NOT_INTERACTIONS < CANONICAL_TYPES


def test_equal_events_have_equal_ids_whatever_the_order_of_their_fields() -> None:
    backwards = dict(reversed(FIELDS.items()))

    assert derived_id("1", "page.viewed", TEN, FIELDS) == derived_id(
        "1", "page.viewed", TEN, backwards
    )


@pytest.mark.parametrize(
    ("subject", "kind", "at", "fields"),
    [
        ("2", "page.viewed", TEN, FIELDS),
        ("1", "email.opened", TEN, FIELDS),
        ("1", "page.viewed", TEN + timedelta(microseconds=1), FIELDS),
        ("1", "page.viewed", TEN, {**FIELDS, "sku": "x"}),
        ("1", "page.viewed", TEN, {"url": "/a"}),
        ("1", "page.viewed", TEN, {"url": "/a", "amount": "1.5"}),
    ],
    ids=["contact", "type", "instant", "one more", "one less", "another type of value"],
)
def test_other_events_have_other_ids(
    subject: str, kind: str, at: datetime, fields: dict[str, Value]
) -> None:
    assert derived_id(subject, kind, at, fields) != derived_id("1", "page.viewed", TEN, FIELDS)


def test_parts_of_an_id_cannot_run_into_one_another() -> None:
    assert derived_id("1", "2x", TEN, {}) != derived_id("12", "x", TEN, {})


def test_an_id_is_the_same_on_every_machine() -> None:
    assert derived_id("1", "page.viewed", TEN, FIELDS) == "4b13d6aed67676636a7c5efc04dfa6bf"


def test_fields_are_written_alike_whatever_their_order() -> None:
    text = fields_to_json({"b": TEN, "a": "é"})

    assert text == '{"a":"é","b":1768471200000000}'
