"""One whole cycle: pull, score, decide, push; or one part of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.ledger import FiringState, Run
from connector.domain.outbound import DeliveryState
from connector.errors import ConnectorError, Problem, is_locked_out
from connector.ports.budget import LONGEST_WAIT
from connector.sync.deciding.rescore import refuse_the_past, rescore
from connector.sync.outbox.drift import KEPT, REPAIRED
from connector.sync.pulling.pull import pull
from connector.sync.pulling.remap import remap
from connector.sync.pulling.rosters import compare_rosters
from connector.sync.pushing.creating import create_missing
from connector.sync.pushing.push import push, take_back
from connector.sync.summary import Summary
from connector.sync.triggers.delivering import deliver
from connector.sync.troubles import remember_troubles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
            await tx.triggers.reclaim()
            number = await tx.runs.start(Run(command=steps.command, started_at=started_at, at=at))
        error: str | None = "interrupted"
        try:
            await _run(workspace, steps, summary)
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
    refused: set[str] = set()
    if steps.pulls:
        refused = await _pull(workspace, names, steps, summary)
    if steps.scores:
        # First, so that what everybody is scored from is read out of the database but once.
        summary.problems += await workspace.state.fold_events(
            workspace.configuration.model.properties, workspace.progress
        )
        rescored = await rescore(workspace, summary.at)
        # Without a model contacts are only kept in step.
        summary.scored = rescored.scored if workspace.configuration.has_model else 0
        summary.triggers |= rescored.fired
        summary.problems += _deleted(rescored.deleted)
        for name in names:
            if name in workspace.configuration.model.targets:
                summary.deliveries[name] = _deliveries(unchanged=rescored.unchanged[name])
    if steps.pushes:
        await _write(workspace, [each for each in names if each not in refused], steps, summary)
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
    summary.problems += workspace.configuration.warnings


async def _pull(
    workspace: Workspace, names: Sequence[str], steps: Steps, summary: Summary
) -> set[str]:
    """Pull from platforms; return those that refuse us, which are asked nothing more."""
    refused: set[str] = set()
    drift: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name in names:
        pulled = await pull(workspace, name, force=steps.force)
        summary.pulled[name] = {"contacts": pulled.contacts, "events": pulled.events}
        drift[name] += pulled.drift
        summary.problems += pulled.problems
        summary.failed(name, pulled.errors)
        if pulled.errors:
            summary.unread.add(name)
        if any(map(is_locked_out, pulled.errors)):
            refused.add(name)
    for name in names:
        drift[name] += await _compare_lists(workspace, name, summary)
    summary.drift |= {
        name: {kind: found[kind] for kind in (REPAIRED, KEPT)}
        for name, found in drift.items()
        if found
    }
    async with workspace.state.read() as tx:
        orphans = await tx.contacts.orphans()
    summary.problems += [
        Problem(
            message=f"{count} event{'s' if count > 1 else ''} of contacts that nobody knows, kept "
            "aside; they join when the contact appears",
            path=f"{name}.events",
        )
        for name, count in orphans.items()
        if count and name in names
    ]
    return refused


async def _compare_lists(workspace: Workspace, name: str, summary: Summary) -> Counter[str]:
    """Compare the lists of a platform, once all were pulled; return the drift, tell the rest."""
    target = workspace.configuration.model.targets.get(name)
    if target is None or name in workspace.ours:
        return Counter()
    is_news = summary.pulled[name]["contacts"] > 0
    is_clear = not summary.errors
    drift, problems = await compare_rosters(workspace, target, is_clear=is_clear, is_news=is_news)
    summary.problems += problems
    return drift


async def _write(
    workspace: Workspace, names: Sequence[str], steps: Steps, summary: Summary
) -> None:
    """Bring platforms what they shall have; those that are left alone keep no other waiting."""
    awake = [each for each in names if workspace.left_alone(each) is None]
    for together in (awake, *([each] for each in names if each not in awake)):
        there = [each for each in together if await _is_there(workspace, each, summary)]
        allowed = await _create(workspace, there, steps, summary)
        stopped = await _push(workspace, allowed, steps, summary)
        await _deliver(workspace, [each for each in allowed if each not in stopped], summary)


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
    refused: set[str] = set()
    is_anybody_new = False
    for name in names:
        target = workspace.configuration.model.targets.get(name)
        if target is None or workspace.left_alone(name) is not None:
            continue
        made = await create_missing(workspace, target, force=steps.force)
        if made.created or made.calls:
            counts = summary.deliveries.setdefault(name, _deliveries())
            counts["created"] = made.created
            counts["calls"] += made.calls
        summary.problems += made.problems
        summary.failed(name, made.errors)
        is_anybody_new = is_anybody_new or made.created > 0
        # Whoever is there already is written to, even where nobody can be created.
        refused |= {name} if any(map(is_locked_out, made.errors)) else set()
    if is_anybody_new and steps.scores:
        # A new record may be more than an address, and whoever has one is known anew.
        rescored = await rescore(workspace, summary.at)
        for name, count in rescored.fired.items():
            summary.triggers[name] = summary.triggers.get(name, 0) + count
    return [name for name in names if name not in refused]


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


async def _push(
    workspace: Workspace, names: Sequence[str], steps: Steps, summary: Summary
) -> set[str]:
    """Push to platforms; return those that had to be left, which are asked nothing more."""
    stopped: set[str] = set()
    for name in names:
        if name not in workspace.configuration.model.targets:
            continue
        if (left_alone := workspace.left_alone(name)) is not None:
            summary.failed(name, [left_alone])
            stopped.add(name)
            continue
        pushed = await push(workspace, name, force=steps.force)
        counts = summary.deliveries.setdefault(name, _deliveries())
        counts["delivered"] = pushed.delivered
        counts["failed"] = pushed.failed
        counts["dead"] = pushed.dead
        counts["calls"] += pushed.calls
        summary.problems += pushed.problems
        summary.failed(name, pushed.errors)
        if pushed.is_stopped:
            stopped.add(name)
    return stopped


async def _deliver(workspace: Workspace, names: Sequence[str], summary: Summary) -> None:
    """Do what triggers want done on platforms."""
    for name in names:
        delivered = await deliver(workspace, name)
        if delivered.calls:
            counts = summary.deliveries.setdefault(name, _deliveries())
            counts["calls"] += delivered.calls
        summary.problems += delivered.problems
        summary.failed(name, delivered.errors)


def _deliveries(unchanged: int = 0) -> dict[str, int]:
    return {"delivered": 0, "unchanged": unchanged, "failed": 0, "dead": 0, "calls": 0}
