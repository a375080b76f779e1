"""Who moved most since midnight, by a score."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT
from connector.domain.instants import MICROSECOND, iso, midnight
from connector.domain.names import company_of, name_of
from connector.sync.deciding.versions import changes_between, versions
from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.pictures import Mover
    from connector.sync.deciding.versions import ModelVersion
    from connector.sync.workspace import Workspace

MOST = 10
_SCORES_NOBODY = frozenset({"grades", "targets", "triggers"})
"""Sections that say what is done with scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverToday:
    """A person who moved today, by how much, and between which stages."""

    mover: Mover
    name: str
    """What they are called; empty where nobody knows. So is the company."""
    company: str
    stage_before: str | None
    """The stage as the day began."""

    def to_json(self) -> dict[str, object]:
        """Return the person as machines read it."""
        return {
            "id": self.mover.key,
            "email": self.mover.email,
            "name": self.name or None,
            "company": self.company or None,
            "before": self.mover.before,
            "after": self.mover.after,
            "stage_before": self.stage_before,
            "stage": self.mover.stage,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MoversToday:
    """Who moved most since the day began, by one score."""

    score: str
    since: datetime
    """When the day began where the model's timezone is."""
    rules_changed_at: datetime | None
    """When other rules were first used today, which may have moved anybody; None: they were not."""
    rose: Sequence[MoverToday]
    fell: Sequence[MoverToday]

    def to_json(self) -> dict[str, object]:
        """Return the movers as machines read them."""
        return {
            "score": self.score,
            "since": iso(self.since),
            "rules_changed_at": iso(self.rules_changed_at) if self.rules_changed_at else None,
            "rose": [each.to_json() for each in self.rose],
            "fell": [each.to_json() for each in self.fell],
        }


async def movers(
    workspace: Workspace, now: datetime, score: str | None = None, *, limit: int = MOST
) -> MoversToday:
    """Return who rose and who fell most since the local midnight before `now`, so many of each.

    By a score, the first of the model by default; raises ConfigError where there is none. Whoever
    had no score then is not told of.
    """
    name = known_score(workspace, score)
    since = midnight(now, workspace.configuration.model.timezone)
    async with workspace.state.read() as tx:
        found = await tx.pictures.movers(name, since, limit=limit)
        chosen = [each.contact for each in (*found.rose, *found.fell)]
        persons = await tx.contacts.persons(chosen)
        stood = await tx.scores.as_of(chosen, since - MICROSECOND)
        known = await versions(tx)
    of_score = stood.filter(pl.col("name") == name)
    stages = dict(of_score.select(CONTACT, "stage").iter_rows())

    def told(mover: Mover) -> MoverToday:
        attributes = persons[mover.contact].attributes
        return MoverToday(
            mover=mover,
            name=name_of(attributes),
            company=company_of(attributes),
            stage_before=stages.get(mover.contact),
        )

    return MoversToday(
        score=name,
        since=since,
        rules_changed_at=_rules_changed_at(known, since),
        rose=[told(each) for each in found.rose],
        fell=[told(each) for each in found.fell],
    )


def _rules_changed_at(known: Sequence[ModelVersion], since: datetime) -> datetime | None:
    """Return when rules that score otherwise were last used first, where that was from `since` on.

    Before the first version nobody had a score.
    """
    changed = [
        version.since
        for before, version in pairwise(known)
        if version.since >= since
        and any(
            change.path.partition(".")[0] not in _SCORES_NOBODY
            for change in changes_between(before.source, version.source)
        )
    ]
    return max(changed, default=None)
