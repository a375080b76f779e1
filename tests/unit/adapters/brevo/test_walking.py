"""A walk by offset over a list that changes: what stays is seen, and the walk ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.brevo.limits import CONTACTS
from adapters.brevo.walking import BREAKS, Footing, Listing, walk, walk_on
from connector.errors import AccessRefused, PlatformUnavailable, UnexpectedAnswer
from tests.unit.adapters.brevo.canned import INVENTED, Answer, Asked, Canned

Row = dict[str, Any]


def listing(limit: int = 3, may_lack: frozenset[int] = frozenset()) -> Listing:
    return Listing(
        operation="read things",
        path=INVENTED,
        bucket=CONTACTS,
        field="things",
        limit=limit,
        key=lambda row: str(row["id"]),
        order=lambda row: int(row["at"]),
        may_lack=may_lack,
    )


def rows(*ids: int) -> list[Row]:
    return [{"id": each, "at": each} for each in ids]


@dataclass
class Things:
    """A list on a platform; `between` happens to it after each answer."""

    present: list[Row]
    between: Callable[[list[Row]], object] = lambda _: None
    canned: Canned = field(init=False)

    def __post_init__(self) -> None:
        self.canned = Canned(self._answer)

    def _answer(self, asked: Asked) -> Answer:
        page, count = list(asked.page_of(self.present)), len(self.present)
        self.between(self.present)
        return 200, {"things": page, "count": count}

    async def seen(self, start: Footing | None = None, limit: int = 3) -> list[int]:
        """Return the ids of all rows, in the order in which they came."""
        pages = walk(self.canned.account(), listing(limit), start or Footing())
        return [row["id"] async for stretch in pages for row in stretch.rows]


def deleting(*ids: int) -> Callable[[list[Row]], None]:
    """Return what deletes one of these rows after each answer."""
    left = list(ids)

    def delete(present: list[Row]) -> None:
        if left:
            gone = left.pop(0)
            present[:] = [row for row in present if row["id"] != gone]

    return delete


async def test_a_list_that_stands_still_is_seen_once() -> None:
    things = Things(rows(*range(1, 9)))

    assert await things.seen() == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_each_page_costs_one_request_and_one_row() -> None:
    things = Things(rows(*range(1, 5001)))

    await things.seen(limit=1000)

    assert len(things.canned.asked) == 6


async def test_an_empty_list_ends_at_once() -> None:
    things = Things([])

    assert await things.seen() == []
    assert len(things.canned.asked) == 1


async def test_a_row_deleted_behind_the_reader_hides_no_other() -> None:
    things = Things(rows(*range(1, 9)), between=deleting(1))

    assert set(await things.seen()) >= set(range(2, 9))


async def test_a_reader_whose_last_row_is_deleted_finds_its_place_again() -> None:
    things = Things(rows(*range(1, 9)), between=deleting(3))

    assert set(await things.seen()) >= {1, 2, 4, 5, 6, 7, 8}


async def test_a_list_that_shrinks_below_the_reader_is_read_to_its_end() -> None:
    def shrink(present: list[Row]) -> None:
        present[:] = [row for row in present if row["id"] in {6, 7}]

    things = Things(rows(*range(1, 8)), between=shrink)

    assert set(await things.seen()) >= {6, 7}


async def test_rows_of_one_instant_are_told_apart_by_their_key() -> None:
    same = [{"id": each, "at": 5} for each in range(1, 9)]
    things = Things(same, between=deleting(2, 3))

    assert set(await things.seen()) >= {1, 4, 5, 6, 7, 8}


async def test_a_walk_resumes_where_it_stood_though_rows_went_meanwhile() -> None:
    things = Things(rows(*range(1, 9)))
    pages = walk(things.canned.account(), listing(), Footing())
    first = await anext(pages)
    deleting(1)(things.present)

    rest = await things.seen(Footing.of(first.footing.plain()))

    assert set(rest) >= {4, 5, 6, 7, 8}


async def test_a_total_that_counts_more_than_there_is_does_not_keep_us() -> None:
    present = rows(1, 2, 3, 4)
    canned = Canned(lambda asked: (200, {"things": asked.page_of(present), "count": 50_000}))

    pages = [each async for each in walk(canned.account(), listing(), Footing())]

    assert [row["id"] for page in pages for row in page.rows] == [1, 2, 3, 4]
    assert len(canned.asked) == 4


async def test_a_short_page_is_no_end_while_the_total_says_more() -> None:
    present = rows(*range(1, 8))
    canned = Canned(lambda asked: (200, {"things": asked.page_of(present)[:2], "count": 7}))

    pages = [each async for each in walk(canned.account(), listing(), Footing())]

    assert [row["id"] for page in pages for row in page.rows] == [1, 2, 3, 4, 5, 6, 7]


async def test_one_page_that_brings_nothing_is_no_end_while_the_total_says_more() -> None:
    present = rows(*range(1, 8))

    def answer(asked: Asked) -> Answer:
        page = asked.page_of(present)
        return 200, {"things": page[:1] if len(canned.asked) == 2 else page, "count": 7}

    canned = Canned(answer)
    pages = [each async for each in walk(canned.account(), listing(), Footing())]

    assert [row["id"] for page in pages for row in page.rows] == [1, 2, 3, 4, 5, 6, 7]


async def test_where_answers_say_how_many_there_are_one_that_does_not_is_no_end() -> None:
    present = rows(*range(1, 8))

    def answer(asked: Asked) -> Answer:
        page = asked.page_of(present)
        return 200, {"things": page[:2]} if len(canned.asked) == 2 else {"things": page, "count": 7}

    canned = Canned(answer)
    counted = replace(listing(), is_counted=True)
    pages = [each async for each in walk(canned.account(), counted, Footing())]

    assert [row["id"] for page in pages for row in page.rows] == [1, 2, 3, 4, 5, 6, 7]


async def test_a_list_that_goes_round_in_circles_is_an_error() -> None:
    canned = Canned(lambda _: (200, {"things": rows(1, 2, 3), "count": 10}))

    with pytest.raises(UnexpectedAnswer, match="comes to no end"):
        _ = [each async for each in walk(canned.account(), listing(), Footing())]


@pytest.mark.parametrize("body", [None, [], {"things": 1}, {"things": ["no"]}, {"things": [{}]}])
async def test_rows_that_cannot_be_read_are_an_error(body: object) -> None:
    canned = Canned(lambda _: (200, body))

    with pytest.raises(UnexpectedAnswer):
        _ = [each async for each in walk(canned.account(), listing(), Footing())]


async def test_what_an_account_lacks_is_read_as_empty() -> None:
    canned = Canned(lambda _: (403, {"code": "permission_denied", "message": "no shop"}))

    lacking = listing(may_lack=frozenset({403}))
    pages = [each async for each in walk(canned.account(), lacking, Footing())]

    assert [(page.rows, page.is_last) for page in pages] == [((), True)]


async def test_a_walk_that_broke_off_goes_on_where_it_stood() -> None:
    things = Things(rows(*range(1, 9)))
    breaks = iter([200, 500, 500, 200, 200, 503])
    canned = Canned(lambda asked: (next(breaks, 200), things.canned.answer(asked)[1]))

    pages = [each async for each in walk_on(canned.account(), listing())]

    assert [row["id"] for page in pages for row in page.rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    offsets = [int(each.params["offset"]) for each in canned.asked]
    assert offsets == [0, 2, 2, 2, 4, 6, 6]
    assert [each.total_seconds() for each in canned.clock.waits] == [1, 2, 1]


async def test_a_walk_that_breaks_off_again_and_again_is_given_up() -> None:
    canned = Canned(lambda _: (500, {}))

    with pytest.raises(PlatformUnavailable):
        _ = [each async for each in walk_on(canned.account(), listing())]

    assert len(canned.asked) == BREAKS


async def test_a_walk_that_is_refused_is_not_gone_on_with() -> None:
    canned = Canned(lambda _: (401, {}))

    with pytest.raises(AccessRefused):
        _ = [each async for each in walk_on(canned.account(), listing())]

    assert len(canned.asked) == 1


@given(st.data())
async def test_whoever_is_there_all_the_time_is_seen(data: st.DataObject) -> None:
    ids = list(range(1, data.draw(st.integers(1, 40)) + 1))
    made = list(range(1000, 1010))
    gone: set[int] = set()

    def change(present: list[Row]) -> None:
        for _ in range(data.draw(st.integers(0, 3))):
            if data.draw(st.booleans()) and present:
                gone.add(present.pop(data.draw(st.integers(0, len(present) - 1)))["id"])
        if data.draw(st.booleans()) and made:
            present.extend(rows(made.pop(0)))

    things = Things(rows(*ids), between=change)
    seen = await things.seen(limit=data.draw(st.integers(2, 7)))

    assert set(ids) - gone <= set(seen)
