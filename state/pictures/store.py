"""Pictures of everybody, as whoever asks is told them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from state.pictures.cohorts import add_past, cohort_scores
from state.pictures.movers import movers
from state.pictures.moves import stage_moves_since
from state.pictures.rules import rule_tallies
from state.pictures.spreads import distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.pictures import CohortScore, Movers, RuleTally, StageMoves
    from state.database import Session


class Pictures:
    """Keeps the contract of PictureStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def distribution(self, score: str) -> Mapping[int, int]:
        """Return how many persons have how many whole points."""
        return await self._session.run(partial(distribution, name=score))

    async def stage_moves(self, since: datetime) -> Sequence[StageMoves]:
        """Return who went from stage to stage from `since` on."""
        return await self._session.run(partial(stage_moves_since, since=since))

    async def movers(self, score: str, day: datetime, *, limit: int) -> Movers:
        """Return who rose and who fell most since `day` began, at most `limit` each."""
        return await self._session.run(partial(movers, name=score, day=day, limit=limit))

    async def cohorts(self, score: str) -> Sequence[CohortScore]:
        """Return how a score stood per month of arrival, by cohort and month."""
        return await self._session.run(partial(cohort_scores, name=score))

    async def add_past_cohorts(
        self, score: str, first: str, scores: Sequence[CohortScore], *, anew: bool = False
    ) -> None:
        """Add persons and points to months before `first`."""
        work = partial(add_past, name=score, first=first, scores=scores, anew=anew)
        await self._session.run(work)

    async def rules(self, model: str) -> Mapping[int, RuleTally]:
        """Return what each rule of a model gives, by its place."""
        return await self._session.run(partial(rule_tallies, model=model))
