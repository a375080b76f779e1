"""Many questions at once: few under way, and none once an error is told."""

from __future__ import annotations

import asyncio

import pytest

from adapters.together import AT_ONCE, ask_all, ask_each
from connector.errors import PlatformError, PlatformUnavailable


class Platform:
    """Answers a number with its double once everybody had a turn, and refuses the unlucky ones."""

    def __init__(self, error: Exception | None = None, unlucky: int | None = None) -> None:
        self.error, self.unlucky = error, unlucky
        self.asked = self.under_way = self.most = 0

    async def double(self, number: int) -> int:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            if number == self.unlucky and self.error is not None:
                raise self.error
            for _ in range(3):
                await asyncio.sleep(0)
            return 2 * number
        finally:
            self.under_way -= 1


async def test_all_answers_come_in_order_and_few_questions_are_under_way() -> None:
    platform = Platform()

    answers = await ask_all(range(100), platform.double)

    assert answers == [2 * each for each in range(100)]
    assert platform.most == AT_ONCE


async def test_nothing_is_asked_of_nobody() -> None:
    assert await ask_all([], Platform().double) == []
    assert await ask_each([], Platform().double) == []


async def test_the_first_error_ends_what_is_under_way_and_the_rest_is_not_asked() -> None:
    failing = PlatformUnavailable("no", platform="mail", operation="read")
    platform = Platform(failing, unlucky=3)

    with pytest.raises(PlatformUnavailable):
        await ask_all(range(100), platform.double)

    asked = platform.asked
    assert platform.under_way == 0
    await asyncio.sleep(0)
    assert platform.asked == asked <= AT_ONCE


async def test_an_error_of_ours_leaves_nothing_under_way_either() -> None:
    platform = Platform(ZeroDivisionError(), unlucky=3)

    with pytest.raises(ZeroDivisionError):
        await ask_each(range(100), platform.double)

    assert platform.under_way == 0
    assert platform.asked <= AT_ONCE


async def test_an_error_of_one_item_stands_in_its_place() -> None:
    failing = PlatformUnavailable("no", platform="mail", operation="read")
    platform = Platform(failing, unlucky=3)

    answers = await ask_each(range(20), platform.double)

    assert [place for place, each in enumerate(answers) if isinstance(each, PlatformError)] == [3]
    assert platform.asked == 20


async def test_a_platform_that_is_slow_is_asked_less_at_once() -> None:
    platform = Platform()

    await ask_each(range(20), platform.double, at_once=2)

    assert platform.most == 2


async def test_who_is_called_off_calls_off_what_was_asked() -> None:
    platform = Platform()
    asking = asyncio.create_task(ask_all(range(100), platform.double))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert platform.under_way == 0
    assert platform.asked <= AT_ONCE
