"""Perform the jobs of a daemon, and have done next what they leave to do."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from connector.errors import ConnectorError
from connector.ports.budget import urgently
from connector.runtime import jobs
from connector.runtime.broken_off import BrokenOff
from connector.runtime.gate import Gate
from connector.runtime.remembering import Remembrance
from connector.sync import tasks, turns
from connector.sync.upkeep.cohorts import tell_past_cohorts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from connector.ports.control import ControlPlane, Job
    from connector.runtime.installation import Installation
    from connector.sync.summary import Summary
    from connector.sync.turns import Turn
    from connector.sync.workspace import Workspace

MANY = 20_000
"""So many who wait are scored from the columnar copy of events, and by all replicas together."""

GATHERING = timedelta(seconds=0.2)
"""Webhook calls within so long are taken in together: each round costs requests, whose number a
platform limits."""

HANDED_BACK = timedelta(seconds=2)
"""A scoring that is by rules of another process is left to it after so long."""

LOOKED_AGAIN = timedelta(seconds=1)
"""Whoever is urgent and in the hands of a longer push is looked for that often."""

_log = structlog.get_logger("heatsync")


class Telemetry(Protocol):
    """Where it is counted what jobs did."""

    def job_ended(self, job: Job, seconds: float, outcome: str) -> None:
        """Count a job that took so long and was ``done``, ``failed`` or ``stopped``."""
        ...

    def summary(self, job: Job, summary: Summary) -> None:
        """Count what a job did."""
        ...

    def webhooks_processed(
        self, platform: str, received: Sequence[datetime], lanes: Collection[str]
    ) -> None:
        """Count calls that came then and are processed now; `lanes` are told what came of it."""
        ...


@dataclass(slots=True, kw_only=True)
class Service:
    """What a daemon does with each job that its control plane begins."""

    installation: Installation
    plane: ControlPlane
    telemetry: Telemetry
    upkeep: Callable[[Workspace], Awaitable[None]]
    """Removes what has had its time."""
    watch: Callable[[Workspace], Awaitable[None]]
    """Tells operators what has changed."""
    when_erased: Callable[[], None] = lambda: None
    """Called once a platform had somebody erased for privacy."""
    shares: int = 1
    """Into how many parts the scoring of many is split, for replicas to share."""
    _remembrance: Remembrance = field(default_factory=Remembrance)
    _took_in_at: dict[str, datetime] = field(default_factory=dict)
    """When calls of a platform were last taken in."""
    _gate: Gate = field(default_factory=Gate)
    _broken_off: BrokenOff = field(default_factory=BrokenOff)

    async def perform(self, job: Job) -> None:
        """Do `job`; what goes wrong is told, and keeps no other job from being done."""
        began = time.monotonic()
        outcome = "stopped"
        try:
            async with self.installation.in_use() as workspace:
                if not job.lane or self._is_known(workspace, job.lane):
                    await self._acts[job.task](workspace, job)
            outcome = "done"
        except ConnectorError as error:
            outcome = "failed"
            _log.warning("job failed", job=str(job), error=type(error).__name__, reason=str(error))
        except Exception:  # noqa: BLE001 - told below with its trace
            # The edge of a task: whatever it is, the others go on, and it is told with its trace.
            outcome = "failed"
            _log.exception("job failed", job=str(job))
        finally:
            self.telemetry.job_ended(job, time.monotonic() - began, outcome)

    @property
    def _acts(self) -> Mapping[str, Callable[[Workspace, Job], Awaitable[None]]]:
        return {
            tasks.PULL: self._pull,
            tasks.INBOUND: self._take_in,
            tasks.SCORE: self._score,
            tasks.PUSH: self._push,
            tasks.FOLD: self._fold,
            tasks.UPKEEP: lambda workspace, _: self.upkeep(workspace),
            tasks.WATCH: lambda workspace, _: self.watch(workspace),
            tasks.PAST: lambda workspace, _: self._recall(workspace),
        }

    async def _pull(self, workspace: Workspace, job: Job) -> None:
        stream = next(each for each in turns.EVERYTHING if each == job.subject.split(" ")[0])
        forced = tasks.is_forced(job)
        await self._end(workspace, job, turns.pull_turn(workspace, job.lane, stream, force=forced))

    async def _take_in(self, workspace: Workspace, job: Job) -> None:
        """Take in calls until none waits: each round is scored and sent before the next.

        Once another configuration is in force, the rest is taken in by that one.
        """
        is_more = True
        while is_more:
            if workspace is not self.installation.workspace:
                await self.plane.defer(job)
                return
            await self._gather(workspace, job.lane)
            scores = await self._gate.is_in_force(workspace)
            unread = await self._gate.unread(workspace)
            begun = turns.inbound_turn(workspace, job.lane, scores=scores, unread=unread)
            with urgently():
                turn = await self._end(workspace, job, begun)
            is_more = turn.taken is not None and turn.taken.is_more

    async def _gather(self, workspace: Workspace, name: str) -> None:
        """Wait for calls that come close behind those taken in last; the first wait for nothing."""
        now = workspace.clock.now()
        rest = self._took_in_at.get(name, now - GATHERING) + GATHERING - now
        # A clock that was set back must not hold up anybody.
        if timedelta() < rest <= GATHERING:
            await workspace.clock.sleep(rest)
        self._took_in_at[name] = workspace.clock.now()

    async def _score(self, workspace: Workspace, job: Job) -> None:
        """Score whoever waits; many of them from the copy of events, and shared with replicas."""
        if not await self._gate.is_in_force(workspace):
            await workspace.clock.sleep(HANDED_BACK)
            await self.plane.defer(job)
            return
        unread = await self._gate.unread(workspace)
        if not job.subject and await turns.count_waiting(workspace, unread) >= MANY:
            if self.plane.holds(jobs.COPY):
                await self._end(workspace, job, turns.fold_turn(workspace))
            if self.shares > 1:
                for part in range(self.shares):
                    await self.plane.defer(tasks.share_job(part, self.shares))
                return
        begun = turns.score_turn(workspace, tasks.share_of(job), unread=unread)
        await self._end(workspace, job, begun)

    async def _push(self, workspace: Workspace, job: Job) -> None:
        if tasks.is_urgent_job(job):
            await self._push_urgent(workspace, job)
            return
        async with self._broken_off.push(workspace.state, job.lane):
            forced = tasks.is_forced(job)
            await self._end(workspace, job, turns.push_turn(workspace, job.lane, force=forced))

    async def _push_urgent(self, workspace: Workspace, job: Job) -> None:
        """Write who is urgent, beside a longer push of the platform if one goes on.

        Whom that has in hand is written once it has let go, or broken off.
        """
        while True:
            async with self._broken_off.push(workspace.state, job.lane):
                # Asked before: what is let go of in between is written by this turn.
                is_in_hand = await turns.is_urgent_in_hand(workspace, job.lane)
                with urgently():
                    await self._end(workspace, job, turns.urgent_turn(workspace, job.lane))
            if not is_in_hand:
                return
            await workspace.clock.sleep(LOOKED_AGAIN)
            if workspace is not self.installation.workspace:
                await self.plane.defer(job)
                return

    async def _fold(self, workspace: Workspace, job: Job) -> None:
        await self._end(workspace, job, turns.fold_turn(workspace))

    async def _recall(self, workspace: Workspace) -> None:
        """Tell some more of the months before the first decision, once everybody was read."""
        if await self._gate.is_in_force(workspace) and not await self._gate.unread(workspace):
            await tell_past_cohorts(workspace)

    async def _end(self, workspace: Workspace, job: Job, begun: Awaitable[Turn]) -> Turn:
        """Take a turn to its end; defer what it leaves to do, count it, and remember it."""
        started_at, began = workspace.clock.now(), time.monotonic()
        turn = await begun
        if turn.summary.erased.total():
            self.when_erased()
        if turn.taken is not None:
            self.telemetry.webhooks_processed(job.lane, turn.taken.received, turn.lanes)
        for lane in sorted(turn.lanes):
            if self._is_known(workspace, lane):
                is_beside = turn.are_few and lane in workspace.platforms
                await self.plane.defer((tasks.urgent_job if is_beside else tasks.push_job)(lane))
        if turn.is_to_score:
            await self.plane.defer(tasks.SCORE_JOB)
        self.telemetry.summary(job, turn.summary)
        await self._remembrance.keep(
            workspace, job, turn, started_at=started_at, seconds=time.monotonic() - began
        )
        return turn

    @staticmethod
    def _is_known(workspace: Workspace, lane: str) -> bool:
        """Return whether the configuration in force has a receiver of that name to be served."""
        return lane in {jobs.COPY, *workspace.platforms, *workspace.couriers}
