"""Who is asked for news in a pull in which no contact changed.

Lists, deletions and each source of events have to be asked one by one, and mostly have nothing to
tell. Whoever does something, or has something done to them, is a contact that changed. So as long
as the search for those finds nobody, the others are asked in turns, and such a pull takes three
requests however much of HubSpot is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from adapters.hubspot.milliseconds import milliseconds_in

AT_MOST = milliseconds_in(timedelta(hours=12))
"""After so long everybody is asked, whoever's turn it is."""

_REQUESTS = 2
"""Beside the one for contacts."""
_PULLS = 3
"""So many pulls deletions let pass, or fewer that last an hour."""
_HOUR = milliseconds_in(timedelta(hours=1))


@dataclass(slots=True, kw_only=True)
class Turns:
    """The turns of one account; until contacts were searched everybody is asked."""

    has_lists: bool = True
    sources: int = 0
    """How many sources of events are looked at."""
    has_failed: bool = False
    """Whether a source of events failed in this pull: then nobody else is asked again in it."""
    walked: set[str] = field(default_factory=set)
    """Lists that were walked in this pull: not again in it because another one fails."""
    _is_quiet: bool = False
    _left: int = _REQUESTS

    def begin(self) -> None:
        """Begin a pull in which nobody was found yet who changed."""
        self._is_quiet, self._left, self.has_failed = True, _REQUESTS, False
        self.walked.clear()

    def end(self) -> None:
        """Let everybody be asked: somebody changed, or was read for the first time."""
        self._is_quiet = self.has_failed = False
        self.walked.clear()

    def is_for_deletions(self, passed: int, since: int) -> bool:
        """Return whether deletions are asked that let `passed` pulls pass, `since` ms ago."""
        is_due = passed >= _PULLS or (passed > 0 and since >= _HOUR)
        return self._is_free or since >= AT_MOST or (is_due and self._take())

    def is_for_lists(self, since: int) -> bool:
        """Return whether lists are asked that were asked `since` ms ago."""
        # One request is for events, if there are any.
        is_left = self._left > min(self.sources, 1)
        return self._is_free or since >= AT_MOST or (is_left and self._take())

    def for_events(self) -> int | None:
        """Return how many sources of events are asked; None: all."""
        return None if self._is_free else max(self._left, 1)

    @property
    def _is_free(self) -> bool:
        """Return whether nobody has to wait for a turn."""
        return not self._is_quiet or 1 + self.has_lists + self.sources <= _REQUESTS

    def _take(self) -> bool:
        self._left -= 1
        return True
