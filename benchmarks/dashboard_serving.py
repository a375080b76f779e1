"""The web over an installation, as a process of its own: `python -m benchmarks.dashboard_serving`.

It takes the URL of a database, the folder of a copy or nothing, and ``busy`` or ``quiet``; prints
its address; and ends with its standard input. One that is busy scores all the while, as a daemon
does whose rules were edited: whoever waits, some at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.dashboard_site import NOW, opened, settings_for
from connector.runtime.process import spare_the_collector
from connector.sync.deciding.rescore import rescore
from connector.web.app import make_app
from connector.web.dashboard.mounting import mount
from connector.web.desk import Desk
from connector.web.server import serving

if TYPE_CHECKING:
    from connector.ports.control import Job
    from connector.sync.workspace import Workspace

_AT_ONCE = 2_000
"""Persons who wait at a time."""


async def _serve(url: str, cache: str, load: str) -> None:
    settings = settings_for(url, Path(cache) if cache else None)
    async with opened(settings) as workspace:
        desk = Desk(
            workspace=lambda: workspace,
            settings=settings,
            clock=workspace.clock,
            defer=_leave,
            metrics=_nothing,
        )
        app = make_app(desk)
        mount(app)
        spare_the_collector()
        async with serving(app, "127.0.0.1", 0) as address:
            working = asyncio.create_task(_score(workspace)) if load == "busy" else None
            sys.stdout.write(f"{address}\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)
            if working is not None:
                working.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await working


async def _score(workspace: Workspace) -> None:
    """Score some after others, for as long as it is let."""
    async with workspace.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
    place = 0
    while True:
        some = numbers[place : place + _AT_ONCE]
        place = place + _AT_ONCE if place + _AT_ONCE < len(numbers) else 0
        async with workspace.state.write() as tx:
            await tx.contacts.touch(some)
        await rescore(workspace, NOW)


async def _leave(_job: Job) -> None:
    return


async def _nothing() -> tuple[bytes, str]:
    return b"", "text/plain"


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
