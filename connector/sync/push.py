"""Push what is pending to a platform: in batches, item by item recorded, safe to repeat.

A row is leased, its difference is written part by part (attributes, lists, tags, stage), and what
the platform was seen to take becomes its confirmed state. Nothing is confirmed by hope.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.outbound import DeliveryState
from connector.sync.guards import blocked_lists
from connector.sync.writing import write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.outbound import Outbound, Settlement
    from connector.errors import PlatformError, Problem
    from connector.sync.workspace import Workspace

OWNER = "cycle"
LEASE = timedelta(minutes=15)
LEASED_AT_ONCE = 50_000


@dataclass(slots=True, kw_only=True)
class Pushed:
    """What one push to one platform did, counted in contacts."""

    delivered: int = 0
    failed: int = 0
    """To be tried again by a later run."""
    dead: int = 0
    """Rejected for good."""
    calls: int = 0
    problems: list[Problem] = field(default_factory=list)
    errors: list[PlatformError] = field(default_factory=list)
    """What ended the push early."""


async def push(workspace: Workspace, name: str, *, force: bool = False) -> Pushed:
    """Write everything that is pending on the platform `name`.

    `force` lets a list lose more members than `max_removals` allows.
    """
    pushed = Pushed()
    target = workspace.configuration.model.targets.get(name)
    if target is None:
        return pushed
    held: frozenset[str] = frozenset()
    if not force:
        held, problems = await blocked_lists(workspace, target)
        pushed.problems += problems
    later: list[Settlement] = []
    total = await _pending(workspace, name)
    done = 0
    while rows := await _lease(workspace, name):
        work = await write_rows(workspace, target, rows, blocked=held)
        pushed.calls += work.calls
        # A row to be tried again stays leased until the end, so that this run leaves it alone.
        later += [each for each in work.settlements if each.state is DeliveryState.PENDING]
        await _settle(
            workspace,
            [each for each in work.settlements if each.state is not DeliveryState.PENDING],
            pushed,
        )
        done += len(rows)
        workspace.progress.step(f"Pushing to {name}", done, max(done, total))
        if work.error is not None:
            pushed.errors.append(work.error)
            break
    await _settle(workspace, later, pushed)
    return pushed


async def _settle(workspace: Workspace, settlements: Sequence[Settlement], pushed: Pushed) -> None:
    states = Counter(each.state for each in settlements)
    pushed.delivered += states[DeliveryState.CLEAN]
    pushed.failed += sum(
        1 for each in settlements if each.state is DeliveryState.PENDING and each.error
    )
    pushed.dead += states[DeliveryState.DEAD]
    if settlements:
        async with workspace.state.write() as tx:
            await tx.outbox.settle(settlements, now=workspace.clock.now())


async def _lease(workspace: Workspace, name: str) -> Sequence[Outbound]:
    now = workspace.clock.now()
    async with workspace.state.write() as tx:
        return await tx.outbox.lease(
            name, owner=OWNER, now=now, until=now + LEASE, limit=LEASED_AT_ONCE
        )


async def _pending(workspace: Workspace, name: str) -> int:
    async with workspace.state.read() as tx:
        counts = await tx.outbox.counts()
    return counts.get(name, {}).get(DeliveryState.PENDING, 0)
