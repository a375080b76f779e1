"""An instance of Mautic that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.mautic.account import Account
from adapters.mautic.dialect import MauticDialect
from connector.ports.budget import Unlimited
from tests.conformance.world import AT
from tests.fakes import FakeClock

Answer = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the instance saw it."""

    path: str
    params: httpx.QueryParams

    def clause(self, column: str) -> str | None:
        """Return what a column is compared with; None where it is not."""
        for name, value in self.params.multi_items():
            if name.endswith("[col]") and value == column:
                found = self.params.get(f"{name.removesuffix('[col]')}[val]")
                return None if found is None else str(found)
        return None


@dataclass(slots=True)
class Canned:
    """Answers every request as `answer` says."""

    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    headers: dict[str, str] = field(default_factory=lambda: {"mautic-version": "5.1.0"})

    def account(self) -> Account:
        """Return the instance, which is called `auto`."""
        clock = PlatformClock(self.clock)
        session = HttpSession(
            platform="auto",
            base_url="https://mautic.example.com",
            budget=Unlimited(),
            headers={},
            dialect=MauticDialect(clock),
            clock=clock,
            transport=httpx.MockTransport(self._reply),
        )
        return Account(name="auto", session=session, clock=clock)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        asked = Asked(path=request.url.path, params=request.url.params)
        self.asked.append(asked)
        status, body = self.answer(asked)
        return httpx.Response(status, json=body, headers=self.headers)
