"""A whole Brevo, in this process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from adapters.brevo.simulator.account import BrevoAccount
from adapters.brevo.simulator.limits import windows_of
from adapters.brevo.simulator.outbox import Hook
from adapters.brevo.simulator.vendor import BrevoVendor
from adapters.brevo.simulator.webhook_calls import EVENTS
from adapters.simulation.calls import OutgoingCall
from adapters.simulation.front import Front

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime, timedelta

    from adapters.brevo.simulator.outbox import Delivery


class BrevoSimulator:
    """One account of Brevo, spoken to over HTTP below `/v3`.

    `app` is the ASGI application, `account` what is in it, `trace` every request it saw, and
    `faults` the trouble it makes.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        plan: str = "general",
        limits: bool = True,
        is_listing_quick: bool = True,
        latency: timedelta | None = None,
    ) -> None:
        """`plan` is `general`, `advanced` or `extended`; without `limits` it takes any number.

        Unless `is_listing_quick`, lists of contacts count in the slow limit of all the rest.
        """
        self.account = BrevoAccount(now)
        windows = windows_of(plan) if limits else None
        vendor = BrevoVendor(self.account, is_listing_quick=is_listing_quick)
        self.app = Front(vendor, now=now, windows=windows, latency=latency)
        self.trace = self.app.trace
        self.faults = self.app.faults

    async def deliver(self, post: Callable[[Delivery], Awaitable[int | None]]) -> int:
        """Make the calls to webhooks whose time has come; return how many there were.

        `post` returns the status of the answer, None where none came.
        """
        self.account.settle()
        deliveries = self.account.outbox.due()
        for each in deliveries:
            self.account.outbox.answered(each, await post(each))
        return len(deliveries)

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls to webhooks whose time has come; each has to be answered once."""
        self.account.settle()
        return [
            OutgoingCall(
                url=each.url,
                headers=each.headers,
                body=each.body,
                answered=partial(self.account.outbox.answered, each),
            )
            for each in self.account.outbox.due()
        ]

    def call_at(self, url: str, token: str, *, is_batched: bool = False) -> None:
        """Register webhooks at `url` for all that is told of contacts and their mail.

        Their calls carry `token`; those that are batched come after five minutes.
        """
        now = self.account.now()
        for kind in ("transactional", "marketing"):
            hook = Hook(
                id=self.account.next_id(),
                url=url,
                type=kind,
                events=tuple(sorted(EVENTS[kind])),
                is_batched=is_batched,
                auth={"type": "bearer", "token": token},
                created_at=now,
                modified_at=now,
            )
            self.account.outbox.add(hook)
