"""When things happen: in busy months more than in August, on workdays, in office hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from random import Random

ZONE = ZoneInfo("Europe/Paris")
"""Where the company is."""
YEAR = timedelta(days=365)

_OF_MONTHS = (0.9, 1.0, 1.2, 1.1, 1.0, 0.9, 0.6, 0.5, 1.3, 1.2, 1.4, 0.7)
_OF_WEEKDAYS = (1.0, 1.2, 1.2, 1.1, 0.9, 0.25, 0.3)
_OF_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 10, 9, 5, 7, 9, 9, 8, 6, 4, 3, 3, 2, 1, 0)


class Year:
    """The year that ends now."""

    def __init__(self, now: datetime) -> None:
        """Take the present, which nothing lies beyond."""
        self.now = now
        self.start = now - YEAR
        first = self.start.astimezone(ZONE).date()
        self._days = [first + timedelta(days=each) for each in range(YEAR.days + 1)]
        weights = (_OF_MONTHS[d.month - 1] * _OF_WEEKDAYS[d.weekday()] for d in self._days)
        self._sums = list(accumulate(weights))

    def instant(self, chance: Random, since: datetime | None = None) -> datetime:
        """Return some instant of the year, after `since`."""
        since = since or self.start
        day = since.astimezone(ZONE).date()
        before = bisect_left(self._days, day)
        least = self._sums[before - 1] if before else 0.0
        found = bisect_right(self._sums, chance.uniform(least, self._sums[-1]))
        hour = chance.choices(range(24), _OF_HOURS)[0]
        clock = time(hour, chance.randrange(60), chance.randrange(60))
        day = self._days[min(found, len(self._days) - 1)]
        made = datetime.combine(day, clock, ZONE).astimezone(UTC)
        if since < made < self.now:
            return made
        return since + chance.random() * (self.now - since)

    def mailings(self) -> list[tuple[datetime, int]]:
        """Return when newsletters went out, each with its month.

        That is at ten on the second Tuesday of every other month.
        """
        found = [
            (datetime.combine(day, time(10), ZONE).astimezone(UTC), day.month)
            for day in self._days
            if day.month % 2 and day.weekday() == 1 and 8 <= day.day <= 14  # noqa: PLR2004
        ]
        return [each for each in found if self.start < each[0] < self.now]
