"""Simulated time passes when nobody has anything to do, and only then."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from connector.runtime.planes.clock import SimulatedClock

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(AT)


async def many_rounds() -> None:
    """Return after so many rounds of the loop that a clock that waits for nobody has gone on."""
    for _ in range(1000):
        await asyncio.sleep(0)


async def test_time_is_moved_from_one_instant_waited_for_to_the_next(
    clock: SimulatedClock,
) -> None:
    seen: list[datetime] = []

    async def wait(hours: int) -> None:
        await clock.sleep(hours * HOUR)
        seen.append(clock.now())

    waiting = asyncio.gather(*map(wait, (5, 1, 3)))
    await clock.run_until(AT + 4 * HOUR)

    assert seen == [AT + HOUR, AT + 3 * HOUR]
    assert clock.now() == AT + 4 * HOUR
    await clock.run(waiting)


async def test_who_waits_for_the_very_end_is_woken(clock: SimulatedClock) -> None:
    waiting = asyncio.create_task(clock.sleep(HOUR))

    await clock.run_until(AT + HOUR)

    assert waiting.done()


async def test_those_of_one_instant_are_woken_in_their_order(clock: SimulatedClock) -> None:
    seen: list[int] = []

    async def wait(number: int) -> None:
        await clock.sleep(HOUR)
        seen.append(number)

    await clock.run(asyncio.gather(*map(wait, range(20))))

    assert seen == list(range(20))


@pytest.mark.parametrize("span", [timedelta(), -HOUR], ids=["none", "less than none"])
async def test_a_wait_of_no_time_lets_others_go_first(
    clock: SimulatedClock, span: timedelta
) -> None:
    other = asyncio.Event()
    asyncio.get_running_loop().call_soon(other.set)

    await clock.sleep(span)

    assert other.is_set()
    assert clock.now() == AT


async def test_who_gave_up_waiting_moves_nothing(clock: SimulatedClock) -> None:
    waiting = asyncio.create_task(clock.sleep(HOUR))
    await clock.run_until(AT)
    waiting.cancel()

    await clock.run(asyncio.sleep(0))
    await clock.run(clock.sleep(3 * HOUR))

    assert clock.now() == AT + 3 * HOUR


async def test_time_waits_for_who_has_much_to_do(clock: SimulatedClock) -> None:
    seen: list[datetime] = []

    async def work() -> None:
        await many_rounds()
        seen.append(clock.now())

    waiting = asyncio.create_task(clock.sleep(HOUR))
    await clock.run(asyncio.gather(work(), waiting))

    assert seen == [AT]


async def test_time_waits_for_threads(clock: SimulatedClock) -> None:
    may_end = threading.Event()

    async def work() -> datetime:
        await asyncio.to_thread(may_end.wait)
        return clock.now()

    async def let_it_end() -> None:
        await many_rounds()
        may_end.set()

    seen, *_ = await clock.run(asyncio.gather(work(), let_it_end(), clock.sleep(HOUR)))

    assert seen == AT


async def test_time_waits_for_threads_of_one_who_sleeps_too(clock: SimulatedClock) -> None:
    may_end = threading.Event()
    seen: list[datetime] = []

    async def work() -> None:
        with clock.working():
            renewing = asyncio.create_task(clock.sleep(HOUR))
            await asyncio.to_thread(may_end.wait)
            seen.append(clock.now())
            renewing.cancel()

    async def let_it_end() -> None:
        await many_rounds()
        may_end.set()

    working = asyncio.gather(work(), let_it_end())
    await clock.run_until(AT + 2 * HOUR)

    assert seen == [AT]
    assert working.done()


async def test_time_waits_for_an_answer_to_announced_work(clock: SimulatedClock) -> None:
    answered = asyncio.Event()
    seen: list[datetime] = []

    async def work() -> None:
        with clock.working():
            await answered.wait()
            seen.append(clock.now())

    tasks = [asyncio.create_task(work()), asyncio.create_task(clock.sleep(HOUR))]
    asyncio.get_running_loop().call_later(0.005, answered.set)
    await clock.run_until(AT + 2 * HOUR)

    assert seen == [AT]
    assert all(task.done() for task in tasks)


async def test_time_waits_for_many_answers_one_after_the_other(clock: SimulatedClock) -> None:
    seen: list[datetime] = []

    async def work() -> None:
        with clock.working():
            for _ in range(10):
                await asyncio.sleep(0.005)
                seen.append(clock.now())

    tasks = [asyncio.create_task(work()), asyncio.create_task(clock.sleep(HOUR))]
    await clock.run_until(AT + 2 * HOUR)

    assert seen == [AT] * 10
    assert all(task.done() for task in tasks)


async def test_time_helps_who_waits_for_another_who_sleeps(clock: SimulatedClock) -> None:
    turn = asyncio.Lock()
    seen: list[datetime] = []

    async def work() -> None:
        with clock.working():
            async with turn:
                await clock.sleep(HOUR)
                seen.append(clock.now())

    tasks = [asyncio.create_task(work()) for _ in range(3)]
    await clock.run_until(AT + 3 * HOUR)

    assert seen == [AT + HOUR, AT + 2 * HOUR, AT + 3 * HOUR]
    assert all(task.done() for task in tasks)


async def test_what_is_run_may_wait_for_what_no_time_brings(clock: SimulatedClock) -> None:
    arrived = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, arrived.set)

    assert await clock.run(arrived.wait())


async def test_what_is_run_may_fail(clock: SimulatedClock) -> None:
    async def fail() -> None:
        await clock.sleep(HOUR)
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        await clock.run(fail())


async def test_two_may_move_the_same_time(clock: SimulatedClock) -> None:
    waiting = asyncio.create_task(clock.run(clock.sleep(3 * HOUR)))

    await clock.run_until(AT + HOUR)
    await waiting

    assert clock.now() == AT + 3 * HOUR
