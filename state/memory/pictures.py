"""Pictures of everybody, counted one by one when they are asked for, as far as now tells them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.instants import from_micros
from connector.domain.pictures import (
    LARGEST,
    MOVES_KEPT,
    PER_POINT,
    CohortScore,
    Mover,
    Movers,
    RuleTally,
    StageMoves,
    month_of,
    slot_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from state.memory.tables import Score, Tables


class MemoryPictures:
    """Keeps the contract of PictureStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def distribution(self, score: str) -> Mapping[int, int]:
        """Return how many persons have how many whole points."""
        return Counter(
            math.floor(each.rounded)
            for (_, name), each in self._tables.scores.items()
            if name == score and each.rounded is not None
        )

    async def stage_moves(self, since: datetime) -> Sequence[StageMoves]:
        """Return who went from stage to stage from `since` on."""
        return [
            StageMoves(
                name=name, at=at, before=before or None, after=after or None, persons=persons
            )
            for (at, name, before, after), persons in sorted(self._tables.stage_moves.items())
            if at >= since
        ]

    async def movers(self, score: str, day: datetime, *, limit: int) -> Movers:
        """Return who rose and who fell most since `day` began, at most `limit` each."""
        found = [
            self._mover(number, each.before, each.rounded, each.stage)
            for (number, name), each in self._tables.scores.items()
            if name == score
            and each.day == day
            and each.before is not None
            and each.rounded is not None
        ]
        found.sort(key=lambda each: (each.after - each.before, each.contact))
        return Movers(
            rose=[each for each in reversed(found) if each.after > each.before][:limit],
            fell=[each for each in found if each.after < each.before][:limit],
        )

    def _mover(self, number: int, before: float, after: float, stage: str | None) -> Mover:
        person = self._tables.persons[number]
        return Mover(
            contact=number,
            key=person.key,
            email=person.email,
            before=before,
            after=after,
            stage=stage,
        )

    async def cohorts(self, score: str) -> Sequence[CohortScore]:
        """Return how a score stood per month of arrival, by cohort and month."""
        return [
            CohortScore(
                name=name, cohort=cohort, month=month, persons=persons, total=total / PER_POINT
            )
            for (name, cohort, month), (persons, total) in sorted(
                self._tables.cohort_scores.items()
            )
            if name == score
        ]

    async def add_past_cohorts(
        self, score: str, first: str, scores: Sequence[CohortScore], *, anew: bool = False
    ) -> None:
        """Add persons and points to months before `first`."""
        kept = self._tables.cohort_scores
        if anew:
            kept = {key: stood for key, stood in kept.items() if key[0] != score or key[2] >= first}
        self._tables.cohort_scores = kept
        for each in scores:
            persons, total = kept.get((score, each.cohort, each.month), (0, 0))
            added = round(each.total * PER_POINT)
            kept[score, each.cohort, each.month] = persons + each.persons, total + added
            kept.setdefault((score, each.cohort, first), (0, 0))

    async def rules(self, model: str) -> Mapping[int, RuleTally]:
        """Return what each rule of a model gives, by its place."""
        given: defaultdict[int, list[int]] = defaultdict(list)
        for standing in self._tables.standing.values():
            if standing.model == model and standing.rules:
                for pair in standing.rules.split(","):
                    place, _, millionths = pair.partition(":")
                    given[int(place)].append(int(millionths))
        return {
            place: RuleTally(persons=len(each), points=sum(each) / PER_POINT)
            for place, each in sorted(given.items())
        }


def moved(score: Score, was: Score | None, day: datetime | None) -> Score:
    """Return `score` with what it was as the day began."""
    if was is None or score.rounded is None:
        return replace(score, day=day)
    of_today = day is not None and was.day == day
    return replace(score, day=day, before=was.before if of_today else was.rounded)


def note_move(
    tables: Tables, name: str, at: datetime, before: str | None, after: str | None
) -> None:
    """Count that somebody has another stage."""
    key = (slot_of(at), name, before or "", after or "")
    tables.stage_moves[key] = tables.stage_moves.get(key, 0) + 1
    oldest = slot_of(at) - MOVES_KEPT
    tables.stage_moves = {
        key: persons for key, persons in tables.stage_moves.items() if key[0] >= oldest
    }


def arrival(tables: Tables, contact: int, at: datetime) -> str:
    """Return the month in which a person arrived."""
    created = tables.persons[contact].created_at
    return month_of(created) if created else tables.standing[contact].cohort or month_of(at)


def set_cohorts(tables: Tables, at: datetime | None) -> None:
    """Say what the scores of cohorts come to now, which is how a month stands."""
    now: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for (contact, name), score in tables.scores.items():
        standing = tables.standing.get(contact)
        if score.rounded is not None and standing is not None and standing.cohort is not None:
            now[name, standing.cohort].append(_millionths(score))
    month = month_of(at or from_micros(tables.counters.get("latest_at", 0)))
    tables.cohort_scores = {
        key: stood for key, stood in tables.cohort_scores.items() if key[2] <= month
    }
    latest = {
        (name, cohort): stood
        for (name, cohort, _), stood in sorted(
            tables.cohort_scores.items(), key=lambda item: item[0][2]
        )
    }
    for key in now.keys() | latest.keys():
        stands = len(now[key]), sum(now[key])
        if stands != latest.get(key, (0, 0)):
            tables.cohort_scores[*key, month] = stands


def _millionths(score: Score) -> int:
    held = max(-LARGEST, min(LARGEST, score.rounded or 0.0))
    return round(held * PER_POINT)
