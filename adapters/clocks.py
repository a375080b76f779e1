"""What time it is at a platform: windows and cursors go by that, however wrong our clock is."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ports.clock import Clock

NEGLIGIBLE = timedelta(seconds=15)
"""By less our clock is not corrected: all cursors reach further back, and dates are coarse."""
_HALF_A_SECOND = timedelta(milliseconds=500)
"""A date has whole seconds: on average so much of another has passed."""


class PlatformClock:
    """Tells the time of a platform as its answers do, ours as long as none does; waits by ours."""

    def __init__(self, ours: Clock) -> None:
        """Take our own clock, which may be wrong, and may be set right at any time."""
        self._ours = ours
        self._offset = timedelta()
        self._told: timedelta | None = None

    @property
    def offset(self) -> timedelta:
        """Return by how much the platform is ahead of us; nothing where that is negligible."""
        return self._offset

    @property
    def is_doubted(self) -> bool:
        """Return whether the last answer told another time, and no second one did so yet."""
        return self._told is not None

    def now(self) -> datetime:
        """Return the present instant of the platform, in UTC."""
        return self._ours.now() + self._offset

    def ours(self, at: datetime) -> datetime:
        """Return what our clock tells at an instant of the platform."""
        return at - self._offset

    async def sleep(self, span: timedelta) -> None:
        """Return after `span`."""
        await self._ours.sleep(span)

    def learn(self, headers: Mapping[str, str], took: timedelta) -> None:
        """Take note of when an answer was given that has just come, `took` after it was asked for.

        Nothing is learnt where it says nothing, or was kept by somebody on its way. Another time
        than before is believed once two answers agree: one alone may come from somebody whose
        clock is wrong, such as one server of many.
        """
        at = date_of(headers.get("date", ""))
        if at is None or headers.get("age", "0").strip() != "0":
            return
        doubt = took / 2
        found = at + _HALF_A_SECOND - (self._ours.now() - doubt)
        least = NEGLIGIBLE + doubt
        if abs(found - self._offset) < least:
            self._told = None
        elif self._told is None or abs(found - self._told) >= least:
            self._told = found
        else:
            self._offset, self._told = found if abs(found) >= least else timedelta(), None


def date_of(text: str) -> datetime | None:
    """Return the instant that the header `Date` names; None where it names none."""
    try:
        found = parsedate_to_datetime(text)
        at = found.astimezone(UTC) if found.tzinfo else None
    except (OverflowError, ValueError):
        return None
    return at if at and at.year < MAXYEAR else None
