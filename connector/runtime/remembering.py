"""What is kept and told of the turns of a daemon: runs, troubles, and one line each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from connector.domain.ledger import Run
from connector.runtime.telemetry import tell_turn
from connector.sync.looking.left_out import count_left_out
from connector.sync.looking.runs import FAILED, SHOWN, TIMES, failure_of, latest_of, times_of
from connector.sync.tasks import INBOUND, PULL, PUSH, SCORE, is_urgent_job, part_of
from connector.sync.troubles import gravest, kind_of, remember_troubles

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.control import Job
    from connector.ports.store import Transaction
    from connector.sync.summary import Summary
    from connector.sync.turns import Turn
    from connector.sync.workspace import Workspace

_log = structlog.get_logger("heatsync")

LONG = 1.0
"""Seconds from which on a turn is worth a place among the runs, whatever it did."""
MANY = 100
"""So many who were scored or written to are, too."""
_EVER = timedelta(days=3650)


@dataclass(slots=True, kw_only=True)
class Remembrance:
    """Keeps what people will ask for, and writes nothing of a turn that found nothing to do."""

    _troubled: dict[tuple[str, str], Job | None] = field(default_factory=dict)
    """By lane and part: what met trouble last, if anything did; one that is absent had no turn."""
    _told: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By lane and part: the problems of the last turn, so that each is logged once."""

    async def keep(
        self, workspace: Workspace, job: Job, turn: Turn, *, started_at: datetime, seconds: float
    ) -> None:
        """Remember a turn."""
        summary = turn.summary
        if await self._says_nothing(workspace, job, turn):
            return
        is_news = self._tell_problems(job, summary)
        tell_turn(job, turn, seconds, is_news=is_news)
        is_run = _is_worth_a_run(job, summary, seconds)
        has_news = bool(job.lane) and self._has_news(job, is_troubled=bool(summary.failures))
        odd = [each for each in summary.problems if each.hint is None and not summary.failures]
        odd = odd if job.task == INBOUND else []
        if not is_run and not has_news and not odd:
            return
        now = workspace.clock.now()
        run = Run(command=str(job), started_at=started_at, finished_at=now, at=summary.at)
        async with workspace.state.write() as tx:
            await _keep_run(tx, job, run, summary, is_run=is_run)
            if odd:
                await count_left_out(tx, job.lane, odd, now)
            if has_news:
                await remember_troubles(
                    tx,
                    summary.failures,
                    asked={job.lane},
                    is_whole=True,
                    now=now,
                    part=part_of(job),
                )

    async def _says_nothing(self, workspace: Workspace, job: Job, turn: Turn) -> bool:
        """Return whether a turn asked nothing of a receiver that met trouble, and may still.

        What waits for its time to be tried again is no sign that the trouble is over.
        """
        if not _is_idle(job, turn):
            return False
        if self._troubled.get((job.lane, part_of(job)), job) is None:
            return False
        async with workspace.state.read() as tx:
            if job.task == INBOUND:
                calls = (await tx.inbound.backlog()).get(job.lane)
                return calls is not None and calls.waiting > 0
            return await _waits(tx, job.lane, workspace.clock.now())

    def _has_news(self, job: Job, *, is_troubled: bool) -> bool:
        """Return whether a turn tells anything new of trouble.

        One that met none ends what others met; a push of a few ends only what one of a few met. A
        part of which nothing is known may have left trouble behind in an earlier process.
        """
        key = (job.lane, part_of(job))
        if is_troubled:
            self._troubled[key] = job
            return True
        if is_urgent_job(job):
            is_over = self._troubled.get(key) == job
        else:
            is_over = self._troubled.get(key, job) is not None
        if is_over:
            if self._troubled.get(key) is not None:
                _log.info("trouble is over", job=str(job))
            self._troubled[key] = None
        return is_over

    def _tell_problems(self, job: Job, summary: Summary) -> bool:
        """Log problems that are new; return whether there are any."""
        key, problems = (job.lane, part_of(job)), frozenset(map(str, summary.problems))
        before = self._told.get(key, frozenset())
        news = problems - before
        for text in news:
            _log.warning("problem", job=str(job), problem=text)
        self._told[key] = problems | before if is_urgent_job(job) else problems
        return bool(news)


def _is_idle(job: Job, turn: Turn) -> bool:
    """Return whether a turn that may ask something of a receiver asked nothing."""
    if job.task not in {PUSH, INBOUND} or turn.summary.failures or turn.summary.problems:
        return False
    if turn.taken is not None and (turn.taken.calls or turn.taken.failed):
        return False
    return not any(counts["calls"] for counts in turn.summary.deliveries.values())


async def _waits(tx: Transaction, lane: str, now: datetime) -> bool:
    """Return whether there is anything to be written or done, be it much later."""
    ever = now + _EVER
    return await tx.outbox.is_due(lane, ever) or await tx.triggers.is_due(lane, ever)


async def _keep_run(tx: Transaction, job: Job, run: Run, summary: Summary, *, is_run: bool) -> None:
    """Keep a run: one that fails as the one before did is counted with it.

    One that ends well after one that failed is kept, whatever it did.
    """
    error = gravest(summary.errors)
    failed = kind_of(error).value if error else None
    before = latest_of(await tx.runs.last(SHOWN), job) if job.lane else None
    had_failed = failure_of(before) if before else None
    told: dict[str, object] = {**summary.to_json(), **({FAILED: failed} if failed else {})}
    if before and before.id is not None and failed and had_failed == failed:
        told[TIMES] = times_of(before) + 1
        await tx.runs.finish(
            before.id, finished_at=run.finished_at or run.at, summary=json.dumps(told), error=None
        )
    elif is_run or had_failed:
        await tx.runs.start(replace(run, summary=json.dumps(told)))


def _is_worth_a_run(job: Job, summary: Summary, seconds: float) -> bool:
    if summary.failures or (summary.problems and job.task in {PULL, SCORE}):
        return True
    brought = any(any(counts.values()) for counts in summary.pulled.values())
    written = sum(counts["delivered"] + counts["dead"] for counts in summary.deliveries.values())
    return brought or seconds >= LONG or summary.scored >= MANY or written >= MANY
