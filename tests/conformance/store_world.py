"""What the tests of stores share: a state to work on, and values with only what matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from connector.domain.events import Event
from connector.domain.frames import DECISION_SCHEMA, SCORE_SCHEMA
from connector.domain.ledger import Inbound
from connector.domain.outbound import Outbound
from connector.domain.records import Person, Record
from connector.domain.values import Stored, Value
from connector.ports.store import State, Transaction
from state.columnar.copy import Limits

T = datetime(2026, 1, 15, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
EAGER = Limits(least_events=0, worth_folding=1, part_rows=2, least_asked=0, spread=2**40)
"""Everything is copied, and read from the copy."""
MODEL = "0f" * 32
AWKWARD = (
    "plain",
    "L'été à Málaga — 東京 🔥",
    "\"quoted\" 'twice' ; DROP TABLE persons; --",
    "line\nbreak\ttab\\back",
    "zero\x00byte",
    "half\ud83dpair",
    "escape\ufdd00000 itself",
    "%_[]{}$1:name",
)


class StoreWorld:
    """One state under test, in whatever it is kept."""

    @pytest.fixture
    def state(self) -> State:
        raise NotImplementedError

    @pytest.fixture
    def twin(self) -> State:
        """Return the same state, as another process would open it."""
        raise NotImplementedError


def a_record(remote_id: str, contact: int, *, platform: str = "crm", **fields: object) -> Record:
    values = {"changed_at": T, "recorded_at": T, **fields}
    return Record(platform=platform, remote_id=remote_id, contact=contact, **values)  # type: ignore[arg-type]  # the caller names fields


def an_event(number: str, *, at: datetime = T, kind: str = "page.viewed", **fields: Value) -> Event:
    return Event(id=number, subject="1", type=kind, occurred_at=at, fields=fields)


def an_outbound(contact: int, **fields: object) -> Outbound:
    values = {"platform": "crm", "remote_id": f"r{contact}", "revision": 1, **fields}
    return Outbound(contact=contact, **values)  # type: ignore[arg-type]  # the caller names fields


def a_call(number: str, *, at: timedelta = timedelta(), platform: str = "crm") -> Inbound:
    return Inbound(
        platform=platform,
        id=number,
        body=b"\x00\xff{}",
        headers={"X-Sig": "é\x00"},
        received_at=T + at,
    )


def a_score(
    contact: int,
    value: float | None,
    *,
    name: str = "lead",
    rounded: float | None = None,
    stage: str | None = None,
) -> tuple[object, ...]:
    return contact, name, value, value if rounded is None else rounded, stage


def scores(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCORE_SCHEMA, orient="row")


def decisions(
    *contacts: int,
    next_change_at: datetime | None = None,
    dimensions: str | None = None,
    rules: str | None = None,
) -> pl.DataFrame:
    rows = [(contact, dimensions, next_change_at, rules) for contact in contacts]
    return pl.DataFrame(rows, schema=DECISION_SCHEMA, orient="row")


def called(*keys: str) -> list[Person]:
    """Return persons with these ids of whom nothing else is known."""
    return [Person(contact=0, key=key) for key in keys]


async def people(tx: Transaction, count: int = 1) -> list[int]:
    return list(await tx.contacts.create(called(*(f"p{number}" for number in range(count)))))


async def subject_of(
    tx: Transaction, contact: int | None, *, platform: str = "crm", ref: str = "1"
) -> int:
    return (await tx.contacts.add_subjects(platform, [(ref, None, contact)]))[ref].id


async def decide(
    tx: Transaction,
    *rows: tuple[object, ...],
    at: datetime = T,
    seen: Mapping[int, int] | None = None,
    model: str = MODEL,
    next_change_at: datetime | None = None,
    rules: str | None = None,
) -> None:
    """Record scores for the contacts they are of, all of them changed."""
    decided = scores(*rows)
    contacts = sorted({int(str(row[0])) for row in rows})
    await tx.scores.record(
        at=at,
        model=model,
        seen=seen or {},
        decisions=decisions(*contacts, next_change_at=next_change_at, rules=rules),
        scores=decided,
    )


async def attributes_of(state: State, contact: int) -> Mapping[str, Stored]:
    async with state.read() as tx:
        return (await tx.contacts.persons([contact]))[contact].attributes
