"""How many requests a simulated platform takes: windows that fill up and empty again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a window stands once a request was counted, or turned down."""

    bucket: str
    limit: int
    remaining: int
    resets_after: timedelta
    window: timedelta
    is_exceeded: bool = False
    """Whether the request did not fit."""


class Window(Protocol):
    """One limit."""

    bucket: str
    limit: int
    """May be changed while requests come."""

    def standing(self, at: datetime) -> Standing:
        """Return where it stands before a request that comes at `at`."""
        ...

    def take(self, at: datetime) -> None:
        """Count a request."""
        ...


class FixedWindow:
    """A limit that begins anew at each whole multiple of its length since the epoch."""

    def __init__(self, bucket: str, limit: int, length: timedelta) -> None:
        self.bucket = bucket
        self.limit = limit
        self._length = length
        self._began = datetime.min.replace(tzinfo=UTC)
        self._taken = 0

    def standing(self, at: datetime) -> Standing:
        """Return where it stands before a request that comes at `at`."""
        began, ends = self._span(at)
        if began != self._began:
            self._began, self._taken = began, 0
        return Standing(
            bucket=self.bucket,
            limit=self.limit,
            remaining=max(0, self.limit - self._taken),
            resets_after=ends - at,
            window=self._length,
            is_exceeded=self._taken >= self.limit,
        )

    def take(self, at: datetime) -> None:
        """Count a request."""
        self.standing(at)
        self._taken += 1

    def _span(self, at: datetime) -> tuple[datetime, datetime]:
        began = at - (at - datetime.fromtimestamp(0, UTC)) % self._length
        return began, began + self._length


class DailyWindow(FixedWindow):
    """A limit that begins anew at each midnight of a zone."""

    def __init__(self, bucket: str, limit: int, zone: tzinfo = UTC) -> None:
        super().__init__(bucket, limit, timedelta(days=1))
        self._zone = zone

    def _span(self, at: datetime) -> tuple[datetime, datetime]:
        today = at.astimezone(self._zone).date()
        began, ends = (
            datetime.combine(day, time(), self._zone).astimezone(UTC)
            for day in (today, today + timedelta(days=1))
        )
        return began, ends


class RollingWindow:
    """A limit on any span of its length."""

    def __init__(self, bucket: str, limit: int, length: timedelta) -> None:
        self.bucket = bucket
        self.limit = limit
        self._length = length
        self._taken: deque[datetime] = deque()

    def standing(self, at: datetime) -> Standing:
        """Return where it stands before a request that comes at `at`."""
        while self._taken and at - self._taken[0] >= self._length:
            self._taken.popleft()
        return Standing(
            bucket=self.bucket,
            limit=self.limit,
            remaining=max(0, self.limit - len(self._taken)),
            resets_after=self._taken[0] + self._length - at if self._taken else timedelta(),
            window=self._length,
            is_exceeded=len(self._taken) >= self.limit,
        )

    def take(self, at: datetime) -> None:
        """Count a request."""
        self._taken.append(at)


class Windows:
    """All limits of an account."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.by_bucket: Mapping[str, Window] = {each.bucket: each for each in windows}

    def take(self, buckets: Sequence[str], at: datetime) -> Sequence[Standing]:
        """Count a request in all of these, or in none when one of them is full.

        Buckets without a limit count nothing.
        """
        windows = [self.by_bucket[each] for each in buckets if each in self.by_bucket]
        before = [each.standing(at) for each in windows]
        if any(each.is_exceeded for each in before):
            return before
        for each in windows:
            each.take(at)
        # `is_exceeded` is about the next request; this one fitted.
        return [replace(each.standing(at), is_exceeded=False) for each in windows]
