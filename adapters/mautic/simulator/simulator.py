"""A whole Mautic, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.mautic.simulator.account import Account
from adapters.mautic.simulator.hooks import TRIGGERS
from adapters.mautic.simulator.limits import windows_of
from adapters.mautic.simulator.quirks import Quirks
from adapters.mautic.simulator.releases import Release
from adapters.mautic.simulator.vendor import MauticVendor
from adapters.simulation.front import Front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta
    from typing import Any

    from adapters.simulation.calls import OutgoingCall

URL = "https://mautic.example.com"
USERNAME = "heatsync"
PASSWORD = "simulated-password"  # noqa: S105 - of an instance that does not exist
CLIENT_ID = "1_simulated"
CLIENT_SECRET = "simulated-secret"  # noqa: S105 - of an instance that does not exist


class MauticSimulator:
    """One instance of Mautic, spoken to over HTTP below `/api`.

    `app` is the ASGI application, `account` what is in it, `trace` every request it saw, and
    `faults` the trouble it makes. `USERNAME` and `CLIENT_ID` are an administrator's.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        version: str = "5.1.0",
        limits: int | None = None,
        quirks: Quirks | None = None,
        url: str = URL,
        latency: timedelta | None = None,
    ) -> None:
        """`limits` is how many calls an hour are taken; None, as an instance comes: any number."""
        release = Release(version)
        self.account = Account(now=now, release=release, quirks=quirks or Quirks(), url=url)
        admin = self.account.keys.add_user(USERNAME, PASSWORD)
        self.account.keys.add_client(CLIENT_ID, CLIENT_SECRET, admin)
        self.admin = admin
        vendor = MauticVendor(self.account)
        windows = windows_of(limits if release.has_limiter else None)
        self.app = Front(vendor, now=now, windows=windows, latency=latency)
        self.trace = self.app.trace
        self.faults = self.app.faults

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls to webhooks whose time has come; each has to be answered once."""
        return self.account.hooks.due_calls()

    def call_at(
        self, url: str, secret: str | None, triggers: Iterable[str] = TRIGGERS
    ) -> dict[str, Any]:
        """Register a webhook at `url`; with a null secret its calls carry no signature."""
        return self.account.add_hook(url, triggers, secret)
