"""An account of Brevo that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from adapters.brevo.account import Account
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.events.source import Batch, BrevoEvents, Source
from adapters.brevo.limits import buckets_of
from adapters.brevo.pull import Pull
from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from connector.domain.events import Event
from connector.ports.budget import Unlimited
from tests.fakes import FakeClock
from tests.openapi.contract import Asked as Contracted

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)

Answer = tuple[int, Any]
INVENTED = "/things"
"""A path that Brevo does not have; requests to all others are held against its OpenAPI."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the account saw it."""

    method: str
    path: str
    params: httpx.QueryParams
    body: Any

    def page_of(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows that are asked for by limit and offset."""
        offset = int(self.params.get("offset", 0))
        return rows[offset : offset + int(self.params.get("limit", 50))]


@dataclass(slots=True)
class Canned:
    """Answers every request as `answer` says."""

    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))

    def account(self) -> Account:
        """Return the account, which is called `mail`."""
        session = HttpSession(
            platform="mail",
            base_url="https://api.brevo.com/v3",
            budget=Unlimited(),
            headers={"api-key": "k"},
            dialect=BrevoDialect(buckets_of("general")),
            transport=httpx.MockTransport(self._answer),
        )
        return Account(name="mail", session=session, clock=PlatformClock(self.clock))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = request.url.path.removeprefix("/v3")
        asked = Asked(request.method, path, request.url.params, body)
        self.asked.append(asked)
        if path != INVENTED:
            Contracted.of(request).check()
        status, told = self.answer(asked)
        return httpx.Response(status, json=told)


def contact_row(number: int, email: str | None = None, **attributes: object) -> dict[str, Any]:
    """Return a contact as an answer has it; the higher its number, the later it was made."""
    return {
        "id": number,
        "email": f"person{number}@mail.example.com" if email is None else email,
        "emailBlacklisted": False,
        "smsBlacklisted": False,
        "createdAt": f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.000+00:00",
        "modifiedAt": "2026-01-02T00:00:00.000+01:00",
        "attributes": attributes,
        "listIds": [],
    }


async def read(source: Source, place: dict[str, Any] | None = None) -> list[Batch]:
    """Return all that a place of events has behind `place`."""
    return [each async for each in source.read(place or {})]


def events_of(batches: Iterable[Batch]) -> list[Event]:
    """Return the events of batches in order."""
    return [event for batch in batches for event in batch.events]


def all_of(sources: Sequence[Source], clock: FakeClock, pull: Pull | None = None) -> BrevoEvents:
    """Return the events of these places as one."""
    return BrevoEvents(
        platform="mail", sources=sources, clock=PlatformClock(clock), pull=pull or Pull()
    )
