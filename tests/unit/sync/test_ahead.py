"""Pages are asked for while others are stored, a few and no more; nothing is lost at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.memory.reading import MemoryReader
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable, Problem
from connector.sync.pulling.pull import pull
from connector.sync.pulling.walk import ITEMS_AHEAD, PAGES_AHEAD, ahead, joined
from tests.unit.sync.world import World


class Source:
    """Pages of numbers, each asked for by itself."""

    def __init__(self, count: int, *, size: int = 1, fails_at: int | None = None) -> None:
        self.count, self.size, self.fails_at = count, size, fails_at
        self.asked = 0

    async def page(self) -> Page[int] | None:
        await asyncio.sleep(0)
        self.asked += 1
        if self.asked == self.fails_at:
            raise PlatformUnavailable(platform="crm", operation="read")
        if self.asked > self.count:
            return None
        return Page(items=(self.asked,) * self.size, cursor=str(self.asked))


class Full(list[str]):
    """Takes nothing."""

    def extend(self, _: object) -> None:
        raise MemoryError


async def idle() -> None:
    """Let others do all that they can without us."""
    for _ in range(100):
        await asyncio.sleep(0)


async def store(source: Source, to: list[str]) -> None:
    """Take all pages, more slowly than they come."""
    async with ahead(source.page) as waiting:
        while pages := await waiting.taken():
            to.extend(cursors(pages))
            await idle()


def cursors(pages: Sequence[Page[int]]) -> list[str]:
    return [each.cursor for each in pages]


async def test_all_pages_come_once_and_in_order_whoever_is_faster() -> None:
    source = Source(10)
    taken: list[str] = []

    async with ahead(source.page) as waiting:
        while pages := await waiting.taken():
            taken += cursors(pages)
            if len(taken) % 3:
                await idle()

    assert taken == [str(number) for number in range(1, 11)]


async def test_a_page_is_handed_over_at_once_where_none_waits_behind_it() -> None:
    source = Source(3)

    async with ahead(source.page) as waiting:
        assert cursors(await waiting.taken()) == ["1"]


async def test_meanwhile_a_few_pages_are_asked_for_and_no_more() -> None:
    source = Source(100)

    async with ahead(source.page) as waiting:
        await waiting.taken()
        await idle()

        assert source.asked == 1 + PAGES_AHEAD
        assert len(await waiting.taken()) == PAGES_AHEAD


async def test_of_large_pages_one_is_enough_to_wait() -> None:
    source = Source(100, size=ITEMS_AHEAD)

    async with ahead(source.page) as waiting:
        await waiting.taken()
        await idle()

        assert source.asked == 2


async def test_an_error_comes_after_all_that_was_read_before_it() -> None:
    taken: list[str] = []

    with pytest.raises(PlatformUnavailable):
        await store(Source(5, fails_at=4), taken)

    assert taken == ["1", "2", "3"]


async def test_nothing_more_is_asked_once_pages_cannot_be_stored() -> None:
    source = Source(100)

    with pytest.raises(MemoryError):
        await store(source, to=Full())
    asked = source.asked
    await idle()

    assert source.asked == asked


def test_pages_in_a_row_are_one_with_the_cursor_behind_the_last() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    pages = [
        Page(items=(1, 2), cursor="a", problems=(Problem(message="x"),), whole={"Hot": day}),
        Page(items=(3,), cursor="b", problems=(Problem(message="y"),), total=10),
    ]

    (page,) = joined(pages)

    assert (page.items, page.cursor, page.total) == ((1, 2, 3), "b", 10)
    assert ([each.message for each in page.problems], page.whole) == (["x", "y"], {"Hot": day})


@pytest.mark.parametrize("is_read_first", [True, False])
async def test_whoever_was_read_before_being_merged_is_gone_and_not_the_other_way_round(
    is_read_first: bool,
) -> None:
    world = World(page_size=1)
    loser, winner = world.crm.create("a@x.org"), world.crm.create("b@x.org")

    class MergesMeanwhile(MemoryReader):
        """Has one contact merged into the other in the midst of being read."""

        async def contacts(
            self, reading: Reading, since: Cursor | None
        ) -> AsyncIterator[Page[Contact]]:
            pages: list[Page[Contact]] = [page async for page in super().contacts(reading, since)]
            for page in pages if is_read_first else reversed(pages):
                yield replace(
                    page,
                    items=tuple(
                        replace(each, merged_ids=(loser.id,))
                        if each.remote_id == winner.id
                        else each
                        for each in page.items
                    ),
                )

    world.platforms["crm"].contacts = MergesMeanwhile(account=world.crm, page_size=1)

    await pull(world.workspace, "crm")

    is_gone = {each.remote_id: each.removed_at is not None for each in await world.records()}
    assert is_gone == {loser.id: is_read_first, winner.id: False}
