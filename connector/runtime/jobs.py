"""Which jobs a daemon has, and when each is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.config.uses import deeds_used
from connector.domain.durations import parse_duration
from connector.ports.control import Job, Tick
from connector.sync.pulling.pull import offered
from connector.sync.tasks import (
    FOLD,
    PAST,
    SCORE_JOB,
    UPKEEP,
    WATCH,
    inbound_job,
    pull_job,
    push_job,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.sync.workspace import Workspace

COPY = "(copy)"
"""The lane of whoever keeps the columnar copy of events."""

SCORING = timedelta(minutes=1)
"""How often those are scored whose points have cooled enough to matter."""
LEFTOVERS = timedelta(seconds=15)
"""How often webhook calls are looked for that no other job takes up."""
PUSHING = timedelta(minutes=1)
"""How often a platform is asked again for what it did not take."""
RETRYING = timedelta(seconds=5)
"""The same of a receiver that is asked again on a schedule of its own."""
FOLDING = timedelta(minutes=10)
KEEPING = timedelta(hours=1)
WATCHING = timedelta(minutes=1)
RECALLING = timedelta(minutes=1)
"""How often some persons more are taken into months before the first decision, until all are."""
MOST_JITTER = timedelta(minutes=1)


def ticks_of(workspace: Workspace) -> Iterator[Tick]:
    """Yield all that is done again and again for an installation."""
    for entry in workspace.configuration.platforms:
        platform = workspace.platforms[entry.name]
        for stream in offered(platform):
            every = parse_duration(getattr(entry.config.pull, stream))
            job = pull_job(entry.name, stream)
            yield Tick(job=job, every=every, jitter=min(every / 10, MOST_JITTER))
        if platform.webhook_parser is not None:
            yield Tick(job=inbound_job(entry.name), every=LEFTOVERS)
        if is_written_to(workspace, entry.name):
            every = RETRYING if entry.adapter.capabilities.retries else PUSHING
            yield Tick(job=push_job(entry.name), every=every)
    for lane in workspace.couriers:
        yield Tick(job=push_job(lane), every=RETRYING)
    yield Tick(job=SCORE_JOB, every=SCORING)
    yield Tick(job=Job(task=FOLD, lane=COPY), every=FOLDING, is_eager=False)
    yield Tick(job=Job(task=UPKEEP), every=KEEPING, jitter=MOST_JITTER, is_eager=False)
    yield Tick(job=Job(task=PAST), every=RECALLING, is_eager=False)
    yield Tick(job=Job(task=WATCH), every=WATCHING, is_eager=False)


def is_written_to(workspace: Workspace, name: str) -> bool:
    """Return whether anything is ever brought to the platform `name`."""
    configuration = workspace.configuration
    return name in configuration.model.targets or bool(deeds_used(configuration, name))
