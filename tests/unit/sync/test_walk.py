"""A walk goes on behind its last page after an error, as long as it gets anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable, UnexpectedAnswer
from connector.sync.pulling.walk import MOST_LAPS, Walk
from tests.unit.sync.world import World

ROUND = 100
"""So many pages are more than any walk here has."""


def unavailable() -> PlatformUnavailable:
    return PlatformUnavailable(platform="crm", operation="read")


class Rounds:
    """Hands over pages up to an error, whatever was handed over before."""

    def __init__(self, cursors: Sequence[str]) -> None:
        self.cursors = cursors
        self.pages = 0

    async def start(self, _: Cursor | None) -> AsyncIterator[Page[int]]:
        for cursor in self.cursors:
            self.pages += 1
            yield Page(items=(), cursor=cursor)
        raise unavailable()


async def walk_on(walk: Walk[int]) -> int:
    """Walk on after every error that may pass; return how many there were."""
    errors = 0
    while errors < ROUND:
        try:
            if await walk.page() is None:
                return errors
        except PlatformUnavailable:
            errors += 1
    return errors


async def test_pages_that_come_again_and_again_up_to_an_error_have_an_end() -> None:
    rounds = Rounds(["a", "b"])

    with pytest.raises(UnexpectedAnswer, match="the same pages came 6 times"):
        await walk_on(Walk(start=rounds.start, since=None))

    assert rounds.pages == 2 * (1 + MOST_LAPS)


async def test_an_error_before_any_page_is_for_others_to_count() -> None:
    assert await walk_on(Walk(start=Rounds([]).start, since=None)) == ROUND


async def test_a_walk_that_gets_further_may_fail_at_every_page() -> None:
    async def start(since: Cursor | None) -> AsyncIterator[Page[int]]:
        place = int(since or 0) + 1
        if place <= ROUND // 2:
            yield Page(items=(), cursor=str(place))
            raise unavailable()

    assert await walk_on(Walk(start=start, since=None)) == ROUND // 2


async def test_a_pull_of_such_a_stream_ends_and_tells_why() -> None:
    world = World()
    rounds = Rounds(["a"])
    world.platforms["crm"].events = type("Events", (), {"events": staticmethod(rounds.start)})()

    summary = await world.sync(None, pulls=True, scores=False, pushes=False)

    assert "the same pages came 6 times" in str(summary.errors)
    assert rounds.pages < ROUND
