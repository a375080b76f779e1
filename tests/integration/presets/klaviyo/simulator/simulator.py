"""The simulated account behind its door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from adapters.simulation.front import Front
from adapters.simulation.messages import Reply
from adapters.simulation.routes import Routes
from adapters.simulation.windows import FixedWindow, Windows
from tests.integration.presets.klaviyo.simulator.account import Account
from tests.integration.presets.klaviyo.simulator.reading import Reading
from tests.integration.presets.klaviyo.simulator.refusals import Refused
from tests.integration.presets.klaviyo.simulator.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.simulation.messages import Request
    from adapters.simulation.windows import Standing

KEY = "pk_0123456789abcdef0123456789abcdef01"
"""The private key that it takes."""
PREFIX = "/api"
SERVED = timedelta(days=2 * 365)
"""A revision is stable for a year, deprecated for another one, and then gone."""

_LARGE, _MEDIUM = (75, 750), (10, 150)
_LIMITS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("GET", "/events"): (350, 3500),
    ("GET", "/metrics"): _MEDIUM,
    ("POST", "/lists"): _MEDIUM,
    ("POST", "/lists/{list_id}/relationships/profiles"): _MEDIUM,
    ("DELETE", "/lists/{list_id}/relationships/profiles"): _MEDIUM,
}
"""Requests in a second and in a minute; 75 and 750 of all other calls."""
_LISTS_A_DAY = 150
_TOO_MANY = 429


class KlaviyoSimulator:
    """One account, spoken to over HTTP below `/api`.

    `app` is the ASGI application, `account` what is in it, `trace` every request it saw, and
    `faults` the trouble it makes.
    """

    def __init__(self, *, now: Callable[[], datetime], key: str = KEY) -> None:
        """Limits are those of the reference, in windows that begin anew."""
        self.account = Account(now)
        vendor = _Vendor(self.account, key)
        self.app = Front(vendor, now=now, windows=vendor.windows())
        self.trace = self.app.trace
        self.faults = self.app.faults


class _Vendor:
    """Answers the requests to one account."""

    def __init__(self, account: Account, key: str) -> None:
        self._account = account
        self._key = key
        self._writing = Writing(account)
        calls = (Reading(account), self._writing)
        self._routes = Routes([route for each in calls for route in each.routes()], PREFIX)

    def windows(self) -> Windows:
        """Return the limits of all calls."""
        windows = []
        for route in self._routes.table:
            path = route.path.removeprefix(PREFIX)
            burst, steady = _LIMITS.get((route.method, path), _LARGE)
            name = f"{route.method} {route.path}"
            windows.append(FixedWindow(f"{name} burst", burst, timedelta(seconds=1)))
            windows.append(FixedWindow(f"{name} steady", steady, timedelta(minutes=1)))
        new_lists = FixedWindow(f"POST {PREFIX}/lists daily", _LISTS_A_DAY, timedelta(days=1))
        return Windows([*windows, new_lists])

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key, and of a revision that is not served."""
        proof = request.headers.get("authorization")
        if self._account.is_closed or proof != f"Klaviyo-API-Key {self._key}":
            return Refused("Missing or invalid private key.", 401).reply()
        try:
            revision = date.fromisoformat(request.headers.get("revision", ""))
        except ValueError:
            return Refused("The revision header is missing or invalid.").reply()
        if revision < (self._account.now() - SERVED).date():
            return Refused("This revision is not served any more.", 410).reply()
        return None

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the limits of a call."""
        found = self._routes.find(request.method, _path(request))
        if found is None:
            return ()
        name = f"{found.route.method} {found.route.path}"
        return (f"{name} burst", f"{name} steady", f"{name} daily")

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        found = self._routes.find(request.method, _path(request))
        if found is None:
            known = self._routes.methods(_path(request))
            return Refused("There is nothing here.", 405 if known else 404).reply()
        try:
            return found.route.handler(request, **found.names)
        except Refused as refusal:
            return refusal.reply()

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        return self._writing.feigned(request) if request.method != "GET" else None

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how it says that it cannot; too many requests are told when to come back."""
        passed = [each.resets_after.total_seconds() for each in standings if each.is_exceeded]
        after = max(passed, default=0)
        refused = Refused("Please try again later.", status).reply()
        headers = {"retry-after": str(int(after) + 1)} if status == _TOO_MANY else {}
        return Reply(
            status=status, body=refused.body, headers={**refused.headers, **headers}, size=0
        )

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return where the minute stands."""
        steady = next((each for each in standings if each.bucket.endswith("steady")), None)
        if steady is None:
            return {}
        return {
            "ratelimit-limit": str(steady.limit),
            "ratelimit-remaining": str(steady.remaining),
            "ratelimit-reset": str(int(steady.resets_after.total_seconds())),
        }


def _path(request: Request) -> str:
    """Return a path; a slash behind it makes no difference."""
    return request.path.rstrip("/")
