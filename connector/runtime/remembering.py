"""What is kept and told of the turns of a daemon: runs, troubles, and one line each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from connector.domain.ledger import Run
from connector.runtime.telemetry import tell_turn
from connector.sync.tasks import PULL, SCORE, is_urgent, part_of
from connector.sync.troubles import remember_troubles

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.control import Job
    from connector.sync.summary import Summary
    from connector.sync.turns import Turn
    from connector.sync.workspace import Workspace

_log = structlog.get_logger("heatsync")

LONG = 1.0
"""Seconds from which on a turn is worth a place among the runs, whatever it did."""
MANY = 100
"""So many who were scored or written to are, too."""


@dataclass(slots=True, kw_only=True)
class Remembrance:
    """Keeps what people will ask for, and writes nothing of a turn that found nothing to do."""

    _troubled: dict[tuple[str, str], Job | None] = field(default_factory=dict)
    """By lane and part: what met trouble last, if anything did; one that is absent had no turn."""
    _told: dict[Job, frozenset[str]] = field(default_factory=dict)
    """The problems of the last turn of each job, so that each is logged once."""

    async def keep(
        self, workspace: Workspace, job: Job, turn: Turn, *, started_at: datetime, seconds: float
    ) -> None:
        """Remember a turn."""
        summary = turn.summary
        tell_turn(job, summary, seconds)
        self._tell_problems(job, summary)
        is_run = _is_worth_a_run(job, summary, seconds)
        has_news = self._has_news(job, is_troubled=bool(summary.failures))
        if not is_run and not (has_news and job.lane):
            return
        now = workspace.clock.now()
        async with workspace.state.write() as tx:
            if is_run:
                told = json.dumps(summary.to_json())
                run = Run(
                    command=str(job),
                    started_at=started_at,
                    finished_at=now,
                    at=summary.at,
                    summary=told,
                )
                await tx.runs.start(run)
            if has_news and job.lane:
                await remember_troubles(
                    tx,
                    summary.failures,
                    asked={job.lane},
                    is_whole=True,
                    now=now,
                    part=part_of(job),
                )

    def _has_news(self, job: Job, *, is_troubled: bool) -> bool:
        """Return whether a turn tells anything new of trouble.

        One that met none ends what others met; a push of a few ends only what one of a few met. A
        part of which nothing is known may have left trouble behind in an earlier process.
        """
        key = (job.lane, part_of(job))
        if is_troubled:
            self._troubled[key] = job
            return True
        if is_urgent(job):
            is_over = self._troubled.get(key) == job
        else:
            is_over = self._troubled.get(key, job) is not None
        if is_over:
            self._troubled[key] = None
        return is_over

    def _tell_problems(self, job: Job, summary: Summary) -> None:
        problems = {str(each): each for each in summary.problems}
        for text in problems.keys() - self._told.get(job, frozenset()):
            _log.warning("problem", job=str(job), problem=text)
        self._told[job] = frozenset(problems)


def _is_worth_a_run(job: Job, summary: Summary, seconds: float) -> bool:
    if summary.failures or (summary.problems and job.task in {PULL, SCORE}):
        return True
    brought = any(any(counts.values()) for counts in summary.pulled.values())
    written = sum(counts["delivered"] + counts["dead"] for counts in summary.deliveries.values())
    return brought or seconds >= LONG or summary.scored >= MANY or written >= MANY
