"""Ticks as rows that all replicas share: whoever sees a turn come first takes it for all.

procrastinate's own periodic tasks follow cron expressions; ours are intervals. Instants are those
of the database, so that it does not matter whose clock is wrong.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.ports.control import Job
from state.plane import jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from psycopg import AsyncConnection

    from connector.ports.control import Tick

_TURN_OF_SCHEDULE = "SELECT pg_advisory_xact_lock(1212502347)"
"""Replicas that start together set ticks one after the other."""
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at"
_THERE = "SELECT lane, task, subject FROM ticks"
_DROP = "DELETE FROM ticks WHERE (lane, task, subject) = (%(lane)s, %(task)s, %(subject)s)"
_SET = f"""
INSERT INTO ticks (lane, task, subject, every, jitter, turn_at, due_at)
SELECT %(lane)s, %(task)s, %(subject)s, %(every)s, %(jitter)s,
    now.at + %(first)s, now.at + %(first)s + (%(moved)s * random())::bigint
FROM ({_NOW}) AS now
ON CONFLICT (lane, task, subject) DO UPDATE SET
    turn_at = CASE WHEN ticks.every = excluded.every THEN ticks.turn_at ELSE excluded.turn_at END,
    due_at = CASE WHEN ticks.every = excluded.every THEN ticks.due_at ELSE excluded.due_at END,
    every = excluded.every,
    jitter = excluded.jitter
"""  # noqa: S608 - constants
# The next turn is whole intervals away, so that jitter never adds up, and later than now, so that
# turns that were missed are made up for by one. One that lies farther ahead than any can was set
# before the clock was set back: it is brought near, and is no turn.
_TAKE = f"""
WITH now AS ({_NOW}),
due AS (
    SELECT ticks.*, now.at FROM ticks, now
    WHERE ticks.due_at <= now.at OR ticks.turn_at > now.at + ticks.every
    FOR UPDATE OF ticks SKIP LOCKED
),
next AS (
    SELECT due.*, turn_at + every * (floor((at - turn_at)::numeric / every)::bigint + 1) AS later
    FROM due
),
moved AS (
    UPDATE ticks SET turn_at = later, due_at = later + (ticks.jitter * random())::bigint
    FROM next
    WHERE (ticks.lane, ticks.task, ticks.subject) = (next.lane, next.task, next.subject)
    RETURNING ticks.lane, ticks.task, ticks.subject, next.due_at <= next.at AS is_due
)
SELECT lane, task, subject FROM moved WHERE is_due
"""  # noqa: S608 - constants
_WAIT = f"SELECT min(due_at) - (SELECT at FROM ({_NOW}) AS now) FROM ticks"  # noqa: S608 - constants


async def set_ticks(connection: AsyncConnection[Any], ticks: Sequence[Tick]) -> None:
    """Have these ticks and no others; what waits of a tick or a lane that is gone is forgotten."""
    wanted = {tick.job: tick for tick in ticks}
    async with connection.transaction():
        await connection.execute(_TURN_OF_SCHEDULE)
        there = await connection.execute(_THERE)
        found = [Job(lane=row[0], task=row[1], subject=row[2]) for row in await there.fetchall()]
        gone = [job for job in found if job not in wanted]
        for job in gone:
            await connection.execute(_DROP, _named(job))
        await jobs.cancel(connection, gone)
        await jobs.cancel_other_lanes(connection, {job.lane for job in wanted if job.lane})
        for tick in wanted.values():
            await connection.execute(_SET, _row(tick))


async def take_turns(connection: AsyncConnection[Any]) -> None:
    """Have those jobs wait whose turn has come, each turn once for all replicas."""
    async with connection.transaction():
        due = await connection.execute(_TAKE)
        turns = [Job(lane=row[0], task=row[1], subject=row[2]) for row in await due.fetchall()]
        await jobs.add(connection, turns)


async def next_turn(connection: AsyncConnection[Any]) -> timedelta | None:
    """Return how long it is until the next turn; None when there are no ticks."""
    found = await connection.execute(_WAIT)
    row = await found.fetchone()
    if row is None or row[0] is None:
        return None
    return timedelta(microseconds=max(0, row[0]))


def _named(job: Job) -> dict[str, Any]:
    return {"lane": job.lane, "task": job.task, "subject": job.subject}


def _row(tick: Tick) -> dict[str, Any]:
    every, jitter = _micros(tick.every), _micros(tick.jitter)
    first = (0, 0) if tick.is_eager else (every, jitter)
    return {
        **_named(tick.job),
        "every": every,
        "jitter": jitter,
        "first": first[0],
        "moved": first[1],
    }


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
