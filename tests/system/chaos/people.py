"""Who lives on meanwhile, and what has to come of what they did: plain sums, nothing of heatsync.

Every rule of the mapping gives whole points, so that nothing depends on how numbers are rounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

CLICKED, OPENED, VIEWED = "email.clicked", "email.opened", "page.viewed"
ASKED, BOUGHT, VISITED = "form.submitted", "order.placed", "event.attended"
HOT = "hot"

_POINTS: Mapping[str, int] = {CLICKED: 7, OPENED: 4, VIEWED: 3, ASKED: 12, VISITED: 0}
_MOST_FOR_VIEWS, _MOST_FOR_ORDER, _FOR_CHIEFS = 9, 15, 10
_STAGES = ((25, HOT), (10, "warm"), (0, "cold"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that somebody did, and the one who tells of it."""

    told_by: str
    kind: str
    day: date
    points: int


@dataclass(eq=False)
class Someone:
    """A person, and what they did."""

    email: str
    came_at: datetime
    edits_crm: bool
    """Whether HubSpot is where their job is edited; else Brevo."""
    was_first: bool = False
    """Whether they were there before the daemon began."""
    is_opted_out: bool = False
    is_deleted: bool = False
    is_forgotten: bool = False
    """Whether they asked to be erased."""
    is_met: bool = False
    """Whether both platforms showed the same job once, and the daemon had seen that."""
    job: str = ""
    acts: list[Act] = field(default_factory=list)
    absorbed: list[Someone] = field(default_factory=list)

    @property
    def parts(self) -> Sequence[Someone]:
        """Return the persons that this one was made of."""
        return (self, *(part for each in self.absorbed for part in each.parts))

    @property
    def is_plain(self) -> bool:
        """Return whether nothing was done to them that changes who they are."""
        gone = self.is_deleted or self.is_forgotten
        return not (gone or self.is_opted_out or self.absorbed)

    def act(self, told_by: str, kind: str, at: datetime, *, amount: int = 0) -> None:
        """Take note of what they did; `amount` is of an order."""
        points = min(amount // 10, _MOST_FOR_ORDER) if kind == BOUGHT else _POINTS[kind]
        self.acts.append(Act(told_by=told_by, kind=kind, day=at.date(), points=points))

    def count(self, kind: str) -> int:
        """Return how often they did something, without those they absorbed."""
        return sum(each.kind == kind for each in self.acts)

    @property
    def events(self) -> Counter[tuple[str, str]]:
        """Return how many events there are of them, by who tells and by type."""
        return Counter((each.told_by, each.kind) for each in self._all)

    @property
    def score(self) -> int:
        """Return the score that all of it comes to."""
        views: Counter[date] = Counter()
        for each in self._all:
            views[each.day] += each.points if each.kind == VIEWED else 0
        others = sum(each.points for each in self._all if each.kind != VIEWED)
        capped = sum(min(points, _MOST_FOR_VIEWS) for points in views.values())
        return others + capped + (_FOR_CHIEFS if "chief" in self.job.lower() else 0)

    @property
    def stage(self) -> str:
        """Return the stage that the score reaches."""
        return next(stage for least, stage in _STAGES if self.score >= least)

    @property
    def _all(self) -> Sequence[Act]:
        return [act for part in self.parts for act in part.acts]
