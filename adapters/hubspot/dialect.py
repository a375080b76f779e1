"""What HubSpot's answers say beside what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx

from adapters.http import Answer, Call, Quota, seconds_of
from adapters.hubspot.complaints import complaint_of
from adapters.hubspot.limits import BURST, DAILY, ROLLING, SEARCH
from connector.domain.instants import BadInstant, parse_instant
from connector.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.errors import PlatformError
    from connector.ports.clock import Clock

_PREFIX = "x-hubspot-ratelimit-"
_LOCKED = httpx.codes.LOCKED
_MIGRATING = 477
_LOCKED_FOR = timedelta(seconds=2)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MILLISECONDS = ROLLING // timedelta(milliseconds=1)
_DAILY = "DAILY"
_SEARCHING = "SECONDLY"
_WAITS: Mapping[str, timedelta] = {
    _SEARCHING: timedelta(seconds=1),
    "TEN_SECONDLY_ROLLING": ROLLING,
}


@dataclass(frozen=True, slots=True)
class HubspotDialect:
    """Limits are in headers of HubSpot's own, which limit was passed in the body of a 429."""

    clock: Clock
    timezone: str | None
    """Of the account, when it is known: the daily limit begins anew at its midnight."""

    def quotas(self, call: Call, answer: Answer) -> Iterator[Quota]:
        """Yield what is left in ten seconds and of the day; answers to searches say nothing."""
        policy = _policy(answer)
        if policy == _SEARCHING and SEARCH in call.buckets:
            yield Quota(bucket=SEARCH, remaining=0)
        if BURST in call.buckets:
            limit, remaining = _whole(answer, "max"), _whole(answer, "remaining")
            # Which span a limit counts in is said beside it.
            if remaining is not None and _whole(answer, "interval-milliseconds") == _MILLISECONDS:
                yield Quota(bucket=BURST, limit=limit, remaining=remaining)
        if DAILY in call.buckets:
            limit, remaining = _whole(answer, "daily"), _whole(answer, "daily-remaining")
            remaining = 0 if policy == _DAILY else remaining
            after = self._until_tomorrow() or self._until_reset(answer)
            if remaining is not None or after is not None:
                yield Quota(bucket=DAILY, limit=limit, remaining=remaining, resets_after=after)

    def wait(self, answer: Answer) -> timedelta | None:
        """Return the end of the limit that was passed; `Retry-After` comes with a 477 only."""
        told = seconds_of(answer.headers.get("retry-after"))
        if answer.status == _MIGRATING:
            return told or _HOUR
        if answer.status == _LOCKED:
            return max(told or _LOCKED_FOR, _LOCKED_FOR)
        if _policy(answer) == _DAILY:
            return self._until_tomorrow() or _HOUR
        return told or _WAITS.get(_policy(answer) or "", ROLLING)

    def message(self, answer: Answer) -> str | None:
        """Return what names things in the body, and HubSpot's words without what they quote."""
        return complaint_of(answer.body).words or None

    def error(self, answer: Answer) -> type[PlatformError] | None:
        """Return RateLimited for what passes by itself when it is left alone for a while."""
        return RateLimited if answer.status in {_LOCKED, _MIGRATING} else None

    def _until_tomorrow(self) -> timedelta | None:
        """Return the time to the next midnight of the account, where its zone is known."""
        if self.timezone is None:
            return None
        zone = ZoneInfo(self.timezone)
        now = self.clock.now()
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), zone) - now

    def _until_reset(self, answer: Answer) -> timedelta | None:
        """Return the time to the end of the day, where an answer about the day tells it."""
        rows = _object(answer.body).get("results")
        row = _object(rows[0]) if isinstance(rows, list) and len(rows) == 1 else {}
        if not isinstance(row.get("usageLimit"), int):
            return None
        try:
            left = parse_instant(row.get("resetsAt")) - self.clock.now()
        except BadInstant:
            return None
        return left if timedelta() < left <= _DAY else None


def _policy(answer: Answer) -> str | None:
    if answer.status != httpx.codes.TOO_MANY_REQUESTS:
        return None
    found = _object(answer.body).get("policyName")
    return found if isinstance(found, str) else None


def _object(body: object) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _whole(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(_PREFIX + name, "")
    return int(text) if text.isascii() and text.isdigit() else None
