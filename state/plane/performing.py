"""The jobs that this process performs at present."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from connector.ports.control import Job, Perform

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    row: int
    task: asyncio.Task[object]


class Performing:
    """Performs jobs in the tasks it is called in, and can cancel them."""

    def __init__(
        self,
        hand_back: Callable[[Job], Awaitable[None]],
        *,
        may_begin: Callable[[Job], bool],
        counts: Callable[[Job], bool],
    ) -> None:
        """Take what has a job wait again, and whether one may begin, or counts that has ended."""
        self._hand_back = hand_back
        self._may_begin = may_begin
        self._counts = counts
        self._turns: dict[Job, _Turn] = {}

    def jobs(self) -> Sequence[Job]:
        """Return what is under way."""
        return tuple(self._turns)

    def rows(self) -> set[int]:
        """Return the rows of what is under way."""
        return {turn.row for turn in self._turns.values()}

    def is_busy(self, lane: str) -> bool:
        """Return whether something is under way in a lane."""
        return any(job.lane == lane for job in self._turns)

    def cancel(self, lane: str | None = None) -> None:
        """Cancel what is under way, in one lane or at all."""
        for job, turn in self._turns.items():
            # Who is tidying up already is not disturbed at it.
            if lane in {None, job.lane} and not turn.task.cancelling():
                turn.task.cancel()

    async def perform(self, job: Job, row: int, perform: Perform) -> None:
        """Perform a job; what it raises is logged, and when it is cancelled it waits again."""
        try:
            # Its row was put back while this process was stalled, and is here again already.
            while (other := self._turns.get(job)) is not None:
                await asyncio.wait({other.task})
            # A worker that is told to stop begins one more that it has fetched.
            if is_begun := self._may_begin(job):
                await self._perform(job, row, perform)
            if not (is_begun and self._counts(job)):
                # It may have ended because its lane was lost.
                await _to_the_end(self._hand_back(job))
        except asyncio.CancelledError:
            await _to_the_end(self._hand_back(job))
            raise
        except Exception:  # noqa: BLE001 - whatever goes wrong in one job, the others go on
            _log.exception("job failed", job=str(job))

    async def _perform(self, job: Job, row: int, perform: Perform) -> None:
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"  # noqa: S101 - for the type checker
        self._turns[job] = _Turn(row=row, task=task)
        try:
            await perform(job)
        finally:
            del self._turns[job]


async def _to_the_end(work: Awaitable[None]) -> None:
    """Wait until `work` is done, also when this is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            continue
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.warning("job not handed back", cause=type(error).__name__)
