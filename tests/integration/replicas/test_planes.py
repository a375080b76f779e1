"""Several planes on one database share jobs, and take over from each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from connector.errors import StateError, StateUnreachable
from connector.ports.control import Job, Tick
from connector.runtime.clock import SystemClock
from state.opening import open_state
from state.plane.plane import open_plane
from tests.integration.replicas.planes import MAIL, PUSH, SCORE, SELDOM, Opening, opened
from tests.integration.replicas.processes import until

__all__ = ["opened"]

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

PARTS = [Job(task="score", subject=f"{number} of 4") for number in range(4)]


@asynccontextmanager
async def database(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Give a connection that sees procrastinate's tables first."""
    options = "-c search_path=procrastinate,public"
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, options=options
    ) as connection:
        yield connection


async def test_a_file_is_no_place_to_share_work(sqlite_url: str) -> None:
    with pytest.raises(StateError, match="several share PostgreSQL"):
        await open_plane(sqlite_url, owner="a", clock=SystemClock())


async def test_a_server_that_is_not_there_is_named(tmp_path: object) -> None:
    with pytest.raises(StateUnreachable, match="does not answer"):
        await open_plane(f"postgresql:///x?host={tmp_path}", owner="a", clock=SystemClock())


async def test_lanes_are_spread_over_the_replicas(opened: Opening) -> None:
    first = await opened("first")
    await until(lambda: first.lanes() == ["crm", "mail"])

    second = await opened("second")

    await until(lambda: len(second.lanes()) == 1)
    assert sorted(first.lanes() + second.lanes()) == ["crm", "mail"]


async def test_a_job_asked_for_here_is_done_where_its_lane_is(opened: Opening) -> None:
    first, second = await opened("first"), await opened("second")
    await until(lambda: first.lanes() != second.lanes() and len(first.lanes()) == 1)

    for replica in (first, second):
        await replica.plane.defer(PUSH)
        await replica.plane.defer(MAIL)

    await until(lambda: {*first.begun, *second.begun} >= {PUSH, MAIL})
    for job in (PUSH, MAIL):
        holder, other = (first, second) if first.plane.holds(job.lane) else (second, first)
        assert job in holder.begun
        assert job not in other.begun


async def test_a_lane_with_work_without_end_is_handed_over_all_the_same(opened: Opening) -> None:
    first = await opened("first")
    first.held.update({PUSH, MAIL})
    await first.plane.defer(PUSH)
    await first.plane.defer(MAIL)
    await until(lambda: {*first.plane.under_way()} == {PUSH, MAIL})

    second = await opened("second")
    second.held.update({PUSH, MAIL})

    await until(lambda: len(first.plane.under_way()) == len(second.plane.under_way()) == 1)
    assert {*first.plane.under_way(), *second.plane.under_way()} == {PUSH, MAIL}


async def test_a_lane_may_have_a_long_name(opened: Opening) -> None:
    first = await opened("first")
    job = Job(lane="webhook " + "Vertrieb Süd " * 9, task="push")
    await first.plane.schedule([Tick(job=job, every=SELDOM, is_eager=False)])

    await first.plane.defer(job)

    await until(lambda: first.begun == [job])


async def test_parts_of_one_piece_of_work_are_done_by_all(opened: Opening) -> None:
    first, second = await opened("first"), await opened("second")
    for replica in (first, second):
        replica.held.update(PARTS)

    for part in PARTS:
        await first.plane.defer(part)

    await until(lambda: bool(first.begun and second.begun))
    assert len(first.plane.under_way()) == len(second.plane.under_way()) == 1
    first.held.clear()
    second.held.clear()
    await until(lambda: len(first.begun) + len(second.begun) == len(PARTS))
    assert sorted(first.begun + second.begun) == sorted(PARTS)


async def test_who_takes_a_lane_over_is_told_before_its_jobs_begin(opened: Opening) -> None:
    first = await opened("first")
    first.held.add(PUSH)
    await first.plane.defer(PUSH)
    await until(lambda: PUSH in first.begun)
    ((lane, fence),) = [each for each in first.taken if each[0] == "crm"]

    await first.vanish()
    second = await opened("second")
    second.held.add(PUSH)

    # Also what the dead one had under way is begun anew.
    await until(lambda: PUSH in second.begun)
    assert (lane, fence + 1) in second.taken


async def test_a_replica_that_stops_leaves_its_lanes_at_once(
    opened: Opening, postgres_url: str
) -> None:
    first = await opened("first")
    first.held.add(PUSH)
    await first.plane.defer(PUSH)
    await until(lambda: PUSH in first.begun)

    await first.plane.stop(timedelta())

    async with database(postgres_url) as connection:
        left = "SELECT count(*) FROM lanes WHERE until > extract(epoch FROM now()) * 1000000"
        assert await (await connection.execute(left)).fetchone() == (0,)
        gone = "SELECT count(*) FROM replicas"
        assert await (await connection.execute(gone)).fetchone() == (0,)
        waiting = "SELECT status::text FROM procrastinate_jobs"
        assert await (await connection.execute(waiting)).fetchall() == [("todo",)]
    second = await opened("second")
    await until(lambda: PUSH in second.begun)


async def test_a_lane_that_another_has_taken_is_lost_with_what_is_under_way(
    opened: Opening, postgres_url: str
) -> None:
    first = await opened("first")
    first.held.add(PUSH)
    await first.plane.defer(PUSH)
    await until(lambda: PUSH in first.begun)

    async with database(postgres_url) as connection:
        await connection.execute(
            "UPDATE lanes SET owner = 'x', fence = fence + 1, until = until * 2 WHERE lane = 'crm'"
        )

        await until(lambda: not first.plane.holds("crm") and not first.plane.under_way())
        # It waits for whoever has the lane now.
        await _found(connection, "SELECT status::text FROM procrastinate_jobs", [("todo",)])


async def test_a_lane_is_given_up_in_time_where_the_database_does_not_answer(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await opened("first")
    first.held.add(PUSH)
    await first.plane.defer(PUSH)
    await until(lambda: PUSH in first.begun)

    async def hang(*given: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(first.plane._leases, "beat", hang)
        await until(lambda: not first.plane.holds("crm"))
        await until(lambda: not first.plane.under_way())
    first.held.clear()
    taken = [lane for lane, _ in first.taken].count("crm")
    await until(lambda: first.plane.holds("crm") and first.begun.count(PUSH) == 2)

    # What was cut off may have had something in hand.
    assert [lane for lane, _ in first.taken].count("crm") == taken + 1


async def test_connections_that_are_cut_are_made_again(opened: Opening, postgres_url: str) -> None:
    first = await opened("first")
    await until(lambda: first.plane.holds("crm"))

    async with database(postgres_url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'heatsync jobs'"
        )
        # As another process that shares the work would ask for it.
        await first.plane.defer(SCORE)
        await first.plane.defer(PUSH)

    await until(lambda: {SCORE, PUSH} <= {*first.begun})


async def test_a_job_that_the_database_was_not_told_has_ended_is_done_again(
    opened: Opening, postgres_url: str
) -> None:
    first = await opened("first")
    await until(lambda: first.plane._crews[0].worker_id is not None)

    async with database(postgres_url) as connection:
        await first.plane.cancel(SCORE)
        await connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, "
            "status, worker_id) VALUES ('any', 'perform', %(key)s, %(key)s, %(args)s, 'doing', "
            "%(worker)s)",
            {
                "key": '["", "score", ""]',
                "args": '{"lane": "", "task": "score", "subject": ""}',
                "worker": first.plane._crews[0].worker_id,
            },
        )

    await until(lambda: first.begun == [SCORE])


async def test_a_worker_that_counted_as_dead_begins_anew(
    opened: Opening, postgres_url: str
) -> None:
    first = await opened("first")
    first.held.add(SCORE)
    await first.plane.defer(SCORE)
    await until(lambda: first.begun == [SCORE])

    async with database(postgres_url) as connection:
        await connection.execute("DELETE FROM procrastinate_workers")

    await until(lambda: first.begun == [SCORE, SCORE])
    first.held.clear()
    await first.plane.defer(PUSH)
    await until(lambda: PUSH in first.begun)


async def test_who_is_stalled_amid_a_transaction_does_not_hold_up_the_others_for_ever(
    opened: Opening, postgres_url: str
) -> None:
    first = await opened("first")
    state = await open_state(postgres_url)
    limit = "SHOW idle_in_transaction_session_timeout"

    async with first.plane._connections.pool.connection() as connection:
        (of_turns,) = await (await connection.execute(limit)).fetchone() or ("0",)
    async with state._database.writing() as session:
        of_writers = await session.run(lambda it: it.exec_driver_sql(limit).scalar())
    async with state._database.reading() as session:
        of_readers = await session.run(lambda it: it.exec_driver_sql(limit).scalar())

    await state.aclose()
    assert (of_turns, of_writers, of_readers) == ("10s", "5min", "0")


async def test_nothing_is_left_of_jobs_that_have_ended(opened: Opening, postgres_url: str) -> None:
    first = await opened("first")
    await first.plane.defer(SCORE)
    await until(lambda: first.begun == [SCORE] and not first.plane.under_way())

    await first.plane.stop(SELDOM)

    async with database(postgres_url) as connection:
        left = await connection.execute(
            "SELECT id FROM procrastinate_jobs UNION ALL SELECT id FROM procrastinate_events "
            "UNION ALL SELECT id FROM procrastinate_workers"
        )
        assert await left.fetchall() == []


async def test_closing_leaves_no_connection(opened: Opening, postgres_url: str) -> None:
    first = await opened("first")
    await until(lambda: first.plane.holds("crm"))

    await first.plane.aclose()

    async with database(postgres_url) as connection:
        await _found(
            connection,
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'heatsync jobs'",
            [],
        )


async def _found(
    connection: psycopg.AsyncConnection[Any], query: LiteralString, rows: list[object]
) -> None:
    """Return when a query finds these rows."""
    async with asyncio.timeout(60):
        while await (await connection.execute(query)).fetchall() != rows:  # noqa: ASYNC110 - of others
            await asyncio.sleep(0.01)
