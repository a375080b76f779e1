"""Score whoever waits for it, and tell what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import Problem
from connector.sync.deciding.rescore import rescore
from connector.sync.steps.writing import no_deliveries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.sync.deciding.rescore import Rescored, Share
    from connector.sync.summary import Summary
    from connector.sync.workspace import Workspace


async def score(
    workspace: Workspace,
    names: Collection[str],
    summary: Summary,
    chosen: Collection[int] | None = None,
    *,
    share: Share | None = None,
    unread: Collection[str] = (),
) -> Rescored:
    """Score at the instant of `summary`, only those of `chosen` or in `share` when given.

    While platforms are `unread`, only those who were scored before and are unknown to them. Returns
    what it did.

    `names` are the platforms of which it is told for how many nothing is to be written.
    """
    rescored = await rescore(workspace, summary.at, chosen, share=share, unread=unread)
    # Without a model contacts are only kept in step.
    summary.scored += rescored.scored if workspace.configuration.has_model else 0
    summary.fired(rescored.fired)
    summary.problems += _deleted(rescored.deleted)
    for name in names:
        if name in workspace.configuration.model.targets:
            counts = summary.deliveries.setdefault(name, no_deliveries())
            counts["unchanged"] += rescored.unchanged[name]
    return rescored


async def count_stages(workspace: Workspace, summary: Summary) -> None:
    """Tell how many stand in each stage of the model."""
    async with workspace.state.read() as tx:
        stages = await tx.scores.stages()
    ladders = {
        name: [rung.name for rung in score.stages]
        for name, score in workspace.configuration.model.scores.items()
        if score.stages
    }
    summary.stages = {
        name: {rung: stages.get(name, {}).get(rung, 0) for rung in rungs}
        for name, rungs in ladders.items()
    }


def _deleted(counts: Mapping[str, int]) -> list[Problem]:
    return [
        Problem(
            message=f"{count} contact{'s were' if count > 1 else ' was'} deleted there, and "
            f"{'are' if count > 1 else 'is'} not created again",
            path=f"platforms.{name}.create",
        )
        for name, count in counts.items()
        if count
    ]
