"""From a webhook to the delivery that it leads to, through a daemon that runs as it would anywhere.

A contact whom the platform knows has a visitor; the platform calls; the daemon stores the call,
reads the contact again, scores, and brings the new score. Calls come one by one at a fixed rate,
whatever becomes of those before, each about another contact. What is measured ends when the request
arrives that carries the score. The clock is that of the process that calls and is called.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.kept import HERE, kept
from benchmarks.measuring import apart, machine, say
from benchmarks.webhook_calls import signed
from benchmarks.webhook_delivery_crm import VISIT, Crm
from benchmarks.webhook_delivery_site import ASKS_EVERY, COLUMNS, SUBJECTS, Site, past
from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

NAME = "crm"
EVENTS = 50
"""Of each contact."""
PATH = f"/webhooks/{NAME}"
CALM = 3.0
"""Seconds without a request after which a daemon is taken to be at rest."""
PATIENCE = 30.0
"""Seconds within which what is waited for has to come."""
WARMING = 200
"""Calls before the first one that counts."""
EDITED = 12
"""Points for who asked, after the edit."""
LOADED = 15
"""Seconds of calls while everybody is scored anew."""
MAPPINGS = HERE / "webhook_delivery_mappings"
FILE = "state.db"
_CODE = ("webhook_delivery_crm.py", "webhook_delivery_site.py", "pages_server.py")
_ADDRESS = re.compile(r"heatsync runs at \S+:([0-9]+)")
_TICKS = os.sysconf("SC_CLK_TCK")


def webhook_delivery(size: int, rate: int, seconds: int, runs: int) -> dict[str, object]:
    """Return the figures of so many calls in a second, for so long."""
    source = known_site(size)
    found: list[dict[str, Any]] = []
    for _ in range(runs):
        say("sending webhooks, waiting for deliveries")
        found.append(apart(delivered, str(source), size, rate, seconds))
    worst = max(found, key=lambda each: each["alone"]["p99_ms"])
    return {
        "benchmark": "webhook_delivery",
        "contacts": size,
        "rate_per_s": rate,
        "seconds": seconds,
        "alone": _middle(found, "alone"),
        "while_everybody_is_scored": _middle(found, "while_everybody_is_scored"),
        "worst_p99_ms": worst["alone"]["p99_ms"],
        "machine": machine(),
    }


def known_site(size: int) -> Path:
    """Return a folder with the store of so many contacts."""

    def make(folder: Path) -> None:
        asyncio.run(_fill(folder, size))
        shutil.rmtree(folder / "mappings")

    text = (MAPPINGS / "heatsync.yaml").read_text("utf-8")
    return kept(f"delivery-{size}", make, code=_CODE, version=text)


async def _fill(folder: Path, size: int) -> None:
    site, crm = _site(folder), Crm(size)

    def add_events() -> None:
        with closing(sqlite3.connect(folder / FILE)) as connection, connection:
            connection.execute(SUBJECTS.format(name=NAME))
            subjects = connection.execute("SELECT id, ref FROM subjects ORDER BY id").fetchall()
            statement = f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - ours
            connection.executemany(statement, past(subjects, NAME, EVENTS))

    async with crm.served():
        await site.fill(crm, add_events)


def _site(folder: Path) -> Site:
    return Site(
        folder=folder, database=f"sqlite:///{folder / FILE}", mappings=MAPPINGS, names=(NAME,)
    )


def _middle(found: Sequence[dict[str, Any]], part: str) -> dict[str, Any]:
    return {name: statistics.median(each[part][name] for each in found) for name in found[0][part]}


def delivered(source: str, size: int, rate: int, seconds: int) -> dict[str, Any]:
    """Measure once, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(source), Path(folder), size, rate, seconds))


async def _measure(
    source: Path, folder: Path, size: int, rate: int, seconds: int
) -> dict[str, Any]:
    crm = Crm(size)
    async with crm.served():
        shutil.copytree(source, folder, dirs_exist_ok=True)
        site = _site(folder)
        site.write_mappings(crm)
        async with a_daemon(site.environment) as daemon:
            await at_rest(crm)
            traffic = Traffic(crm=crm, port=daemon.port, rate=rate)
            await traffic.send(WARMING)
            alone = await _taken(traffic, daemon, rate * seconds)
            await at_rest(crm)
            rows = crm.rows
            site.write_mappings(crm, asked=EDITED)
            loaded = await _taken(traffic, daemon, rate * LOADED)
            await at_rest(crm)
            if crm.rows - rows < size // ASKS_EVERY:
                raise RuntimeError("not everybody was scored anew: the figures would mean nothing")
    return {"alone": alone, "while_everybody_is_scored": loaded}


async def _taken(traffic: Traffic, daemon: Served, calls: int) -> dict[str, Any]:
    """Send so many calls; return how long their deliveries took, and what else was spent."""
    crm = traffic.crm
    requests, used, began = crm.requests.copy(), daemon.cpu(), time.perf_counter()
    spans = sorted(await traffic.send(calls))
    lasted = time.perf_counter() - began
    cuts = statistics.quantiles(spans, n=100)
    return {
        "p50_ms": round(cuts[49] * 1000),
        "p95_ms": round(cuts[94] * 1000),
        "p99_ms": round(cuts[98] * 1000),
        "most_ms": round(spans[-1] * 1000),
        "cpu_of_daemon": round((daemon.cpu() - used) / lasted, 2),
        "reads": crm.requests["batch/read"] - requests["batch/read"],
        "writes": crm.requests["batch/update"] - requests["batch/update"],
    }


@dataclass(slots=True)
class Served:
    """A daemon, and where it listens."""

    process: subprocess.Popen[str]
    port: int

    def cpu(self) -> float:
        """Return the seconds of processor time it used, of all its threads."""
        numbers = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        user, system = numbers.split()[11:13]
        return (int(user) + int(system)) / _TICKS


@asynccontextmanager
async def a_daemon(variables: Mapping[str, str]) -> AsyncIterator[Served]:
    """Run a daemon in a process of its own while the block does."""
    command = [sys.executable, "-m", "connector", "run", "--port", "0"]
    environment = {"HEATSYNC_LOG_LEVEL": "warning", **os.environ, **variables}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603 - our own
        try:
            port = await asyncio.to_thread(_port, process)
            reading = asyncio.create_task(asyncio.to_thread(_hand_on, process))
            yield Served(process, port)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait)
        await reading


def _port(process: subprocess.Popen[str]) -> int:
    """Return where a daemon listens, once it says so."""
    for line in process.stderr or ():
        if found := _ADDRESS.search(line):
            return int(found[1])
        sys.stderr.write(line)
    raise RuntimeError("the daemon does not run")


def _hand_on(process: subprocess.Popen[str]) -> None:
    for line in process.stderr or ():
        sys.stderr.write(line)


async def at_rest(crm: Crm, seconds: float = CALM) -> None:
    """Return when nothing was asked for a while."""
    began = time.perf_counter()
    while (left := max(crm.asked, began) + seconds - time.perf_counter()) > 0:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(left)


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Calls of the platform, each about the next of its contacts."""

    crm: Crm
    port: int
    rate: int
    number: int = 0
    lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def send(self, count: int) -> Sequence[float]:
        """Send so many calls; return how many seconds after each its delivery arrived."""
        began = time.perf_counter()
        sent: dict[tuple[int, int], float] = {}
        calls: set[asyncio.Task[None]] = set()
        for place in range(count):
            due = began + place / self.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # Steps through everybody: neighbours in the database are not called one after another.
            self.number = (self.number + 7_919) % self.crm.size
            number = self.number + 1
            sent[number, self.crm.visit(number)] = due
            calls.add(asyncio.create_task(self._call(number)))
        await asyncio.gather(*calls)
        brought = self.crm.brought
        deadline = time.perf_counter() + PATIENCE
        while missing := sent.keys() - brought.keys():
            if time.perf_counter() > deadline:
                msg = f"{len(missing)} of {count} scores were not brought"
                raise RuntimeError(msg)
            await asyncio.sleep(0.05)
        return [brought[each] - at for each, at in sent.items()]

    async def _call(self, number: int) -> None:
        if self.lines:
            line = self.lines.pop()
        else:
            line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = line
        writer.write(_request(self.port, number))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            msg = f"a call was answered {head[:40]!r}"
            raise RuntimeError(msg)
        self.lines.append(line)


def _request(port: int, number: int) -> bytes:
    """Return a call about a contact as it goes over the wire."""
    now = SystemClock().now()
    event = int(now.timestamp() * 1000) * 1000 + number % 1000
    seen = {"propertyName": "visits", "propertyValue": str(VISIT)}
    return signed(port, PATH, now, eventId=event, objectId=number, **seen)
