"""What a platform said of one limit, and how much of it is ours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import share_of

if TYPE_CHECKING:
    from connector.ports.budget import Bucket

_RECOVERY = 10
"""A pace grows back by this part of the whole per window: what was halved is whole after five."""
_UNSAID = timedelta(minutes=1)
"""What a platform is left alone for at most that turned us down and said no time."""
_DAY = timedelta(days=1)
_UNITS = (
    (_DAY, "a day", "days"),
    (timedelta(hours=1), "an hour", "hours"),
    (timedelta(minutes=1), "a minute", "minutes"),
    (timedelta(seconds=1), "a second", "seconds"),
)
_SAME = timedelta(seconds=2)
"""Two answers that tell of one midnight differ by the time they take, and by whole seconds."""


class Told:
    """One limit as its platform states it, and our share of it.

    The last answer is believed. Our share is `percent` of the limit, at least one request; the
    rest belongs to the customer's other tools.
    """

    def __init__(self, bucket: Bucket, percent: int) -> None:
        """Begin with what the adapter declares."""
        self.bucket = bucket
        self.limit = bucket.limit
        self._percent = percent
        self._closed_until: datetime | None = None
        self._left: int | None = None
        self._left_until = datetime.min.replace(tzinfo=UTC)
        self._pace = 1.0
        self._paced_at = datetime.min.replace(tzinfo=UTC)
        self._midnight: datetime | None = None

    def restate(self, bucket: Bucket, percent: int) -> None:
        """Take what a reloaded configuration says of it; what an answer said still counts."""
        if self.limit == self.bucket.limit:
            self.limit = bucket.limit
        self.bucket = bucket
        self._percent = percent

    @property
    def share(self) -> int:
        """Return the requests of a window that are ours."""
        return share_of(self.limit, self._percent)

    @property
    def terms(self) -> str:
        """Return our share in words: ``at most 75 requests a minute``."""
        count = "1 request" if self.share == 1 else f"{self.share:,} requests"
        return f"at most {count} {_per(self.bucket.window)}"

    def capacity(self, now: datetime) -> int:
        """Return the requests of a window that we allow ourselves at present."""
        return max(1, int(self.share * self._pace_at(now)))

    def opens_at(self, now: datetime) -> datetime:
        """Return when the platform lets us send again, by what it said; `now` if at once."""
        opens = now
        if self._closed_until is not None:
            opens = max(opens, self._closed_until)
        if self._left is not None and self._left <= 0:
            opens = max(opens, self._left_until)
        return opens

    def still_allows(self, now: datetime) -> bool:
        """Return whether a request that was let through may be sent, whatever was said since."""
        if self._closed_until is not None and now < self._closed_until:
            return False
        return self._left is None or self._left >= 0 or now >= self._left_until

    def left(self, now: datetime) -> int | None:
        """Return how many we may still send, by what the platform said; None where it did not."""
        if self.opens_at(now) > now:
            return 0
        return self._left if now < self._left_until else None

    def count(self, change: int, now: datetime) -> None:
        """Take note that `change` more requests of ours are on their way, or fewer."""
        if self._left is None:
            return
        if now >= self._left_until:
            self._left = None
        else:
            self._left -= change

    def learn(
        self,
        now: datetime,
        *,
        remaining: int | None,
        resets_after: timedelta | None,
        under_way: int,
        ours: int | None,
    ) -> None:
        """Take what an answer says.

        `under_way` requests may not be in what remains; `ours` have been counted in this window
        for certain, where that is known.
        """
        if self.bucket.is_daily and resets_after is not None:
            self._move_midnight(now, now + resets_after)
        if remaining is None:
            return
        until = now + (resets_after or self.bucket.window)
        if self.bucket.is_daily:
            until = self.resets_at(now)
        is_all_ours = ours is not None and self.limit - remaining <= ours
        if is_all_ours and (resets_after or self.bucket.window) <= self.bucket.window:
            # Our own log knows better when these will not count any more.
            self._left = None
            return
        self._left = remaining - (self.limit - self.share) - under_way
        self._left_until = until

    def refused(self, now: datetime, wait: timedelta | None) -> None:
        """Take that a request was turned down: stop for `wait`, then go at half the pace."""
        is_new = self._closed_until is None or now >= self._closed_until
        until = now + (min(self.bucket.window, _UNSAID) if wait is None else wait)
        self.close_until(until)
        if is_new and not self.bucket.is_daily:
            # Those that were on their way together are turned down together: that is once.
            self._pace, self._paced_at = self._pace_at(now) / 2, until

    def close_until(self, until: datetime) -> None:
        """Let nothing be sent before `until`."""
        self._closed_until = until if self._closed_until is None else max(until, self._closed_until)

    def resets_at(self, now: datetime) -> datetime:
        """Return the next midnight of the account; until it said when that is, of UTC."""
        if self._midnight is None:
            self._midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        while self._midnight <= now:
            self._midnight += _DAY * max(1, (now - self._midnight) // _DAY)
        return self._midnight

    def begins_at(self, midnight: datetime) -> None:
        """Take a midnight of the account, of whatever day, as it was learnt before."""
        self._midnight = midnight

    def _move_midnight(self, now: datetime, told: datetime) -> None:
        if abs(told - self.resets_at(now)) > _SAME:
            self._midnight = told

    def _pace_at(self, now: datetime) -> float:
        windows = max(timedelta(), now - self._paced_at) / self.bucket.window
        return min(1.0, self._pace + windows / _RECOVERY)


def _per(window: timedelta) -> str:
    for unit, one, many in _UNITS:
        if window == unit:
            return one
        if not window % unit:
            return f"in {window // unit} {many}"
    return f"in {window.total_seconds():g} seconds"
