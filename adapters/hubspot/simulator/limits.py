"""How many requests an account takes, and how it says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.simulation.windows import DailyWindow, RollingWindow, Windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from adapters.simulation.messages import Request
    from adapters.simulation.windows import Standing

BURST = "burst"
DAILY = "daily"
SEARCH = "search"
ASSOCIATIONS = "associations"

TEN_SECONDS = timedelta(seconds=10)
_PER_TIER = {
    "free": (100, 250_000, 100),
    "pro": (190, 625_000, 150),
    "enterprise": (190, 1_000_000, 200),
}
"""In ten seconds, in a day, and of associations in ten seconds."""
_SEARCHES = 5
"""In a second."""
POLICIES = {
    BURST: "TEN_SECONDLY_ROLLING",
    DAILY: "DAILY",
    SEARCH: "SECONDLY",
    ASSOCIATIONS: "TEN_SECONDLY_ROLLING",
}


def windows_of(tier: str, zone: tzinfo) -> Windows:
    """Return the limits of an account whose days are those of `zone`."""
    burst, daily, associations = _PER_TIER[tier]
    return Windows(
        [
            RollingWindow(BURST, burst, TEN_SECONDS),
            DailyWindow(DAILY, daily, zone),
            RollingWindow(SEARCH, _SEARCHES, timedelta(seconds=1)),
            RollingWindow(ASSOCIATIONS, associations, TEN_SECONDS),
        ]
    )


def buckets_of(request: Request) -> tuple[str, ...]:
    """Return the limits that a request counts in.

    That searches count in the limit of ten seconds as well is not documented; it is assumed,
    since whoever keeps to it is safe either way.
    """
    path = request.path
    if path.startswith(("/oauth/", "/journal-files/")):
        return ()
    if path.endswith("/search") and path.startswith(("/crm/v3/objects", "/crm/objects/")):
        return BURST, DAILY, SEARCH
    if "/associations/" in path:
        return BURST, DAILY, ASSOCIATIONS
    return BURST, DAILY


def limit_headers(standings: Sequence[Standing]) -> Mapping[str, str]:
    """Return what an answer says of limits: nothing when it was a search."""
    by_bucket = {each.bucket: each for each in standings}
    if BURST not in by_bucket or SEARCH in by_bucket:
        return {}
    burst, daily = by_bucket[BURST], by_bucket[DAILY]
    return {
        "x-hubspot-ratelimit-max": str(burst.limit),
        "x-hubspot-ratelimit-remaining": str(burst.remaining),
        "x-hubspot-ratelimit-interval-milliseconds": str(burst.window // timedelta(milliseconds=1)),
        "x-hubspot-ratelimit-daily": str(daily.limit),
        "x-hubspot-ratelimit-daily-remaining": str(daily.remaining),
    }
