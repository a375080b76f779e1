"""The hottest leads, as last scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.ledger import Lead
    from connector.ports.store import State
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Leads by one score, the hottest first."""

    score: str
    leads: Sequence[Lead]

    def to_json(self) -> dict[str, object]:
        """Return the shape that `top --json` prints."""
        leads = [
            {
                "id": lead.key,
                "email": lead.email,
                "score": lead.value,
                "rounded": lead.rounded,
                "stage": lead.stage,
            }
            for lead in self.leads
        ]
        return {"score": self.score, "leads": leads}


async def ranking(
    workspace: Workspace, score: str | None = None, *, stage: str | None = None, limit: int
) -> Ranking:
    """Return the `limit` hottest leads by a score (default: the first of the model).

    `stage`: only those in it. Raises ConfigError where there is no such score or stage.
    """
    name = _known(workspace, score, stage)
    async with workspace.state.read() as tx:
        return Ranking(score=name, leads=await tx.scores.top(name, stage=stage, limit=limit))


async def ranking_stored(
    state: State, score: str | None, *, stage: str | None, limit: int
) -> Ranking | None:
    """Return the same as far as the state alone tells; None where that leaves the score open."""
    async with state.read() as tx:
        known = await tx.scores.stages()
        name = next(iter(known)) if score is None and len(known) == 1 else score
        if name is None or name not in known:
            return None
        return Ranking(score=name, leads=await tx.scores.top(name, stage=stage, limit=limit))


def _known(workspace: Workspace, score: str | None, stage: str | None) -> str:
    scores = workspace.configuration.model.scores
    name = score or next(iter(scores), None)
    if name is None:
        raise ConfigError([Problem(message="the configuration has no model: nothing is scored")])
    if name not in scores:
        known = ", ".join(scores) or "none"
        raise ConfigError([Problem(message=f"there is no score {name}; known: {known}")])
    rungs = [rung.name for rung in scores[name].stages]
    if stage is not None and stage not in rungs:
        known = ", ".join(rungs) or "none"
        raise ConfigError([Problem(message=f"{name} has no stage {stage}; known: {known}")])
    return name
