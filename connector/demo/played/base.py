"""What the demo asks of each simulated platform."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.simulation.calls import OutgoingCall
    from connector.demo.company.deeds import Act, Deed
    from connector.demo.company.people import Someone


WEBHOOK_SECRET = "the-demo-calls-itself"  # noqa: S105 - of accounts that do not exist
"""With what platforms prove themselves that do not make a secret of their own."""


class ReplayClock:
    """The present, or the instant of the past that is being played."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._clock = SystemClock()

    def now(self) -> datetime:
        """Return the instant that everything happens at."""
        return self.at or self._clock.now()


class Simulator(Protocol):
    """A platform in this process."""

    @property
    def app(self) -> Callable[..., Any]:
        """Return the ASGI application."""
        ...

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls to webhooks whose time has come."""
        ...


class Played(Protocol):
    """One platform as the company uses it."""

    name: str
    """As the mappings call it."""
    adapter: str
    title: str
    """As people call it."""
    base: str
    """The path below which its interface is."""
    carries: frozenset[Act]
    """What it learns of; people arrive everywhere."""

    @property
    def simulator(self) -> Simulator:
        """Return what plays it."""
        ...

    def secrets(self) -> Mapping[str, str]:
        """Return what opens it, by field of the configuration."""
        ...

    def take(self, deed: Deed, person: Someone) -> None:
        """Let something happen, at the present of the clock."""
        ...

    def settle(self) -> None:
        """Let everything be seen that happened."""
        ...

    def call_at(self, url: str) -> None:
        """Tell `url` of what happens from now on."""
        ...
