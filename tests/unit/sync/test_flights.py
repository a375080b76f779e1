"""Several jobs under way at once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial

import pytest

from connector.sync.asking.flights import fly


class Tower:
    """Sees which jobs are under way, and lets them end."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.most = 0

    async def jobs(
        self, count: int, **failing: int
    ) -> AsyncIterator[Callable[[], Coroutine[None, None, None]]]:
        for number in range(count):
            yield partial(self._job, number, failing.get("at") == number)

    async def _job(self, number: int, fails: bool) -> None:
        self.begun.append(number)
        self.most = max(self.most, len(self.begun) - len(self.ended))
        try:
            for _ in range(1 if fails else 3):
                await asyncio.sleep(0)
            if fails:
                raise LookupError(number)
        finally:
            self.ended.append(number)


@pytest.fixture
def tower() -> Tower:
    return Tower()


async def test_all_jobs_run_in_order_and_no_more_at_once_than_allowed(tower: Tower) -> None:
    await fly(tower.jobs(10), most=3)

    assert tower.begun == list(range(10))
    assert sorted(tower.ended) == list(range(10))
    assert tower.most == 3


async def test_one_at_a_time_is_one_after_the_other(tower: Tower) -> None:
    await fly(tower.jobs(4), most=1)

    assert tower.begun == tower.ended == [0, 1, 2, 3]


async def test_no_jobs_are_done_at_once(tower: Tower) -> None:
    await fly(tower.jobs(0), most=3)

    assert tower.begun == []


async def test_after_an_error_none_begins_and_those_under_way_end(tower: Tower) -> None:
    with pytest.raises(LookupError):
        await fly(tower.jobs(10, at=1), most=3)

    assert tower.begun == [0, 1, 2]
    assert sorted(tower.ended) == [0, 1, 2]


async def test_those_under_way_end_also_when_no_further_one_can_be_had(tower: Tower) -> None:
    async def jobs() -> AsyncIterator[Callable[[], Coroutine[None, None, None]]]:
        async for job in tower.jobs(2):
            yield job
        raise LookupError

    with pytest.raises(LookupError):
        await fly(jobs(), most=3)

    assert sorted(tower.ended) == [0, 1]
    assert tower.most == 2


async def test_cancelling_leaves_nothing_under_way(tower: Tower) -> None:
    flight = asyncio.create_task(fly(tower.jobs(10), most=3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    flight.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flight

    assert tower.begun == tower.ended == [0, 1, 2]


async def test_each_error_of_jobs_that_fail_together_is_looked_at(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError

    async def jobs() -> AsyncIterator[Callable[[], Coroutine[None, None, None]]]:
        for _ in range(4):
            yield fails

    with pytest.raises(LookupError):
        await fly(jobs(), most=4)

    gc.collect()
    assert caplog.records == []
