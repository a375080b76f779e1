"""Jobs as rows of procrastinate: what they are called there, adding them and taking them back.

procrastinate's workers fetch the rows and delete them when they have ended. Rows are added by a
statement of ours: it leaves out one that waits already, where procrastinate's own would raise an
error, which the server writes to its log each time that requests for one job are joined.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from connector.ports.control import Job

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import timedelta
    from typing import Any

    from psycopg import AsyncConnection

TASK = "perform"
"""The one task that procrastinate knows of: each job is a call of it."""
ANY = "any"
"""The queue of jobs that need no lane."""
PARTS = "parts"
"""The queue of jobs that need no lane and are a part of something."""

_MOST_QUEUE = 40
"""PostgreSQL takes no longer name of a channel with what procrastinate puts before it."""
_ADD = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
VALUES (%(queue)s, %(task)s, %(key)s, %(key)s, %(args)s)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
_CANCEL = """
DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%(keys)s)
"""
_CANCEL_OTHERS = """
DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name <> ALL(%(queues)s)
"""
# A new row in place of the old one, so that the process that had it, should it only have been
# stalled, finds nothing that it could finish. One that waits already stands for both.
_PUT_BACK = """
WITH stalled AS (
    DELETE FROM procrastinate_jobs AS jobs
    WHERE status = 'doing' AND ({condition})
    RETURNING queue_name, task_name, priority, lock, queueing_lock, args
)
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
SELECT queue_name, task_name, priority, lock, queueing_lock, args FROM stalled
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
_OF_THE_DEAD = _PUT_BACK.format(
    condition="""
        worker_id IS NULL OR EXISTS (
            SELECT 1 FROM procrastinate_workers AS workers WHERE workers.id = jobs.worker_id
            AND last_heartbeat < now() - make_interval(secs => %(silence)s)
        )"""
)
_OF_QUEUE = _PUT_BACK.format(condition="queue_name = %(queue)s")
_OF_ROWS = _PUT_BACK.format(condition="id = ANY(%(rows)s)")
_PRUNE = "SELECT procrastinate_prune_stalled_workers_v1(%(silence)s)"
_DOING = """
SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%(workers)s)
"""
_ALIVE = """
UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = ANY(%(workers)s) RETURNING id
"""


def queue_of_lane(lane: str) -> str:
    """Return the queue of the jobs in a lane."""
    name = f"lane {lane}"
    if len(name.encode()) <= _MOST_QUEUE:
        return name
    return f"lane #{hashlib.sha256(lane.encode()).hexdigest()[:32]}"


def queue_of(job: Job) -> str:
    """Return the queue that a job waits in."""
    if job.lane:
        return queue_of_lane(job.lane)
    return PARTS if job.subject else ANY


def key_of(job: Job) -> str:
    """Return what tells jobs apart."""
    return json.dumps([job.lane, job.task, job.subject], ensure_ascii=False)


async def add(connection: AsyncConnection[Any], jobs: Iterable[Job]) -> None:
    """Have jobs wait, unless they do already."""
    for job in jobs:
        args = Jsonb({"lane": job.lane, "task": job.task, "subject": job.subject})
        row = {"queue": queue_of(job), "task": TASK, "key": key_of(job), "args": args}
        await connection.execute(_ADD, row)


async def cancel(connection: AsyncConnection[Any], jobs: Iterable[Job]) -> None:
    """Forget jobs that wait."""
    await connection.execute(_CANCEL, {"keys": [key_of(job) for job in jobs]})


async def cancel_other_lanes(connection: AsyncConnection[Any], lanes: Iterable[str]) -> None:
    """Forget what waits in any lane but these."""
    queues = [ANY, PARTS, *map(queue_of_lane, lanes)]
    await connection.execute(_CANCEL_OTHERS, {"queues": queues})


async def put_back_lane(connection: AsyncConnection[Any], lane: str) -> None:
    """Have those jobs of a lane wait again that its last owner had under way."""
    await connection.execute(_OF_QUEUE, {"queue": queue_of_lane(lane)})


async def put_back_stalled(connection: AsyncConnection[Any], silence: timedelta) -> None:
    """Have the jobs of workers wait again that have not been heard of for so long."""
    given = {"silence": silence.total_seconds()}
    await connection.execute(_OF_THE_DEAD, given)
    await connection.execute(_PRUNE, given)


async def put_back_rows(connection: AsyncConnection[Any], rows: Collection[int]) -> None:
    """Have these jobs wait again."""
    await connection.execute(_OF_ROWS, {"rows": list(rows)})


async def rows_of(connection: AsyncConnection[Any], workers: Sequence[int]) -> set[int]:
    """Return the rows that these workers have under way, as the database knows."""
    found = await connection.execute(_DOING, {"workers": workers})
    return {row[0] for row in await found.fetchall()}


async def keep_alive(connection: AsyncConnection[Any], workers: Sequence[int]) -> set[int]:
    """Tell that workers live; return those that did not count as dead already."""
    found = await connection.execute(_ALIVE, {"workers": workers})
    return {row[0] for row in await found.fetchall()}
