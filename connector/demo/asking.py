"""What the demo asks its own daemon: over HTTP, as anybody would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from adapters.daemon import Daemon

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

T = TypeVar("T")

_LOOKED_AT = 20
"""So many of the hottest are looked at for one whose story is worth telling."""
_EVENTS = 200
"""So many of the latest events of somebody are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How much the daemon has read so far."""

    contacts: int
    events: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions to a daemon; each raises ConnectorError where none answers."""

    address: str
    """As ``http://127.0.0.1:8080``."""

    def read(self) -> Read:
        """Return how much was read."""
        return self._ask(_read)

    def stages(self) -> Mapping[str, int]:
        """Return how many people are in each stage of heat, hottest first."""
        return self._ask(_stages)

    def somebody(self, platforms: int) -> str | None:
        """Return the address of one of the hottest, if possible by events of so many platforms."""
        return self._ask(lambda daemon: _somebody(daemon, platforms))

    def _ask(self, question: Callable[[Daemon], Awaitable[T]]) -> T:
        async def ask() -> T:
            async with Daemon(self.address, None) as daemon:
                return await question(daemon)

        return asyncio.run(ask())


async def _read(daemon: Daemon) -> Read:
    told = await daemon.get("/status")
    return Read(contacts=told["contacts"], events=told["events"])


async def _stages(daemon: Daemon) -> Mapping[str, int]:
    (funnel,) = (await daemon.get("/stages"))["funnels"]
    return {each["name"]: each["persons"] for each in reversed(funnel["stages"])}


async def _somebody(daemon: Daemon, platforms: int) -> str | None:
    leads = (await daemon.get("/top", limit=_LOOKED_AT))["leads"]
    named: list[str] = [each["email"] for each in leads if each["email"]]
    for email in named:
        events = (await daemon.get(f"/timeline/{email}", limit=_EVENTS))["events"]
        if len({each["platform"] for each in events if each["gave"]}) >= platforms:
            return email
    return named[0] if named else None
