"""Trials of drafts: one at a time, in a process that ends with this one."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from connector.config.settings import PREFIX
from connector.domain.durations import format_duration
from connector.errors import NotFound, Problem
from connector.runtime.simulating.messages import Order
from connector.sync.simulating.draft import files_in_force
from connector.sync.simulating.trials import TooManyWait, Trial, TrialState

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.clock import Clock
    from connector.sync.simulating.question import Question

KEPT = 10
"""So many trials are kept, in memory alone."""
KEPT_FOR = timedelta(hours=1)
"""For so long after its end a trial is kept: it names people."""
LONGEST = timedelta(minutes=30)
"""After so long a simulation is given up, as others may wait."""
MOST_WAITING = 4
MOST_TOLD = 64 * 2**20
"""Bytes of a result."""
CHILD = "connector.runtime.simulating.child"

_log = structlog.get_logger("heatsync")


class ProcessTrials:
    """Keeps the contract of Trials."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Take what the process of a simulation is told, and what tells when it was."""
        self._settings = settings
        self._clock = clock
        self._trials: dict[str, Trial] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    def renew(self, settings: Settings) -> None:
        """Simulate under other settings from now on."""
        self._settings = settings

    def ask(self, present: Configuration, files: Mapping[str, str], question: Question) -> Trial:
        """Begin a trial of a draft, or have it wait for those before it."""
        if len(self._tasks) > MOST_WAITING:
            message = f"{MOST_WAITING} simulations wait already"
            raise TooManyWait([Problem(message=message, hint="cancel one, or try again later")])
        trial = Trial(
            id=secrets.token_hex(8), asked_at=self._clock.now(), question=question, files=files
        )
        order = Order(
            settings=self._settings,
            folder=present.folder,
            present=files_in_force(present),
            draft=files,
            question=question,
        )
        self._trials[trial.id] = trial
        self._forget_oldest()
        task = asyncio.create_task(self._try(trial.id, order), name=f"simulation {trial.id}")
        self._tasks[trial.id] = task
        task.add_done_callback(partial(self._ended, trial.id))
        return trial

    def find(self, trial_id: str) -> Trial:
        """Return a trial as it stands."""
        if (trial := self._trials.get(trial_id)) is None:
            raise NotFound("there is no such simulation; the last few are kept for an hour")
        return trial

    def latest(self) -> Sequence[Trial]:
        """Return the trials that are kept, latest first."""
        return [*reversed(self._trials.values())]

    async def cancel(self, trial_id: str) -> Trial:
        """End a trial that is not over, and return it."""
        trial = self.find(trial_id)
        if (task := self._tasks.get(trial.id)) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return self.find(trial.id)

    def let_go(self) -> None:
        """Let go of whatever names people; what is under way fails, as it has read them."""
        for trial in [*self._trials.values()]:
            if trial.state.is_over:
                del self._trials[trial.id]
            elif trial.state is TrialState.RUNNING:
                error = "somebody was forgotten meanwhile; simulate again"
                self._end(trial.id, TrialState.FAILED, error=error)
                self._tasks[trial.id].cancel()

    async def aclose(self) -> None:
        """End all that is not over."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget_oldest(self) -> None:
        over = [each.id for each in self._trials.values() if each.state.is_over]
        for trial_id in over[: max(0, len(self._trials) - KEPT)]:
            del self._trials[trial_id]

    async def _try(self, trial_id: str, order: Order) -> None:
        """Take a trial to its end, once it is its turn."""
        try:
            async with self._turn:
                self._change(trial_id, state=TrialState.RUNNING)
                async with asyncio.timeout(LONGEST.total_seconds()):
                    await self._simulate(trial_id, order)
        except TimeoutError:
            longest = format_duration(LONGEST)
            error = f"not done after {longest}; ask for fewer weeks or a longer step"
            self._end(trial_id, TrialState.FAILED, error=error)
        except Exception as error:  # noqa: BLE001 - the edge of a task: nobody else would tell
            _log.exception("simulation failed")
            self._end(trial_id, TrialState.FAILED, error=type(error).__name__)

    async def _simulate(self, trial_id: str, order: Order) -> None:
        async with _opened(order) as process:
            if process.stdout is None:
                raise RuntimeError("a process without an output")
            async for line in process.stdout:
                told: dict[str, Any] = json.loads(line)
                if "share" in told:
                    self._change(trial_id, share=told["share"])
                elif "result" in told:
                    self._end(trial_id, TrialState.DONE, share=1.0, result=told["result"])
                elif "problems" in told:
                    problems = [Problem(**each) for each in told["problems"]]
                    self._end(trial_id, TrialState.REFUSED, problems=problems)
                else:
                    self._end(trial_id, TrialState.FAILED, error=told["error"])
            code = await process.wait()
        if not self._is_over(trial_id):
            _log.error("simulation failed", exit_code=code)
            error = f"its process ended before it was done (exit code {code})"
            self._end(trial_id, TrialState.FAILED, error=error)

    def _ended(self, trial_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[trial_id]
        # It may have been over already, and only its process not.
        if task.cancelled() and not self._is_over(trial_id):
            self._end(trial_id, TrialState.CANCELLED)

    def _is_over(self, trial_id: str) -> bool:
        """Return whether a trial is over; it may have been let go of then."""
        trial = self._trials.get(trial_id)
        return trial is None or trial.state.is_over

    def _end(self, trial_id: str, state: TrialState, **found: Any) -> None:  # noqa: ANN401 - any part
        if self._is_over(trial_id):
            return
        self._change(trial_id, state=state, ended_at=self._clock.now(), **found)
        loop = asyncio.get_running_loop()
        loop.call_later(KEPT_FOR.total_seconds(), self._trials.pop, trial_id, None)

    def _change(self, trial_id: str, **found: Any) -> None:  # noqa: ANN401 - any part
        self._trials[trial_id] = replace(self._trials[trial_id], **found)


@asynccontextmanager
async def _opened(order: Order) -> AsyncIterator[Process]:
    """Give a process that works on an order, and have it ended at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", CHILD),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_environment(),
        limit=MOST_TOLD,
        # Ctrl-C is for the daemon, which ends it.
        start_new_session=True,
    )
    try:
        if process.stdin is None:
            raise RuntimeError("a process without an input")
        # What it left unread it tells by its exit code.
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(order.to_line())
            await process.stdin.drain()
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment() -> Mapping[str, str]:
    """Return the environment of such a process: settings are sent to it, and half of the machine.

    Whatever else there is, such as paths and locale, it needs as we do.
    """
    kept = {name: each for name, each in os.environ.items() if not name.startswith(PREFIX)}
    threads = max(1, (os.cpu_count() or 1) // 2)
    return {**kept, "POLARS_MAX_THREADS": str(threads)}
