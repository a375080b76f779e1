"""The limits of Brevo as its documentation states them, and what its answers say of them."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from adapters.simulation.windows import FixedWindow, Windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.simulation.messages import Request
    from adapters.simulation.windows import Standing

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
PLANS: Mapping[str, Mapping[str, tuple[int, timedelta]]] = {
    plan: {
        "contacts": (contacts, _SECOND),
        "statistics": (statistics, _HOUR),
        "sending": (sending, _SECOND),
        "emails": (2, _SECOND),
        "sending_events": (10, _SECOND),
        "orders": (5, _SECOND),
        "general": (general, _HOUR),
    }
    for plan, contacts, statistics, sending, general in (
        ("general", 10, 300, 1_000, 100),
        ("advanced", 20, 600, 2_000, 200),
        ("extended", 60, 1_800, 6_000, 600),
    )
}


def windows_of(plan: str) -> Windows:
    """Return the limits of an account with this plan."""
    return Windows(
        [FixedWindow(name, limit, length) for name, (limit, length) in PLANS[plan].items()]
    )


RESET = "x-sib-ratelimit-reset"
"""Seconds until the limit begins anew."""
_OF_REQUESTS = {
    ("POST", "/smtp/email"): "sending",
    ("GET", "/smtp/blockedContacts"): "sending",
    ("GET", "/smtp/emails"): "emails",
    ("POST", "/events"): "sending_events",
    ("POST", "/orders/status"): "orders",
}
_OF_PATHS = (("/contacts", "contacts"), ("/smtp", "statistics"))


def bucket_of(request: Request, *, is_listing_quick: bool) -> str:
    """Return the limit that a request counts in.

    Brevo does not say whether lists of contacts count as contacts or as all the rest.
    """
    path = request.path.removeprefix("/v3")
    is_listing = path == "/contacts" or path.startswith("/contacts/lists")
    if is_listing and not is_listing_quick:
        return "general"
    of_path = next(
        (each for start, each in _OF_PATHS if f"{path}/".startswith(f"{start}/")), "general"
    )
    return _OF_REQUESTS.get((request.method, path), of_path)


def headers_of(standings: Sequence[Standing]) -> Mapping[str, str]:
    """Return what an answer says: the reset is in seconds from now, and there is no Retry-After."""
    if not standings:
        return {}
    tightest = min(standings, key=lambda each: each.remaining)
    return {
        "x-sib-ratelimit-limit": str(tightest.limit),
        "x-sib-ratelimit-remaining": str(tightest.remaining),
        RESET: str(ceil(tightest.resets_after.total_seconds())),
    }
