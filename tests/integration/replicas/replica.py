"""A program that shares the work on a database, and says what it does and when."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from datetime import timedelta

import structlog

from connector.ports.control import Job, Tick
from connector.runtime.clock import SystemClock
from state.plane.pace import Pace
from state.plane.plane import DatabasePlane, open_plane

PACE = Pace(
    beat=timedelta(seconds=0.3),
    lease=timedelta(seconds=3),
    margin=timedelta(seconds=0.5),
    sweep=timedelta(seconds=0.3),
    retry=timedelta(seconds=0.1),
)
EVERY = timedelta(seconds=0.5)
LANES = ("a", "b", "c", "d")
SEVERAL_TICKS = [
    Tick(job=Job(task="score"), every=EVERY),
    *(Tick(job=Job(task="push", lane=lane), every=EVERY) for lane in LANES),
]
LONG = "long"
"""A task that is under way until it is cancelled, and then takes a while."""


def say(what: str, job: Job | None = None, **more: object) -> None:
    """Write one line: what, of which job, at what second of the machine."""
    told = {"what": what, "at": time.monotonic(), "job": str(job or ""), **more}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def perform(job: Job) -> None:
    """Perform a job of the tests."""
    say("begin", job)
    try:
        if job.task == LONG:
            await asyncio.Event().wait()
    finally:
        say("end", job)


async def watch(plane: DatabasePlane) -> None:
    """Say which lanes are held, whenever that changes."""
    before: list[str] | None = None
    while True:
        held = [lane for lane in LANES if plane.holds(lane)]
        if held != before:
            say("holds", lanes=held)
            before = held
        await asyncio.sleep(0.02)


async def main(url: str, name: str) -> None:
    """Serve until told to stop."""

    async def on_taken(lane: str, fence: int) -> None:
        say("taken", lane=lane, fence=fence)

    plane = await open_plane(url, owner=name, clock=SystemClock(), on_taken=on_taken, pace=PACE)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await plane.schedule(SEVERAL_TICKS)
    watching = asyncio.create_task(watch(plane))
    serving = asyncio.create_task(plane.serve(perform))
    say("ready")
    await stopping.wait()
    await plane.stop(timedelta(seconds=0.5))
    say("stopped")
    await serving
    watching.cancel()
    await plane.aclose()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], sys.argv[2]))
