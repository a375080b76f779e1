"""An account of HubSpot that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.hubspot.account import Account
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.paths import PATHS
from connector.ports.budget import Unlimited
from tests.fakes import FakeClock

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
TOKEN = "pat-eu1-of-this-account"
VALIDATION = "VALIDATION_ERROR"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the account saw it."""

    method: str
    path: str
    body: Any
    query: str = ""


@dataclass(slots=True)
class Canned:
    """Answers in order; each is a status and a body, or makes one out of what was asked."""

    answers: list[tuple[int, Any] | Callable[[Asked], tuple[int, Any]]] = field(
        default_factory=list
    )
    asked: list[Asked] = field(default_factory=list)

    def account(self) -> Account:
        """Return the account, which is called `crm`."""
        clock = PlatformClock(FakeClock(AT))
        session = HttpSession(
            platform="crm",
            base_url="https://api.hubapi.com",
            budget=Unlimited(),
            headers={},
            dialect=HubspotDialect(clock, None),
            secrets=(TOKEN,),
            transport=httpx.MockTransport(self._answer),
        )
        return Account(name="crm", session=session, paths=PATHS["2026-03"], clock=clock)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        asked = Asked(request.method, request.url.path, body, request.url.query.decode())
        self.asked.append(asked)
        answer = self.answers.pop(0)
        status, told = answer(asked) if callable(answer) else answer
        return httpx.Response(status, json=told)


def rows(*given: tuple[str, Mapping[str, str | None]], **more: object) -> dict[str, Any]:
    """Return the body of a batch: rows of ids and properties."""
    results = [{"id": remote_id, "properties": values} for remote_id, values in given]
    return {"status": "COMPLETE", "results": results, **more}


def error(category: str, message: str = "no", **context: list[str]) -> dict[str, Any]:
    """Return an entry of the `errors` of a 207, or the body of a refusal."""
    return {"status": "error", "category": category, "message": message, "context": context}
