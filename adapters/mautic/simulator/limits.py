"""The limit that an administrator may set, and how answers tell of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.simulation.windows import FixedWindow, Windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.simulation.messages import Request
    from adapters.simulation.windows import Standing

API = "api"
HOUR = timedelta(hours=1)


def windows_of(calls_per_hour: int | None) -> Windows:
    """Return the limit of an instance; None is no limit."""
    return Windows([FixedWindow(API, calls_per_hour, HOUR)] if calls_per_hour else [])


def buckets_of(request: Request) -> tuple[str, ...]:
    """Return the limit that a request counts in: giving tokens counts in none."""
    return (API,) if request.path.startswith("/api") else ()


def limit_headers(standings: Sequence[Standing], now: datetime) -> Mapping[str, str]:
    """Return what an answer says of the limit: when it begins anew, and no `Retry-After`."""
    for each in standings:
        if each.bucket == API:
            return {
                "x-ratelimit-limit": str(each.limit),
                "x-ratelimit-remaining": str(each.remaining),
                "x-ratelimit-reset": str(int((now + each.resets_after).timestamp())),
            }
    return {}


def limit_of(standings: Sequence[Standing]) -> int:
    """Return the limit that was passed."""
    return next((each.limit for each in standings if each.bucket == API), 0)
