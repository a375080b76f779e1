"""Delete what nobody can ask for any more: events by their age, and what else grows for ever.

Nothing that scoring, triggers or an explanation of any instant that is kept would look at is
touched: with and without a sweep everything comes to the same. Each step is a transaction of its
own that is over at once, so that webhooks are not held up; a sweep that is broken off goes on the
next time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from connector.domain.tellings import AGAIN
from connector.sync.forgetting.forget import finish_forgetting
from connector.sync.upkeep.prudence import prudent
from connector.sync.upkeep.seen import note_types

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from connector.domain.retention import Swept
    from connector.errors import Problem
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

STEP = 2_000
"""Rows, or subjects, that one transaction looks at: some 20 ms of work."""
CALLS_KEPT = timedelta(days=7)
"""So long a webhook call that is made again is told to be one: platforms give up long before."""
BODIES_KEPT = timedelta(days=30)
"""So long a platform that was taken out of the configuration may come back to its calls."""
ABANDONED_KEPT = timedelta(days=90)
ABANDONED = "no configuration has named this platform for 30 days: what the call carried is deleted"
MOVES_KEPT = timedelta(days=30)
"""So long a call that is taken in late is told to be one."""
ACTIONS_KEPT = timedelta(days=90)
COUNTS_KEPT = timedelta(days=32)
"""Longer than the longest span of a limit, which is a month, whatever the clocks do."""
RUNS_KEPT = 1_000
RUNS_KEPT_FOR = timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Kept:
    """What upkeep did."""

    deleted: Counter[str] = field(default_factory=Counter)
    """How many rows are gone, by kind."""
    problems: list[Problem] = field(default_factory=list)


async def keep_up(workspace: Workspace, at: datetime) -> Kept:
    """Delete what is older than it is kept as of `at`, and finish erasing who was forgotten.

    Where the last sweep was long ago, as of a week after it. What is left of events is counted by
    type, for whoever asks which there are.

    Only for the one who owns the cycles.
    """
    kept = Kept()
    at = await prudent(workspace, at)
    kept.problems += await finish_forgetting(workspace)
    keep = workspace.configuration.model.keep_events
    if keep is not None:
        await _sweep_past(workspace, at - keep, kept)
    await _repeat(workspace, kept, "calls", lambda tx: _calls(tx, at))
    await _sweep_told(workspace, at, kept)
    await _repeat(workspace, kept, "actions", lambda tx: _actions(tx, at))
    async with workspace.state.write() as tx:
        kept.deleted["counts"] += await tx.retention.trigger_counts(at - COUNTS_KEPT)
        kept.deleted["runs"] += await tx.retention.runs(at - RUNS_KEPT_FOR, keep=RUNS_KEPT)
    if kept.deleted["events"]:
        properties = workspace.configuration.model.properties
        kept.problems += await workspace.state.fold_events(properties, workspace.progress)
    await workspace.state.wipe_traces()
    await note_types(workspace, workspace.clock.now())
    return kept


async def _sweep_past(workspace: Workspace, cutoff: datetime, kept: Kept) -> None:
    """Delete events, and what was known and decided, at or before `cutoff`."""

    async def events(tx: Transaction, place: int) -> Swept:
        return await tx.retention.events(cutoff, start=place, limit=STEP)

    async def subjects(tx: Transaction, place: int) -> Swept:
        return await tx.retention.subjects(start=place, limit=STEP)

    async def score_history(tx: Transaction, place: int) -> Swept:
        return await tx.retention.score_history(cutoff, start=place, limit=STEP)

    async def record_history(tx: Transaction, place: int) -> Swept:
        return await tx.retention.record_history(cutoff, start=place, limit=STEP)

    kept.deleted["events"] += await _sweep(workspace, events)
    kept.deleted["names"] += await _sweep(workspace, subjects)
    kept.deleted["history"] += await _sweep(workspace, score_history, "score history")
    kept.deleted["changes"] += await _sweep(workspace, record_history, "record history")


async def _sweep(
    workspace: Workspace,
    step: Callable[[Transaction, int], Awaitable[Swept]],
    remembered: str | None = None,
) -> int:
    """Take steps until the last; return how many rows are gone.

    Where it is `remembered` how far they came, they go on from there the next time.
    """

    async def take(tx: Transaction, place: int) -> Swept:
        swept = await step(tx, place)
        if remembered and swept.place != place:
            await tx.notes.put(_note(remembered), str(swept.place))
        return swept

    place, deleted, is_over = await _begin(workspace, remembered), 0, False
    while not is_over:
        swept = await workspace.state.transact(partial(take, place=place))
        place, deleted, is_over = swept.place, deleted + swept.deleted, swept.is_over
    return deleted


async def _begin(workspace: Workspace, remembered: str | None) -> int:
    if remembered is None:
        return 0
    async with workspace.state.read() as tx:
        return int(await tx.notes.get(_note(remembered)) or 0)


async def _repeat(
    workspace: Workspace, kept: Kept, kind: str, step: Callable[[Transaction], Awaitable[int]]
) -> None:
    """Delete a step's worth until there is less than that."""
    while True:
        deleted = await workspace.state.transact(step)
        kept.deleted[kind] += deleted
        if deleted < STEP:
            return


async def _sweep_told(workspace: Workspace, at: datetime, kept: Kept) -> None:
    """Let go of calls of platforms that are not there any more, and of what is told of repeats."""
    # One that is only left alone for now, or not asked for, is there all the same.
    known = {each.name for each in workspace.configuration.platforms}

    async def bodies(tx: Transaction) -> int:
        before = at - BODIES_KEPT
        return await tx.inbound.abandon(known, before, error=ABANDONED, limit=STEP)

    async def calls(tx: Transaction) -> int:
        return await tx.inbound.prune_abandoned(known, at - ABANDONED_KEPT, limit=STEP)

    async def tellings(tx: Transaction) -> int:
        return await tx.inbound.prune_tellings(at - AGAIN, limit=STEP)

    async def moves(tx: Transaction) -> int:
        return await tx.inbound.prune_moves(at - MOVES_KEPT, limit=STEP)

    await _repeat(workspace, kept, "bodies", bodies)
    await _repeat(workspace, kept, "calls", calls)
    await _repeat(workspace, kept, "tellings", tellings)
    await _repeat(workspace, kept, "moves", moves)


async def _calls(tx: Transaction, at: datetime) -> int:
    return await tx.inbound.prune(at - CALLS_KEPT, limit=STEP)


async def _actions(tx: Transaction, at: datetime) -> int:
    return await tx.retention.firings(at - ACTIONS_KEPT, limit=STEP)


def _note(sweep: str) -> str:
    return f"swept:{sweep}"
