"""Replicas as processes of their own, that tests start, stall, stop and kill."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_PATIENCE = 60.0
"""Seconds after which what was waited for will not come."""


@dataclass
class Replica:
    """One process, and what it said."""

    name: str
    process: asyncio.subprocess.Process
    said: list[dict[str, Any]] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None

    def times(self, what: str, job: str) -> list[float]:
        """Return when it began, or ended, a job."""
        return [each["at"] for each in self.said if (each["what"], each["job"]) == (what, job)]

    @property
    def lanes(self) -> Sequence[str]:
        """The lanes that it says it holds; none once it has ended."""
        if self.process.returncode is not None:
            return []
        held = [each["lanes"] for each in self.said if each["what"] == "holds"]
        return held[-1] if held else []

    def taken(self) -> list[tuple[str, int]]:
        """Return the lanes that it took over, with their fences."""
        return [(each["lane"], each["fence"]) for each in self.said if each["what"] == "taken"]

    async def end(self, how: signal.Signals) -> None:
        """Send a signal that ends it, and wait until all it said was read."""
        self.process.send_signal(how)
        await self.process.wait()
        if self.reading is not None:
            await self.reading


@dataclass
class Replicas:
    """All processes of a test."""

    url: str
    all: list[Replica] = field(default_factory=list)

    async def start(self, name: str) -> Replica:
        """Start one; return when it serves."""
        program = ("-m", "tests.integration.replicas.replica", self.url, name)
        process = await asyncio.create_subprocess_exec(
            sys.executable, *program, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        replica = Replica(name, process)
        replica.reading = asyncio.create_task(_read(replica))
        self.all.append(replica)
        await until(lambda: any(each["what"] == "ready" for each in replica.said))
        return replica

    def times(self, what: str, job: str) -> list[float]:
        """Return when anybody began, or ended, a job, in order."""
        return sorted(at for each in self.all for at in each.times(what, job))

    def lanes(self) -> list[str]:
        """Return all lanes that are held, as often as they are."""
        return sorted(lane for each in self.all for lane in each.lanes)


@asynccontextmanager
async def replicas(url: str) -> AsyncIterator[Replicas]:
    """Give a place to start processes; all that are left are killed after the block."""
    several = Replicas(url)
    try:
        yield several
    finally:
        for each in several.all:
            if each.process.returncode is None:
                await each.end(signal.SIGKILL)


async def until(holds: Callable[[], bool]) -> None:
    """Return when this holds."""
    async with asyncio.timeout(_PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for may be anything
            await asyncio.sleep(0.01)


async def _read(replica: Replica) -> None:
    assert replica.process.stdout is not None
    async for line in replica.process.stdout:
        replica.said.append(json.loads(line))
