"""What the web needs of the process that it is a part of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import Depends, Request

from connector.config.settings import Settings
from connector.errors import Problem, StateError
from connector.ports.clock import Clock
from connector.sync.simulating.trials import NoTrials, Trials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from connector.ports.control import Job
    from connector.sync.workspace import Workspace

_log = structlog.get_logger("heatsync.web")


def _nothing_amiss() -> Sequence[Problem]:
    return ()


def _uncounted(_platform: str, _outcome: str) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the routes turn to."""

    workspace: Callable[[], Workspace]
    """The installation as it is configured now: another one after a reload."""
    settings: Settings
    clock: Clock
    defer: Callable[[Job], Awaitable[None]]
    """Has a job done as soon as may be."""
    metrics: Callable[[], Awaitable[tuple[bytes, str]]]
    """What Prometheus is shown, and its content type."""
    readiness: Callable[[], Sequence[Problem]] = _nothing_amiss
    """What keeps the process from work, beside the database, which is asked for itself."""
    count: Callable[[str, str], None] = _uncounted
    """Told of each webhook call: its platform (empty: none of ours) and what became of it."""
    trials: Trials = field(default_factory=NoTrials)
    """Simulates drafts beside the work of the process."""

    async def soon(self, job: Job) -> None:
        """Have a job done as soon as may be; where nobody can be asked, at its next turn."""
        try:
            await self.defer(job)
        except StateError as error:
            _log.warning("job not announced", job=str(job), error=str(error))


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]
"""A parameter of routes that are handed the desk."""
