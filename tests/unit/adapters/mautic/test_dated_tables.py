"""Rows by their dates: each is read, however many have one date, wherever a reading broke off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.cursors import Place
from adapters.mautic.account import Row
from adapters.mautic.events.dated_tables import DatedTable
from adapters.mautic.events.row_events import event_of_row
from adapters.mautic.spans import instant_of, stamp
from connector.domain.events import Event
from connector.domain.instants import to_micros
from tests.conformance.world import AT
from tests.unit.adapters.mautic.canned import Answer, Asked, Canned

FIRST = to_micros(AT)
SECOND = 10**6


def table(seconds: Sequence[int]) -> Canned:
    """Return an instance with a row for each of these seconds after the first."""
    rows = [
        {"id": f"{number:03}", "at": stamp(FIRST + second * SECOND)}
        for number, second in enumerate(seconds)
    ]
    rows.sort(key=lambda row: (row["at"], row["id"]))

    def answer(asked: Asked) -> Answer:
        since = asked.clause("at") or ""
        start, limit = int(asked.params["start"]), int(asked.params["limit"])
        found: list[dict[str, Any]] = [row for row in rows if row["at"] >= since]
        return 200, {"total": str(len(found)), "stats": found[start : start + limit]}

    canned = Canned(answer)
    canned.clock.advance(timedelta(days=1))
    return canned


async def events_of(rows: Sequence[Row]) -> Sequence[Event]:
    return [
        event_of_row(
            "things",
            row["id"],
            subject="1",
            kind="custom.thing",
            at=instant_of(row["at"]),
            fields={},
        )
        for row in rows
    ]


def source(canned: Canned, page_rows: int) -> DatedTable:
    return DatedTable(
        account=canned.account(),
        name="things",
        types=frozenset({"custom.thing"}),
        translate=events_of,
        column="at",
        keys=("id",),
        page_rows=page_rows,
    )


@given(seconds=st.lists(st.integers(0, 5), max_size=20), page_rows=st.integers(1, 7))
async def test_every_row_is_read_once_and_none_is_lost_behind_a_page(
    seconds: list[int], page_rows: int
) -> None:
    dated = source(table(seconds), page_rows)
    read: list[str] = []
    places: list[tuple[int, Place]] = []

    async for batch in dated.read({}):
        read += [each.id for each in batch.events]
        places.append((len(read), batch.place))

    assert len(read) == len(set(read)) == len(seconds)
    for count, place in places[:-1]:
        rest = [each.id async for batch in dated.read(place) for each in batch.events]
        assert read[:count] + rest == read


async def test_what_is_seen_a_little_late_is_read_and_nothing_older() -> None:
    canned = table([0])
    late = timedelta(minutes=4)
    (first,) = [batch.place async for batch in source(canned, 10).read({})]
    now = to_micros(canned.clock.now())
    rows = [{"id": "1", "at": stamp(now - late // timedelta(microseconds=1))}]
    asked: list[str | None] = []

    def answer(request: Asked) -> Answer:
        asked.append(request.clause("at"))
        return 200, {"total": "1", "stats": rows}

    canned.answer = answer
    again = [each async for batch in source(canned, 10).read(first) for each in batch.events]

    assert len(again) == 1
    assert asked == [stamp(now - timedelta(minutes=5) // timedelta(microseconds=1))]
