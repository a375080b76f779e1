"""The control plane of several processes that share a PostgreSQL database.

Jobs are rows of procrastinate. A replica has about as many lanes as every other, each for as long
as it tells that it lives; it fetches the jobs of its own lanes, and of those that need none.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from connector.errors import StateError, StateUnreachable
from connector.ports.control import Job
from state.location import locate
from state.plane import jobs, ticks
from state.plane.connections import Connections
from state.plane.crew import Crew
from state.plane.lanes import Lanes
from state.plane.leases import Leases
from state.plane.outage import Outage
from state.plane.pace import Pace
from state.plane.performing import Performing
from state.plane.schema import LANES_CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Sequence

    from procrastinate.job_context import JobContext
    from psycopg import AsyncConnection

    from connector.ports.clock import Clock
    from connector.ports.control import Perform, Tick
    from state.location import Location
    from state.plane.lanes import OnTaken

_log = structlog.get_logger()

_WIDE = 100
"""How many jobs of a lane, or of those that need none, are under way in a process at most."""
_CHANNEL = "procrastinate_queue_v1#{}"
_TROUBLES = (psycopg.Error, ConnectorException, TimeoutError, OSError)


async def _nothing(lane: str, fence: int) -> None:
    """Have nothing to do before the jobs of a lane begin."""


class DatabasePlane:
    """Keeps the contract of ControlPlane for one of several processes."""

    def __init__(
        self,
        connections: Connections,
        location: Location,
        *,
        owner: str,
        clock: Clock,
        on_taken: OnTaken,
        pace: Pace,
    ) -> None:
        """Take open connections, and a name that no other process ever had."""
        self._connections = connections
        self._where = str(location)
        self._clock = clock
        self._pace = pace
        self._app = App(connector=connections)
        self._app.task(name=jobs.TASK, pass_context=True)(self._perform_row)
        self._perform: Perform | None = None
        self._performing = Performing(self.defer, may_begin=self._may_begin, counts=self._counts)
        self._leases = Leases(owner, pace.lease)
        self._lanes = Lanes(
            self._leases,
            connections.pool.connection,
            performing=self._performing,
            crew_of=lambda lane: self._crew(jobs.queue_of_lane(lane), _WIDE),
            on_taken=on_taken,
            clock=clock,
            pace=pace,
        )
        # Parts of one piece of work are taken one by one, so that all replicas have some.
        self._crews = [self._crew(jobs.ANY, _WIDE), self._crew(jobs.PARTS, 1)]
        self._is_out_of_time = False
        self._stopping = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()
        self._turned = asyncio.Event()
        self._stirred = asyncio.Event()
        self._unaccounted: set[int] = set()
        self._outage = Outage()
        self._listen_to(())

    async def schedule(self, ticks_: Sequence[Tick]) -> None:
        """From now on begin these; what waits of a tick or a lane that is gone is forgotten."""
        lanes = {tick.job.lane for tick in ticks_ if tick.job.lane}
        await self._ask(lambda connection: ticks.set_ticks(connection, ticks_))
        self._lanes.set_able(lanes)
        self._listen_to(lanes)
        self._turned.set()
        self._stirred.set()

    async def defer(self, job: Job) -> None:
        """Have a job done as soon as may be; raises StateUnreachable."""
        await self._ask(lambda connection: jobs.add(connection, [job]))

    async def cancel(self, job: Job) -> None:
        """Forget a job that waits; raises StateUnreachable."""
        await self._ask(lambda connection: jobs.cancel(connection, [job]))

    async def serve(self, perform: Perform) -> None:
        """Begin jobs until `stop` is called; a database that does not answer is asked again."""
        if self._stopping.is_set():
            return
        self._perform = perform
        self._over.clear()
        try:
            async with asyncio.TaskGroup() as group:
                loops = [group.create_task(loop) for loop in self._loops()]
                crews = [group.create_task(crew.work()) for crew in self._crews]
                await self._stopping.wait()
                await asyncio.wait(crews)
                await self._lanes.ended()
                for loop in loops:
                    loop.cancel()
            await self._attempt(self._leave)
        finally:
            self._lanes.abandon()
            await self._lanes.ended()
            self._over.set()

    async def stop(self, within: timedelta) -> None:
        """Begin nothing more; return once all jobs have ended and the lanes are free.

        It may be called before `serve`, which then returns at once, and again with a shorter time.
        """
        self._stopping.set()
        for crew in self._crews:
            crew.stop()
        self._lanes.stop()
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._over.wait()
        except TimeoutError:
            self._is_out_of_time = True
            self._performing.cancel()
            await self._over.wait()

    def holds(self, lane: str) -> bool:
        """Return whether this process has a lane at this very moment; none is needed for none."""
        return not lane or self._lanes.holds(lane)

    def under_way(self) -> Sequence[Job]:
        """Return the jobs that this process performs now."""
        return self._performing.jobs()

    async def aclose(self) -> None:
        """Cancel what is still under way, and close every connection."""
        await self.stop(timedelta())
        await self._connections.close_async()

    async def _perform_row(self, context: JobContext, lane: str, task: str, subject: str) -> None:
        turn = asyncio.current_task()
        assert turn is not None, "a coroutine runs in a task"  # noqa: S101 - for the type checker
        turn.add_done_callback(_look_at_end)
        if self._perform is not None and context.job.id is not None:
            job = Job(lane=lane, task=task, subject=subject)
            await self._performing.perform(job, context.job.id, self._perform)

    def _may_begin(self, job: Job) -> bool:
        return not self._stopping.is_set() and self._counts(job)

    def _counts(self, job: Job) -> bool:
        return not self._is_out_of_time and self.holds(job.lane)

    def _crew(self, queue: str, width: int) -> Crew:
        return Crew(self._app, queue, width=width, retry=self._pace.retry)

    def _listen_to(self, lanes: Collection[str]) -> None:
        queues = [jobs.ANY, jobs.PARTS, *map(jobs.queue_of_lane, lanes)]
        channels = [LANES_CHANNEL, *map(_CHANNEL.format, queues)]
        self._connections.hearing.listen_to(channels)

    def _loops(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield self._listen()
        yield self._lanes.watch()
        yield self._again(self._beat, self._stirred)
        yield self._again(self._turn, self._turned)
        yield self._again(self._sweep, asyncio.Event())

    async def _listen(self) -> None:
        async def stir(channel: str, payload: str) -> None:
            del channel, payload
            self._stirred.set()

        hearing = self._connections.hearing
        async with hearing.handing_on(stir, [LANES_CHANNEL]):
            await hearing.run(self._pace.retry)

    async def _beat(self) -> timedelta:
        await self._lanes.beat()
        crews = [*self._crews, *self._lanes.crews()]
        workers = {crew.worker_id: crew for crew in crews if crew.worker_id is not None}
        async with self._connections.pool.connection() as connection:
            alive = await jobs.keep_alive(connection, list(workers))
        for worker, crew in workers.items():
            if worker not in alive and crew.worker_id == worker:
                crew.begin_anew()
        return self._pace.beat

    async def _turn(self) -> timedelta:
        async with self._connections.pool.connection() as connection:
            if not self._stopping.is_set():
                await ticks.take_turns(connection)
            wait = await ticks.next_turn(connection)
        # Others may set ticks too.
        return self._pace.beat if wait is None else min(wait, self._pace.beat)

    async def _sweep(self) -> timedelta:
        """Have jobs wait again that nobody performs any more."""
        crews = [*self._crews, *self._lanes.crews()]
        workers = [crew.worker_id for crew in crews if crew.worker_id is not None]
        async with self._connections.pool.connection() as connection:
            await jobs.put_back_stalled(connection, self._pace.lease)
            # Our own, of which the database was never told that they have ended. One may just
            # have been fetched, or have ended just now: not so at two looks in a row.
            begun = await jobs.rows_of(connection, workers)
            idle = begun - self._performing.rows()
            await jobs.put_back_rows(connection, idle & self._unaccounted)
            self._unaccounted = idle
        return self._pace.sweep

    async def _leave(self) -> timedelta:
        async with self._connections.pool.connection() as connection:
            await self._leases.leave(connection)
        return timedelta()

    async def _again(self, work: Callable[[], Awaitable[timedelta]], sooner: asyncio.Event) -> None:
        while True:
            sooner.clear()
            pause = await self._attempt(work)
            waiting = {
                asyncio.ensure_future(self._clock.sleep(pause)),
                asyncio.ensure_future(sooner.wait()),
            }
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()

    async def _attempt(self, work: Callable[[], Awaitable[timedelta]]) -> timedelta:
        """Return after how long to go on; that the database does not answer is told once."""
        mark = self._outage.mark()
        try:
            async with asyncio.timeout(self._pace.lease.total_seconds() / 3):
                pause = await work()
        except _TROUBLES as error:
            self._outage.met(error)
            return self._pace.retry
        self._outage.answered(mark)
        return pause

    async def _ask(self, work: Callable[[AsyncConnection[Any]], Awaitable[None]]) -> None:
        try:
            async with self._connections.pool.connection() as connection:
                await work(connection)
        except _TROUBLES as error:
            raise StateUnreachable(
                f"{self._where} does not answer ({type(error).__name__})"
            ) from None


def _look_at_end(task: asyncio.Task[Any]) -> None:
    """Take note that a job's row could not be deleted: procrastinate looks at no job's end.

    The row is put back at a later sweep, and that the database is away is told elsewhere.
    """
    if not task.cancelled() and (error := task.exception()) is not None:
        tell = _log.debug if isinstance(error, _TROUBLES) else _log.warning
        tell("end of a job not recorded", cause=type(error).__name__)


async def open_plane(
    url: str,
    *,
    owner: str,
    clock: Clock,
    on_taken: OnTaken = _nothing,
    pace: Pace | None = None,
) -> DatabasePlane:
    """Return a control plane that shares the database at `url`, which has our tables.

    `owner` is what people call this process. `on_taken` is awaited with a lane and its fence
    before jobs begin in a lane that another process had, or in which jobs were cut off. Raises
    StateUnreachable.
    """
    location = locate(url)
    if location.is_sqlite:
        raise StateError(f"{location} is one process's; several share PostgreSQL")
    connections = Connections(location, clock)
    try:
        await connections.open_now()
    except _TROUBLES as error:
        await connections.close_async()
        raise StateUnreachable(f"{location} does not answer ({type(error).__name__})") from None
    return DatabasePlane(
        connections,
        location,
        # In a container every process has the same number, also after it was started again.
        owner=f"{owner} {secrets.token_hex(4)}",
        clock=clock,
        on_taken=on_taken,
        pace=pace or Pace(),
    )
