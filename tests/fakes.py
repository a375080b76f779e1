"""Stand-ins for what tests must not use: the machine's clock, and a terminal."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from connector.config.configuration import Configuration
from connector.errors import NotFound
from connector.ports.progress import Silent
from connector.sync.simulating.question import Question
from connector.sync.simulating.trials import Trial, TrialState

T = TypeVar("T")


class Shown(Silent):
    """Keeps what is waited for, as it would be shown."""

    def __init__(self) -> None:
        self.waits: list[tuple[str, str, timedelta]] = []
        """The platform, why, and for how long at most."""

    @contextmanager
    def waiting(self, platform: str, why: str, span: timedelta) -> Iterator[None]:
        self.waits.append((platform, why, span))
        with super().waiting(platform, why, span):
            yield


@dataclass
class FakeClock:
    """A clock that moves when it is told to, or waited for."""

    at: datetime
    waits: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, span: timedelta) -> None:
        self.waits.append(span)
        self.at += span

    def advance(self, span: timedelta) -> None:
        self.at += span


class SharedClock:
    """A clock for many tasks: it moves to the next who waits when nobody has anything to do.

    Only for work that waits for this clock alone: neither for threads nor for a network.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self.at

    async def sleep(self, span: timedelta) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.at + span, next(self._order), woken))
        await woken

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` returns, moving time on whenever all wait for it."""
        loop: Any = asyncio.get_running_loop()
        task = asyncio.ensure_future(work)
        while not task.done():
            # This one itself is all that is ready: then everybody else waits.
            await asyncio.sleep(0)
            if loop._ready or task.done():
                continue
            while self._waiting and self._waiting[0][2].done():
                heapq.heappop(self._waiting)
            if not self._waiting:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                raise AssertionError("everybody waits for something that never comes")
            self.at, _, woken = heapq.heappop(self._waiting)
            woken.set_result(None)
        return await task


class FakeTrials:
    """Trials that come to whatever a test lets them become."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._trials: dict[str, Trial] = {}

    def ask(self, present: Configuration, files: Mapping[str, str], question: Question) -> Trial:
        del present
        trial = Trial(
            id=f"trial-{len(self._trials)}",
            asked_at=self._clock.now(),
            question=question,
            files=files,
        )
        self._trials[trial.id] = trial
        return trial

    def become(self, trial_id: str, **found: Any) -> Trial:  # noqa: ANN401 - any part
        self._trials[trial_id] = replace(self.find(trial_id), **found)
        return self._trials[trial_id]

    def find(self, trial_id: str) -> Trial:
        if trial_id not in self._trials:
            raise NotFound(trial_id)
        return self._trials[trial_id]

    def latest(self) -> list[Trial]:
        return [*reversed(self._trials.values())]

    async def cancel(self, trial_id: str) -> Trial:
        return self.become(trial_id, state=TrialState.CANCELLED)

    def let_go(self) -> None:
        self._trials.clear()
