"""What an account said lately is asked for once, by however many at once."""

from __future__ import annotations

import asyncio

from adapters.remembered import LASTS, Remembered
from tests.builders import T
from tests.fakes import FakeClock


class Account:
    """Answers with how often it was asked, after a while."""

    def __init__(self) -> None:
        self.asked = 0

    async def ask(self) -> int:
        self.asked += 1
        answer = self.asked
        await asyncio.sleep(0)
        return answer


async def test_many_at_once_ask_once() -> None:
    account = Account()
    remembered = Remembered(FakeClock(T), account.ask)

    assert await asyncio.gather(*(remembered.get() for _ in range(8))) == [1] * 8


async def test_an_answer_is_asked_for_again_once_it_is_old_or_forgotten() -> None:
    clock, account = FakeClock(T), Account()
    remembered = Remembered(clock, account.ask)
    first = [await remembered.get(), await remembered.get()]

    clock.advance(LASTS * 2)
    second = await remembered.get()
    remembered.forget()

    assert (first, second, await remembered.get()) == ([1, 1], 2, 3)


async def test_an_answer_that_does_not_suit_is_asked_for_again_once() -> None:
    account = Account()
    remembered = Remembered(FakeClock(T), account.ask)

    new = await remembered.get(lambda answer: answer > 5)
    again = await remembered.get(lambda answer: answer > 5)

    assert (new, again, account.asked) == (1, 2, 2)


async def test_an_answer_is_asked_for_again_once_the_clock_was_set_back() -> None:
    clock, account = FakeClock(T), Account()
    remembered = Remembered(clock, account.ask)
    await remembered.get()

    clock.advance(-LASTS)

    assert await remembered.get() == 2


async def test_an_answer_that_was_under_way_when_it_was_forgotten_is_not_remembered() -> None:
    account = Account()
    remembered = Remembered(FakeClock(T), account.ask)

    early = asyncio.ensure_future(remembered.get())
    await asyncio.sleep(0)
    remembered.forget()

    assert (await remembered.get(), await early) == (2, 1)
