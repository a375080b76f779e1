"""The process that plays the platforms: it serves them, and lets things happen."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from adapters.simulation.calls import deliverer_of
from adapters.simulation.server import Server
from connector.demo.company.deeds import Act
from connector.demo.doors import Door, control
from connector.demo.ending import remove, wait_for_end
from connector.demo.orders import Account, Opened
from connector.demo.playing import Company
from connector.runtime.process import when_closed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.demo.company.deeds import Deed
    from connector.demo.orders import Order
    from connector.demo.played.base import Played

_PAUSE = 4.0
"""Seconds between two things that happen, on the average."""
_CALLS_EVERY = 0.3
"""Seconds between two looks for calls to be made."""
_UNTOLD = frozenset({Act.MAILED, Act.BOUNCED})
"""What nobody would see happen."""


def play(order: Order) -> None:
    """Play until nobody holds our standard input any more; then remove the folder, if told to."""
    ended = _Ended()
    when_closed(sys.stdin.buffer, ended.now)
    try:
        company = Company(order.adapters, order.contacts, order.seed)
        deeds = company.play_the_past()
        with ExitStack() as stack:
            stage = _Stage(company, stack)
            _say({"opened": asdict(stage.opened(deeds))})
            asyncio.run(stage.run(order, ended))
    except BrokenPipeError:
        # Whoever listened is gone, and with it what is written to standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        wait_for_end(order.held)
        if order.folder:
            remove(Path(order.folder))


class _Ended:
    """Whether the one who started us is gone, told from another thread."""

    def __init__(self) -> None:
        self._is_so = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()

    def now(self) -> None:
        """Note it."""
        self._is_so = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        """Return once it is so."""
        self._loop = asyncio.get_running_loop()
        if not self._is_so:
            await self._event.wait()


class _Stage:
    """The platforms, each served from a thread of its own."""

    def __init__(self, company: Company, stack: ExitStack) -> None:
        self._company = company
        self._doors: dict[str, Door] = {}
        self._servers: dict[str, Server] = {}
        for each in company.platforms:
            door = Door(each.simulator.app, each.title, _told_of(each))
            self._doors[each.name] = door
            self._servers[each.name] = stack.enter_context(Server(door))
        self._control = stack.enter_context(Server(control(self._doors)))

    def opened(self, deeds: int) -> Opened:
        """Return how all of it is reached."""
        accounts = [
            Account(
                name=each.name,
                adapter=each.adapter,
                title=each.title,
                url=self._servers[each.name].url + each.base,
                secrets=each.secrets(),
            )
            for each in self._company.platforms
        ]
        return Opened(control=self._control.url, accounts=accounts, deeds=deeds)

    async def run(self, order: Order, ended: _Ended) -> None:
        """Let things happen, and make calls, until it is over."""
        jobs = [asyncio.create_task(self._happen(order))]
        for each in self._company.platforms:
            each.call_at(f"{order.public_url}/webhooks/{each.name}")
            jobs.append(asyncio.create_task(self._call(each)))
        over = asyncio.create_task(ended.wait())
        await asyncio.wait([over, *jobs], return_when=asyncio.FIRST_COMPLETED)
        for job in (over, *jobs):
            job.cancel()
        results = await asyncio.gather(over, *jobs, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                raise error

    async def _happen(self, order: Order) -> None:
        chance = Random(order.seed)  # noqa: S311 - chance that can be repeated
        while True:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * _PAUSE / order.speed)
            deed = self._company.next(self._company.clock.now())
            for played in self._company.told(deed):
                await self._servers[played.name].run(partial(self._take, played, deed))
            if deed.act not in _UNTOLD:
                _say({"happened": self._sentence(deed)})

    async def _take(self, played: Played, deed: Deed) -> None:
        played.take(deed, self._company.people[deed.person])

    async def _call(self, played: Played) -> None:
        """Make the calls of one platform, there where it is served."""
        server, door = self._servers[played.name], self._doors[played.name]
        deliverer = deliverer_of(played.simulator, self._company.clock.now)
        try:
            while True:
                await asyncio.sleep(_CALLS_EVERY)
                if door.is_open:
                    await server.run(deliverer.deliver_due)
        finally:
            await asyncio.shield(server.run(deliverer.client.aclose))

    def _sentence(self, deed: Deed) -> str:
        person = self._company.people[deed.person]
        places = ", ".join(each.title for each in self._company.told(deed))
        return f"{person.name} {deed.act.value.format(deed.about)} ({places})"


def _told_of(played: Played) -> Callable[[str], None]:
    return lambda what: _say({"happened": f"{played.title} {what}"})


def _say(told: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
