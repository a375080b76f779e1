"""One whole cycle: pull, score, decide, push; or one part of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.ledger import FiringState, Run
from connector.domain.outbound import DeliveryState
from connector.errors import ConnectorError
from connector.ports.budget import LONGEST_WAIT
from connector.sync.deciding.rescore import refuse_the_past, rescore
from connector.sync.pulling.remap import remap
from connector.sync.pushing.push import take_back
from connector.sync.steps.reading import compare_lists, read, tell_orphans
from connector.sync.steps.scoring import count_stages, score
from connector.sync.steps.writing import act, create, write
from connector.sync.summary import Summary
from connector.sync.troubles import remember_troubles
from connector.sync.upkeep.keeping import keep_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Which parts of a cycle to run, and for whom."""

    command: str = "sync"
    pulls: bool = True
    scores: bool = True
    pushes: bool = True
    only: str | None = None
    """The one platform to pull from and push to; None: all of them."""
    force: bool = False
    """Accept what the guards would stop."""
    is_dry: bool = False
    """Whether all of it will be undone: then it may look at the past."""


async def run_cycle(workspace: Workspace, steps: Steps, at: datetime) -> Summary:
    """Run `steps` at the instant `at`, remember the run, and say what it did.

    A platform that fails is left; the others go on. Raises StateBusy when another process owns
    the cycles, BackInTime when `at` is before a recorded decision.
    """
    summary = Summary(at=at)
    async with workspace.state.own_cycles(f"heatsync {steps.command} ({workspace.process})"):
        started_at = workspace.clock.now()
        async with workspace.state.write() as tx:
            await take_back(tx)
            number = await tx.runs.start(Run(command=steps.command, started_at=started_at, at=at))
        error: str | None = "interrupted"
        try:
            await _run(workspace, steps, summary)
            await _keep_up(workspace, steps, summary)
            error = None
        except ConnectorError as failure:
            error = str(failure)
            raise
        finally:
            async with workspace.state.write() as tx:
                await tx.runs.finish(
                    number,
                    finished_at=workspace.clock.now(),
                    summary=json.dumps(summary.to_json()),
                    error=error,
                )
                await remember_troubles(
                    tx,
                    summary.failures,
                    asked=summary.asked,
                    is_whole=steps.pulls and steps.pushes,
                    now=workspace.clock.now(),
                )
    return summary


async def _run(workspace: Workspace, steps: Steps, summary: Summary) -> None:
    summary.triggers = dict.fromkeys(workspace.configuration.model.triggers, 0)
    if steps.scores and not steps.is_dry:
        await refuse_the_past(workspace, summary.at)
    await remap(workspace)
    names = [steps.only] if steps.only else list(workspace.order)
    if steps.pulls:
        for name in names:
            await read(workspace, name, summary, force=steps.force)
        for name in names:
            await compare_lists(workspace, name, summary)
        await tell_orphans(workspace, names, summary)
    refused = summary.refused_by
    if steps.scores:
        # First, so that what everybody is scored from is read out of the database but once.
        summary.problems += await workspace.state.fold_events(
            workspace.configuration.model.properties, workspace.progress
        )
        await score(workspace, names, summary)
    if steps.pushes:
        await _write(workspace, [each for each in names if each not in refused], steps, summary)
        for lane in () if steps.only else workspace.couriers:
            await act(workspace, lane, summary)
    await count_stages(workspace, summary)
    summary.problems += workspace.configuration.warnings


async def _keep_up(workspace: Workspace, steps: Steps, summary: Summary) -> None:
    """Delete what has had its time, after a cycle that did everything, as a daemon does."""
    if steps.pulls and steps.scores and steps.pushes and steps.only is None and not steps.is_dry:
        # A cycle as of a day to come must not delete what is young today.
        kept = await keep_up(workspace, min(summary.at, workspace.clock.now()))
        summary.problems += kept.problems


async def _write(
    workspace: Workspace, names: Sequence[str], steps: Steps, summary: Summary
) -> None:
    """Bring platforms what they shall have; those that are left alone keep no other waiting."""
    awake = [each for each in names if workspace.left_alone(each) is None]
    for together in (awake, *([each] for each in names if each not in awake)):
        there = [each for each in together if await _is_there(workspace, each, summary)]
        allowed = await _create(workspace, there, steps, summary)
        more = [
            each for each in allowed if await write(workspace, each, summary, force=steps.force)
        ]
        for name in more:
            await act(workspace, name, summary)


async def _is_there(workspace: Workspace, name: str, summary: Summary) -> bool:
    """Return whether a platform can be asked, after a rest that is short if anything waits for it.

    Where it is but the reading that fails, scores arrive all the same.
    """
    left_alone = workspace.left_alone(name)
    if left_alone is not None and await _is_waited_for(workspace, name):
        left_alone = await workspace.patience(name).until_rested(LONGEST_WAIT)
    if left_alone is not None:
        summary.failed(name, [left_alone])
    return left_alone is None


async def _is_waited_for(workspace: Workspace, name: str) -> bool:
    async with workspace.state.read() as tx:
        rows = (await tx.outbox.counts()).get(name, {})
        firings = await tx.triggers.counts()
    acts = workspace.platforms[name].actions is not None
    return bool(rows.get(DeliveryState.PENDING)) or (
        acts and any(counts.get(FiringState.PENDING) for counts in firings.values())
    )


async def _create(
    workspace: Workspace, names: Sequence[str], steps: Steps, summary: Summary
) -> Sequence[str]:
    """Create who is missing on platforms; return those of `names` that may be asked for more."""
    made = {name: await create(workspace, name, summary, force=steps.force) for name in names}
    if steps.scores and any(created for created, _ in made.values()):
        # A new record may be more than an address, and whoever has one is known anew.
        rescored = await rescore(workspace, summary.at)
        summary.fired(rescored.fired)
    return [name for name, (_, is_refused) in made.items() if not is_refused]
