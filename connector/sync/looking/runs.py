"""What the last runs did, and which of their troubles are not over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.domain.instants import iso
from connector.sync.ways import work_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.domain.ledger import Run
    from connector.ports.control import Job
    from connector.sync.workspace import Workspace

SHOWN = 5
"""So many of the latest runs are shown."""
FAILED, TIMES = "failed", "times"
"""What a daemon adds to what a run told: the kind of trouble that ended it, how often in a row."""

_TOLD_APART = frozenset({"at", "problems", TIMES})


def problems_of(run: Run) -> list[dict[str, Any]]:
    """Return the problems that a run told, in the shape of `sync --json`."""
    return list(_told(run).get("problems", ()))


def times_of(run: Run) -> int:
    """Return how often in a row it failed alike; the last time it ended as it is told."""
    return int(_told(run).get(TIMES, 1))


def failure_of(run: Run) -> str | None:
    """Return the kind of trouble that ended a run of a daemon; None where there was none."""
    kind = _told(run).get(FAILED)
    return None if kind is None else str(kind)


def latest_of(runs: Sequence[Run], job: Job) -> Run | None:
    """Return the newest of `runs` that did what `job` does, in whatever way."""
    return next((run for run in runs if work_of(run.command) == work_of(str(job))), None)


def not_over(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield, newest first, runs that told problems and were not followed by one of the same."""
    seen: set[tuple[str, ...]] = set()
    for run in runs:
        work = work_of(run.command)
        if work not in seen and problems_of(run):
            yield run
        seen.add(work)


def run_json(run: Run) -> dict[str, object]:
    """Return the shape that `status --json` prints."""
    return {
        "command": run.command,
        "at": iso(run.at),
        "started_at": iso(run.started_at),
        "finished_at": iso(run.finished_at) if run.finished_at else None,
        "times": times_of(run),
        "error": run.error,
        "problems": problems_of(run),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Some runs in a row, newest first."""

    runs: Sequence[Run]
    before: int | None
    """The number to ask on from; None: there are no earlier ones."""

    def to_json(self) -> dict[str, object]:
        """Return the page as machines read it."""
        return {"runs": [_whole_json(each) for each in self.runs], "before": self.before}


async def run_page(workspace: Workspace, *, before: int | None = None, limit: int) -> RunPage:
    """Return the latest runs, or those that began before the one with a number."""
    async with workspace.state.read() as tx:
        runs = await tx.runs.last(limit + 1, before=before)
    is_all = len(runs) <= limit
    shown = runs[:limit]
    return RunPage(runs=shown, before=None if is_all else shown[-1].id)


def _whole_json(run: Run) -> dict[str, object]:
    took = None if run.finished_at is None else (run.finished_at - run.started_at).total_seconds()
    did = {name: each for name, each in _told(run).items() if name not in _TOLD_APART}
    return {"id": run.id, **run_json(run), "seconds": took, "did": did}


def _told(run: Run) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(run.summary) if run.summary else {}
    return told
