"""Where the reading of a query stands: inside a walk, or between two of them.

A walk goes by the cursor column and the id behind it, so that it can go on inside any number of
rows with one cursor value. The next one begins an overlap before the last value, for rows that were
committed late. Once nothing new came for as long as that, no row can come late any more: then it
begins behind the last value, however many rows have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.sql.moments import earlier, is_fine, lateness, not_after
from adapters.sql.values import restored, stored
from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import TypeAlias
    from zoneinfo import ZoneInfo

    from adapters.cursors import Place as Written

    Overlap: TypeAlias = timedelta | int | None

UNPLACED_EVERY = timedelta(days=1)
"""How often rows are read that nothing tells whether they are new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the rows of one query."""

    behind: tuple[object, ...] = ()
    """Inside a walk: the cursor value and the id of the row behind which it goes on."""
    began: datetime | None = None
    """When that walk began."""
    top: object = None
    """Between two walks: the greatest cursor value so far; None where nothing was read."""
    first: datetime | None = None
    """When a walk had ended that met `top` first."""
    floor: object = None
    """The greatest cursor value behind which no row can come late any more."""
    unplaced_at: datetime | None = None
    """When the rows were last read that have no place, as they lack a value to be ordered by."""
    content: str = ""
    """What tells all that was read from other content, where everything is read each time."""

    def bound(self, overlap: Overlap, zone: ZoneInfo) -> tuple[Sequence[object], bool]:
        """Return the values behind which to read, and whether rows that have the first come too."""
        if self.behind:
            return self.behind, False
        if self.top is None:
            return (), False
        low = earlier(self.top, overlap, zone)
        if self.floor is not None and _is_at_most(low, self.floor):
            return (self.floor,), False
        return (low,), True

    def inside(self, key: tuple[object, ...], *, began: datetime, content: str = "") -> Place:
        """Return the place behind a row, in a walk that `began` at an instant."""
        return replace(self, behind=key, began=began, content=content)

    def is_unplaced_due(self, now: datetime) -> bool:
        """Return whether rows without a place are to be read once more."""
        return self.unplaced_at is None or now - self.unplaced_at >= UNPLACED_EVERY

    def at_end(
        self, last: object, *, began: datetime, now: datetime, overlap: Overlap, zone: ZoneInfo
    ) -> Place:
        """Return the place after a walk that met `last` last; None where it met nothing."""
        ended = replace(self, behind=(), began=None)
        top = not_after(self.top if last is None else last, now, zone)
        if top is None:
            return ended
        if top != self.top or self.first is None:
            return replace(ended, top=top, first=now)
        is_settled = is_fine(top) and began - self.first >= lateness(top, overlap, zone)
        return replace(ended, floor=top if is_settled else self.floor)

    def written(self) -> Written:
        """Return the place as it stands in a cursor."""
        place: dict[str, Any] = {
            "behind": [stored(each) for each in self.behind],
            "began": _micros(self.began),
            "top": stored(self.top),
            "first": _micros(self.first),
            "floor": stored(self.floor),
            "unplaced": _micros(self.unplaced_at),
            "content": self.content,
        }
        return {name: value for name, value in place.items() if value}


def read(place: Written) -> Place:
    """Return the place of a cursor; the beginning where it says nothing that can be read."""
    try:
        return Place(
            behind=tuple(restored(each) for each in place.get("behind", ())),
            began=_instant(place.get("began")),
            top=_restored(place.get("top")),
            first=_instant(place.get("first")),
            floor=_restored(place.get("floor")),
            unplaced_at=_instant(place.get("unplaced")),
            content=str(place.get("content", "")),
        )
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return Place()


def _restored(value: Any) -> object:  # noqa: ANN401 - JSON
    return restored(value) if value else None


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _instant(micros: Any) -> datetime | None:  # noqa: ANN401 - JSON
    return None if micros is None else from_micros(int(micros))


def _is_at_most(low: Any, floor: Any) -> bool:  # noqa: ANN401 - whatever the column has
    try:
        return bool(low <= floor)
    except TypeError:
        # Times with a zone and without one: the column has another type now.
        return False
