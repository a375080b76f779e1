"""Everybody at once: how scores spread, who moved between stages today, how cohorts stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from connector.domain.instants import iso, midnight
from connector.domain.pictures import month_of
from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.pictures import CohortScore, StageMoves
    from connector.scoring.model import Model
    from connector.sync.workspace import Workspace

MOST_BARS = 60
"""Of a distribution, so that it can be drawn."""
_WIDTHS = (1, 2, 5)
_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many persons have a rounded score from `low` on and below `high`."""

    low: int
    high: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How a score spreads over everybody who has it."""

    score: str
    bars: Sequence[Bar]
    """Rising and of one width, without gaps."""
    highest: int | None
    """The points of whoever has most; None for nobody."""

    @property
    def persons(self) -> int:
        """Return how many have the score."""
        return sum(each.persons for each in self.bars)

    def to_json(self) -> dict[str, object]:
        """Return the distribution as machines read it."""
        bars = [
            {"from": each.low, "below": each.high, "persons": each.persons} for each in self.bars
        ]
        return {
            "score": self.score,
            "persons": self.persons,
            "highest": self.highest,
            "bars": bars,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNow:
    """One stage or grade: who stands there, who came today and who left."""

    name: str
    persons: int
    came: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How many went from one stage to another; None stands for no stage."""

    before: str | None
    after: str | None
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The stages of a score, or the cells of a grade, and today's moves between them."""

    name: str
    stages: Sequence[StageNow]
    """Lowest first, as the ladder is declared; cells of a grade by name."""
    moves: Sequence[Move]
    """Those of most persons first."""

    def to_json(self) -> dict[str, object]:
        """Return the funnel as machines read it."""
        return {
            "name": self.name,
            "stages": [
                {
                    "name": each.name,
                    "persons": each.persons,
                    "came": each.came,
                    "left": each.left,
                }
                for each in self.stages
            ],
            "moves": [
                {"before": each.before, "after": each.after, "persons": each.persons}
                for each in self.moves
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnels:
    """All funnels, with the moves from `since` on."""

    since: datetime
    """When the day began where the model's timezone is."""
    funnels: Sequence[Funnel]

    def to_json(self) -> dict[str, object]:
        """Return the funnels as machines read them."""
        return {"since": iso(self.since), "funnels": [each.to_json() for each in self.funnels]}


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMonth:
    """How a cohort stood at the end of a month, or stands in the one that goes on."""

    month: str
    persons: int
    average: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Those who arrived in one month, and their average score in each month since it is known."""

    month: str
    months: Sequence[CohortMonth]

    def to_json(self) -> dict[str, object]:
        """Return the cohort as machines read it."""
        months = [
            {"month": each.month, "persons": each.persons, "average": each.average}
            for each in self.months
        ]
        return {"month": self.month, "months": months}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts:
    """The cohorts of a score, oldest first."""

    score: str
    cohorts: Sequence[Cohort]

    def to_json(self) -> dict[str, object]:
        """Return the cohorts as machines read them."""
        return {"score": self.score, "cohorts": [each.to_json() for each in self.cohorts]}


async def distribution(workspace: Workspace, score: str | None = None) -> Distribution:
    """Return how a score (default: the first of the model) spreads; raises ConfigError."""
    name = known_score(workspace, score)
    async with workspace.state.read() as tx:
        points = await tx.pictures.distribution(name)
    return Distribution(score=name, bars=bars(points), highest=max(points, default=None))


async def funnels(workspace: Workspace, now: datetime) -> Funnels:
    """Return where everybody stands, and who moved since the local midnight before `now`."""
    model = workspace.configuration.model
    since = midnight(now, model.timezone)
    async with workspace.state.read() as tx:
        standing = await tx.scores.stages()
        moves = await tx.pictures.stage_moves(since)
    ladders = _ladders(model, standing)
    return Funnels(
        since=since,
        funnels=[
            _funnel(name, rungs, standing.get(name, {}), [e for e in moves if e.name == name])
            for name, rungs in ladders.items()
        ],
    )


async def cohorts(
    workspace: Workspace, now: datetime, score: str | None = None, *, months: int = _A_YEAR
) -> Cohorts:
    """Return how those who arrived in each of the last `months` months stood since then.

    By a score, the first of the model by default; raises ConfigError where there is none.
    """
    name = known_score(workspace, score)
    async with workspace.state.read() as tx:
        kept = await tx.pictures.cohorts(name)
    shown = frozenset(_last_months(now, months))
    wanted = [each for each in kept if each.cohort in shown]
    return Cohorts(score=name, cohorts=list(_cohorts(wanted, now)))


def bars(points: Mapping[int, int]) -> Sequence[Bar]:
    """Return `points` (how many persons have how many) in at most MOST_BARS of one width."""
    if not points:
        return ()
    width = _width(min(points), max(points))
    counted: Counter[int] = Counter()
    for each, persons in points.items():
        counted[each // width] += persons
    return [
        Bar(low=place * width, high=(place + 1) * width, persons=counted[place])
        for place in range(min(counted), max(counted) + 1)
    ]


def _width(low: int, high: int) -> int:
    """Return the least of 1, 2, 5, 10, ... points in which no more than MOST_BARS lie."""
    scale = 1
    while True:
        for step in _WIDTHS:
            width = step * scale
            if high // width - low // width < MOST_BARS:
                return width
        scale *= 10


def _ladders(
    model: Model, standing: Mapping[str, Mapping[str, int]]
) -> Mapping[str, Sequence[str]]:
    """Return the stages of each score, and the cells of each grade in which somebody is."""
    ladders = {
        name: [rung.name for rung in each.stages]
        for name, each in model.scores.items()
        if each.stages
    }
    return ladders | {name: sorted(standing.get(name, ())) for name in model.grades}


def _funnel(
    name: str, rungs: Iterable[str], standing: Mapping[str, int], moves: Sequence[StageMoves]
) -> Funnel:
    went: Counter[tuple[str | None, str | None]] = Counter()
    for each in moves:
        went[each.before, each.after] += each.persons
    came: Counter[str | None] = Counter()
    left: Counter[str | None] = Counter()
    for (before, after), persons in went.items():
        left[before] += persons
        came[after] += persons
    return Funnel(
        name=name,
        stages=[
            StageNow(name=rung, persons=standing.get(rung, 0), came=came[rung], left=left[rung])
            for rung in rungs
        ],
        moves=[
            Move(before=before, after=after, persons=persons)
            for (before, after), persons in went.most_common()
        ],
    )


def _cohorts(kept: Sequence[CohortScore], now: datetime) -> Iterator[Cohort]:
    """Yield cohorts with a state for every month from the first that is known until `now`."""
    by_cohort: dict[str, dict[str, CohortScore]] = {}
    for each in kept:
        by_cohort.setdefault(each.cohort, {})[each.month] = each
    for cohort, states in sorted(by_cohort.items()):
        told: list[CohortMonth] = []
        latest: CohortScore | None = None
        for month in _months(min(states), month_of(now)):
            latest = states.get(month, latest)
            # Whoever is read ahead of their own arrival is told of from then on.
            if month >= cohort and latest is not None and latest.persons:
                average = latest.total / latest.persons
                told.append(CohortMonth(month=month, persons=latest.persons, average=average))
        if told:
            yield Cohort(month=cohort, months=told)


def _months(first: str, last: str) -> Iterator[str]:
    """Yield the months from `first` to `last`, both of them."""
    year, month = map(int, first.split("-"))
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < _A_YEAR else (year + 1, 1)


def _last_months(now: datetime, number: int) -> Sequence[str]:
    at = now.astimezone(UTC)
    ordinals = range(at.year * _A_YEAR + at.month - number, at.year * _A_YEAR + at.month)
    return [f"{each // _A_YEAR:04}-{each % _A_YEAR + 1:02}" for each in ordinals]
