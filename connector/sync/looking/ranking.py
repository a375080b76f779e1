"""The hottest leads, as last scored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.domain.ledger import Lead
from connector.errors import ConfigError, NotFound, Problem
from connector.sync.deciding.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ports.store import State, Transaction
    from connector.sync.workspace import Workspace

NOBODY = 0
"""The number of whoever is told of by another process: only the state knows it."""


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

    @classmethod
    def told(cls, answer: Mapping[str, Any]) -> Ranking:
        """Return what another process told."""
        leads = [
            Lead(
                contact=NOBODY,
                key=each["id"],
                email=each["email"],
                value=each["score"],
                rounded=each["rounded"],
                stage=each["stage"],
            )
            for each in answer["leads"]
        ]
        return cls(score=answer["score"], leads=leads)


async def ranking(
    workspace: Workspace, score: str | None = None, *, stage: str | None = None, limit: int
) -> Ranking:
    """Return the `limit` hottest leads by a score (default: the first of the model).

    `stage`: only those in it. Raises ConfigError where there is no such score or stage.
    """
    name = known_score(workspace, score, stage)
    async with workspace.state.read() as tx:
        return Ranking(score=name, leads=await tx.scores.top(name, stage=stage, limit=limit))


async def ranking_stored(
    state: State, score: str | None, *, stage: str | None, limit: int
) -> Ranking:
    """Return the same as far as the state alone tells: not which score is the model's first.

    Raises ConfigError naming the scores where it is not one of them, NotFound where nobody was
    scored yet.
    """
    async with state.read() as tx:
        name = _meant(await _stored(tx), score)
        return Ranking(score=name, leads=await tx.scores.top(name, stage=stage, limit=limit))


async def _stored(tx: Transaction) -> Sequence[str]:
    """Return the scores that somebody has, of all that any model ever gave."""
    models = [json.loads(each.source) for each in await versions(tx)]
    names = sorted({name for each in models for name in each["scores"]})
    return [each for each in names if await tx.scores.top(each, stage=None, limit=1)]


def _meant(scores: Sequence[str], score: str | None) -> str:
    """Return the score that is meant, of those that are stored."""
    if not scores:
        raise NotFound("nobody was scored yet")
    name = scores[0] if score is None and len(scores) == 1 else score
    if name is None or name not in scores:
        wanted = "which score is meant is not stored" if name is None else f"no score {name}"
        told = f"{wanted}; known: {', '.join(scores)}"
        raise ConfigError([Problem(message=told, hint="name one with `--score`")])
    return name


def known_score(workspace: Workspace, score: str | None, stage: str | None = None) -> str:
    """Return the score that is meant, the first of the model for None.

    Raises ConfigError where there is no such score, or no such stage of it.
    """
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
