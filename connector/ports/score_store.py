"""The part of the state store about scores; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from connector.domain.leads import LeadPage, LeadQuery
    from connector.domain.ledger import HistoryEntry, Lead, Override


class ScoreStore(Protocol):
    """Scores, stages and grades as last decided, their history, and persons' overrides."""

    async def current(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return what was last decided, as SCORE_SCHEMA says."""
        ...

    async def record(
        self,
        *,
        at: datetime,
        model: str,
        seen: Mapping[int, int],
        decisions: pl.DataFrame,
        scores: pl.DataFrame,
        day: datetime | None = None,
    ) -> None:
        """Replace what is decided for the contacts of `decisions` (DECISION_SCHEMA).

        `day` is when the day of `at` began where the model is (default: in UTC).

        `scores` holds all their rows (SCORE_SCHEMA). Those whose rounded value or stage is another
        than before go into the history, those that are gone with NULLs. `seen` is the staleness
        each contact had when it was read: one that was touched since stays stale.
        """
        ...

    async def undo_after(self, at: datetime) -> int:
        """Take back all decisions later than `at`; return for how many persons.

        They show again what was decided for them until then, and are stale.
        """
        ...

    async def latest_at(self) -> datetime | None:
        """Return the latest instant of any decision."""
        ...

    async def history(self, contact: int, name: str | None = None) -> Sequence[HistoryEntry]:
        """Return the history of one person, oldest first."""
        ...

    async def as_of(self, contacts: Collection[int], at: datetime) -> pl.DataFrame:
        """Return what was decided last and not after `at`, as SCORE_SCHEMA says.

        It is told by the history: what had ended by then is not in it.
        """
        ...

    async def decided(self, contact: int) -> tuple[datetime, str, datetime | None] | None:
        """Return when a person was last decided, under which model, and the next change."""
        ...

    async def decided_at(self, contacts: Collection[int]) -> Mapping[int, datetime | None]:
        """Return when each of these was last decided, None: never; merged ones are absent."""
        ...

    async def scored_under(self, contacts: Collection[int]) -> Mapping[int, str]:
        """Return the model that last scored each person; others and excluded ones are absent."""
        ...

    async def decided_otherwise(self, model: str) -> Mapping[str, int]:
        """Return how many persons were last decided by each other model; empty: by none yet."""
        ...

    async def top(self, score: str, *, stage: str | None = None, limit: int = 10) -> Sequence[Lead]:
        """Return the persons with the highest exact score, ties by our id."""
        ...

    async def leads(self, query: LeadQuery) -> LeadPage:
        """Return a page of the leads that are asked for; whoever was merged away is none."""
        ...

    async def stages(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many persons stand in each stage of each score; NULL is not counted."""
        ...

    async def overrides(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return the overrides in force, as OVERRIDE_SCHEMA says."""
        ...

    async def override(self, override: Override) -> None:
        """Put an override in force in place of any other of that score."""
        ...

    async def clear_override(self, contact: int, score: str, cleared_at: datetime) -> bool:
        """End an override; return whether there was one."""
        ...

    async def all_overrides(self, contact: int) -> Sequence[Override]:
        """Return every override of a person, ended ones included, oldest first."""
        ...

    async def save_model(self, digest: str, source: str, first_used_at: datetime) -> None:
        """Remember what a digest stands for; a known one is left alone.

        No two are first used at one instant: the later one comes right behind the other.
        """
        ...

    async def models(self) -> Mapping[str, tuple[datetime, str]]:
        """Return when each model was first used, and its source."""
        ...
