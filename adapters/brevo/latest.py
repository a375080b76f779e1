"""Which lists the contacts just read are in, for whoever asks a moment later.

A pull reads the contacts that changed, and then who of them is in which list. The answers to the
first question have what the second wants to know, so that it need not be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from adapters.brevo.spans import micros_of
from adapters.brevo.walking import Footing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.brevo.account import Row
    from adapters.brevo.walking import Stretch

    Lists: TypeAlias = "frozenset[str]"
    """Ids of lists."""

MOST = 100_000
"""Contacts that are remembered: 10 MB where many are in the same lists, 60 MB where all differ.
Where more changed at once they are read again."""
_LASTS = micros_of(timedelta(minutes=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """All contacts that were changed since an instant, with the lists that they are in."""

    since: int
    began: int
    """When they were first asked for. Both are microseconds since the epoch."""
    lists: dict[str, Lists] = field(default_factory=dict, repr=False)
    """By id of the contact."""


@dataclass(slots=True)
class Latest:
    """At most one walk, for ten minutes, and for one question."""

    most: int = MOST
    _glance: Glance | None = None
    _is_whole: bool = False
    _upto: Footing = field(default_factory=Footing)
    _known: dict[Lists, Lists] = field(default_factory=dict, repr=False)
    """Most contacts are in the same lists as many others: each such set is kept once."""

    def note(self, since: int, began: int, behind: Footing, stretch: Stretch) -> None:
        """Remember the rows of a walk that were found behind some place of it.

        Only a walk that is followed from its beginning to its end has all.
        """
        if behind == Footing():
            self._forget()
            self._glance = Glance(since=since, began=began)
        elif self._is_whole or behind != self._upto:
            self._forget()
        if self._glance is None:
            return
        self._upto, self._is_whole = stretch.footing, stretch.is_last
        try:
            self._take(self._glance, stretch.rows)
        except (KeyError, TypeError):
            # Who asks for it meets the same answer, and tells of it.
            self._forget()

    def covering(self, since: int, now: int) -> Glance | None:
        """Hand over a walk that has all that was changed since an instant; None without one."""
        glance, is_whole = self._glance, self._is_whole
        self._forget()
        if glance is None or not is_whole:
            return None
        is_of_now = 0 <= now - glance.began <= _LASTS
        return glance if is_of_now and glance.since <= since else None

    def _forget(self) -> None:
        self._glance, self._is_whole, self._known = None, False, {}

    def _take(self, glance: Glance, rows: Iterable[Row]) -> None:
        for row in rows:
            lists = list_ids_of(row)
            glance.lists[str(row["id"])] = self._known.setdefault(lists, lists)
        if len(glance.lists) > self.most:
            self._forget()


def list_ids_of(row: Row) -> Lists:
    """Return the ids of the lists that a contact is in; raises KeyError or TypeError."""
    return frozenset(str(each) for each in row["listIds"])
