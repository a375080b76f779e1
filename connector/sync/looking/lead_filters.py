"""What leads can be chosen by: stages with how many stand in each, platforms, and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

MOST_LISTS = 100
"""Of one platform; the rest can be asked for by name all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilters:
    """What those who have a score can be chosen by."""

    score: str
    persons: int
    """How many have the score."""
    stages: Mapping[str, int]
    """How many of them stand in each stage, the lowest first."""
    platforms: Sequence[str]
    lists: Sequence[tuple[str, str]]
    """Platform and name of those that are configured, or in which a platform reports anybody."""

    def to_json(self) -> dict[str, object]:
        """Return the filters as machines read them."""
        stages = [{"name": name, "persons": persons} for name, persons in self.stages.items()]
        lists = [{"platform": platform, "name": name} for platform, name in self.lists]
        return {
            "score": self.score,
            "persons": self.persons,
            "stages": stages,
            "platforms": list(self.platforms),
            "lists": lists,
        }


async def lead_filters(workspace: Workspace, score: str | None = None) -> LeadFilters:
    """Return what those who have a score, the first of the model by default, can be chosen by.

    Nobody is counted for it. Raises ConfigError where there is no such score.
    """
    name = known_score(workspace, score)
    async with workspace.state.read() as tx:
        standing = (await tx.scores.stages()).get(name, {})
        spread = await tx.pictures.distribution(name)
        lists = await _lists(tx, workspace)
    ladder = workspace.configuration.model.scores[name].stages
    return LeadFilters(
        score=name,
        persons=sum(spread.values()),
        stages={rung.name: standing.get(rung.name, 0) for rung in ladder},
        platforms=workspace.order,
        lists=lists,
    )


async def _lists(tx: Transaction, workspace: Workspace) -> Sequence[tuple[str, str]]:
    model = workspace.configuration.model
    written = {(name, each.name) for name, to in model.targets.items() for each in to.lists}
    found: list[tuple[str, str]] = []
    for platform in workspace.order:
        names = set(await tx.contacts.lists(platform, limit=MOST_LISTS))
        names |= {name for where, name in written | model.lists if where == platform}
        found += [(platform, name) for name in sorted(names, key=str.casefold)]
    return found
