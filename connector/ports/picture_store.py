"""The part of the state store with pictures of everybody; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.pictures import CohortScore, Movers, RuleTally, StageMoves


class PictureStore(Protocol):
    """How everybody stands, kept with the scores: told at once, however many they are."""

    async def distribution(self, score: str) -> Mapping[int, int]:
        """Return how many persons have how many whole points, rounded scores cut downwards."""
        ...

    async def stage_moves(self, since: datetime) -> Sequence[StageMoves]:
        """Return who went from stage to stage, in quarters of an hour from `since` on.

        By time, name and stages. Those who came in or left altogether are among them, with None
        for what they had or have. Kept for MOVES_KEPT.
        """
        ...

    async def movers(self, score: str, day: datetime, *, limit: int) -> Movers:
        """Return who rose and who fell most since `day` began, at most `limit` each.

        By what was recorded with that `day`. Whoever had no score then, or had none for a while
        since, is not told of; of whom decisions were taken back, as they moved from there on.
        """
        ...

    async def cohorts(self, score: str) -> Sequence[CohortScore]:
        """Return how a score stood per month of arrival, by cohort and month.

        A month in which nothing moved has no entry: that of the month before holds.
        """
        ...

    async def add_past_cohorts(
        self, score: str, first: str, scores: Sequence[CohortScore], *, anew: bool = False
    ) -> None:
        """Add persons and points to months before `first`, the first one that was kept.

        What else stands there is added to, or replaced where it begins `anew`. Each of these
        cohorts has an entry in `first` from then on: whoever is not in one stood nowhere then.
        """
        ...

    async def rules(self, model: str) -> Mapping[int, RuleTally]:
        """Return what each rule of a model gives to those last decided by it, where it does.

        By its place among the sorted names of the model's rules.
        """
        ...
