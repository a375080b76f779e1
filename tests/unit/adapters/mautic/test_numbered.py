"""Rows by their numbers: each is read, however late it comes to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cursors import Place
from adapters.mautic.numbered import SETTLES, read_numbered, valid_part
from connector.errors import RightMissing, UnexpectedAnswer
from tests.conformance.world import AT
from tests.unit.adapters.mautic.canned import Answer, Asked, Canned

MINUTE = timedelta(minutes=1)
Seen = tuple[datetime, int]
"""From when on a row is seen, and its number."""


def table(rows: Sequence[Seen], limit: int = 3) -> Canned:
    """Return an instance with a table of rows."""
    canned: Canned

    def answer(asked: Asked) -> Answer:
        at = int(asked.clause("id") or 0)
        now = canned.clock.now()
        behind = sorted(number for since, number in rows if since <= now and number > at)
        shown: list[dict[str, Any]] = [{"id": str(each)} for each in behind[:limit]]
        return 200, {"total": str(len(behind)), "stats": shown}

    canned = Canned(answer)
    return canned


async def read(canned: Canned, place: Place, limit: int = 3) -> tuple[list[int], Place]:
    """Return the numbers that are read behind a place, and the place behind them."""
    found: list[int] = []
    async for rows, here in read_numbered(canned.account(), "things", (), place, limit=limit):
        found += [int(row["id"]) for row in rows]
        place = here
    return found, place


@given(
    steps=st.lists(st.integers(0, 600), min_size=1, max_size=40),
    delays=st.lists(st.integers(0, int(SETTLES.total_seconds()) - 1), min_size=40, max_size=40),
    pauses=st.lists(st.integers(1, 1800), min_size=1, max_size=12),
)
async def test_every_row_is_read_that_is_seen_before_it_settles(
    steps: list[int], delays: list[int], pauses: list[int]
) -> None:
    at, rows = AT, []
    for number, (step, delay) in enumerate(zip(steps, delays, strict=False), start=1):
        at += timedelta(seconds=step)
        rows.append((at + timedelta(seconds=delay), number))
    canned = table(rows)
    seen: set[int] = set()
    place: Place = {}

    for pause in [*pauses, int((at - AT + 2 * SETTLES).total_seconds())]:
        found, place = await read(canned, place)
        seen |= set(found)
        canned.clock.advance(timedelta(seconds=pause))
    found, place = await read(canned, place)

    assert seen | set(found) == {number for _, number in rows}


async def test_a_long_table_is_not_read_all_over_again() -> None:
    canned = table([(AT, number) for number in range(1, 20_001)], limit=1000)
    _, place = await read(canned, {}, limit=1000)
    canned.clock.advance(2 * SETTLES)

    again, place = await read(canned, place, limit=1000)
    canned.clock.advance(2 * SETTLES)
    rest, _ = await read(canned, place, limit=1000)

    assert len(again) == 5_000
    assert rest == []


async def test_a_reading_goes_on_where_it_broke_off() -> None:
    canned = table([(AT, number) for number in range(1, 8)])
    pages = read_numbered(canned.account(), "things", (), {}, limit=3)
    _, place = await anext(pages)

    rest, _ = await read(canned, place)

    assert rest == [4, 5, 6, 7]


async def test_a_place_stays_short_however_often_is_read() -> None:
    canned = table([(AT, 1)])
    place: Place = {}

    for _ in range(500):
        _, place = await read(canned, place)
        canned.clock.advance(timedelta(seconds=2))

    assert len(str(place)) < 400


async def test_of_a_place_that_a_wrong_clock_wrote_the_numbers_count() -> None:
    canned = table([(AT, 1)])
    canned.clock.advance(400 * 24 * 60 * MINUTE)
    _, place = await read(canned, {})

    assert valid_part(place, AT) == {"id": 0}
    assert valid_part(place, canned.clock.now()) == place


async def test_a_table_that_shows_what_was_read_before_is_left() -> None:
    canned = Canned(lambda _: (200, {"total": "9", "stats": [{"id": "1"}]}))

    with pytest.raises(UnexpectedAnswer):
        await read(canned, {})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"errors": [{"message": "You do not have the view permission", "code": 0}]}, RightMissing),
        ({"errors": [{"message": "Access Denied.", "code": 403}]}, RightMissing),
        ({"availableTables": ["page_hits"], "tableColumns": {}}, RightMissing),
        (
            {"errors": [{"message": "SQLSTATE[42S22]: Column not found", "code": 0}]},
            UnexpectedAnswer,
        ),
        ({"total": "1"}, UnexpectedAnswer),
        ({"stats": "none"}, UnexpectedAnswer),
        ([], UnexpectedAnswer),
        ({"stats": [{"id": "first"}]}, UnexpectedAnswer),
    ],
)
async def test_what_is_wrong_within_an_answer_of_200_is_an_error(
    body: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await read(Canned(lambda _: (200, body)), {})
