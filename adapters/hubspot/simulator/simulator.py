"""A whole HubSpot, in this process."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.hubspot.simulator.account import Account
from adapters.hubspot.simulator.limits import DAILY, windows_of
from adapters.hubspot.simulator.quirks import Quirks
from adapters.hubspot.simulator.tricks import Tricks
from adapters.hubspot.simulator.vendor import HubspotVendor
from adapters.simulation.front import Front
from adapters.simulation.windows import Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from adapters.hubspot.simulator.webhooks import Delivery
    from adapters.simulation.calls import OutgoingCall

TOKEN = "pat-eu1-simulated"  # noqa: S105 - of an account that does not exist


class HubspotSimulator:
    """One account of HubSpot, spoken to over HTTP in every version of its interface.

    `app` is the ASGI application, `account` what is in it, `trace` every request it saw; `faults`
    and `tricks` are the trouble it makes.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        tier: str = "pro",
        limits: bool = True,
        quirks: Quirks | None = None,
        zone: str = "UTC",
        token: str = TOKEN,
        seed: int = 0,
        latency: timedelta | None = None,
    ) -> None:
        """`tier` is `free`, `pro` or `enterprise`; without `limits` it takes any number."""
        quirks = quirks or Quirks()
        self.account = Account(now=now, quirks=quirks, tier=tier, zone=zone, seed=seed)
        self.account.keys.tokens.add(token)
        self.tricks = Tricks()
        vendor = HubspotVendor(self.account, self.tricks)
        windows = windows_of(tier, self.account.zone) if limits else None
        self.app = Front(vendor, now=now, windows=windows, latency=latency)
        self.account.daily = self._daily
        self.trace = self.app.trace
        self.faults = self.app.faults

    async def deliver(self, send: Callable[[Delivery], Awaitable[int | None]]) -> int:
        """Make the calls to webhooks whose time has come; return how many were taken.

        `send` returns the status of the answer, None where none came in time.
        """
        return await self.account.webhooks.deliver(send)

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls to webhooks whose time has come; each has to be answered once."""
        return self.account.webhooks.due_calls()

    def call_at(self, url: str, *, properties: Iterable[str] = ()) -> None:
        """Register `url` for all that is told of contacts, and for changes of these properties.

        Calls are signed with the secret of the app, which is `account.keys.client_secret`.
        """
        hooks = self.account.webhooks
        hooks.set_target(url)
        for action in ("creation", "deletion", "merge", "restore", "privacyDeletion"):
            hooks.subscribe(f"contact.{action}")
        for name in properties:
            hooks.subscribe("contact.propertyChange", name)

    def _daily(self) -> Standing:
        """Return where the requests of the day stand."""
        window = self.app.windows.by_bucket.get(DAILY)
        if window is not None:
            return window.standing(self.account.now())
        day = timedelta(days=1)
        return Standing(bucket=DAILY, limit=10**6, remaining=10**6, resets_after=day, window=day)
