"""Bring one platform what it shall have, and tell what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.ledger import is_courier
from connector.errors import is_locked_out
from connector.sync.amiss import note_amiss
from connector.sync.pushing.creating import create_missing
from connector.sync.pushing.push import push, push_urgent
from connector.sync.triggers.delivering import deliver

if TYPE_CHECKING:
    from connector.sync.summary import Summary
    from connector.sync.workspace import Workspace


async def create(
    workspace: Workspace, name: str, summary: Summary, *, force: bool = False
) -> tuple[int, bool]:
    """Create who is missing on a platform; return how many were, and whether it refuses us.

    Whoever is there already can be written to, even where nobody can be created.
    """
    target = workspace.configuration.model.targets.get(name)
    if target is None or workspace.left_alone(name) is not None:
        return 0, False
    made = await create_missing(workspace, target, force=force)
    if made.created or made.calls:
        counts = summary.deliveries.setdefault(name, no_deliveries())
        counts["created"] = counts.get("created", 0) + made.created
        counts["calls"] += made.calls
    summary.problems += made.problems
    summary.failed(name, made.errors)
    return made.created, any(map(is_locked_out, made.errors))


async def write(
    workspace: Workspace,
    name: str,
    summary: Summary,
    *,
    force: bool = False,
    urgent: bool = False,
) -> bool:
    """Push to a platform, all or what is `urgent`; return whether it may be asked for more."""
    if name not in workspace.configuration.model.targets:
        return True
    if (left_alone := workspace.left_alone(name)) is not None:
        summary.failed(name, [left_alone])
        return False
    begun = push_urgent(workspace, name) if urgent else push(workspace, name, force=force)
    pushed = await begun
    counts = summary.deliveries.setdefault(name, no_deliveries())
    counts["delivered"] += pushed.delivered
    counts["failed"] += pushed.failed
    counts["dead"] += pushed.dead
    counts["calls"] += pushed.calls
    summary.problems += pushed.problems
    summary.failed(name, pushed.errors)
    if not urgent and not pushed.is_stopped:
        await note_amiss(workspace, name, pushed.problems)
    return not pushed.is_stopped


async def act(workspace: Workspace, name: str, summary: Summary, *, urgent: bool = False) -> None:
    """Do what triggers want done on a platform, or by a courier; when `urgent`, the latest."""
    delivered = await deliver(workspace, name, urgent=urgent)
    is_told = is_courier(name) and (delivered.failed or delivered.dead)
    if delivered.calls or is_told:
        counts = summary.deliveries.setdefault(name, no_deliveries())
        counts["calls"] += delivered.calls
        if is_courier(name):
            counts["delivered"] += delivered.done
            counts["failed"] += delivered.failed
            counts["dead"] += delivered.dead
    summary.problems += delivered.problems
    summary.failed(name, delivered.errors)


def no_deliveries(unchanged: int = 0) -> dict[str, int]:
    """Return the counts of a platform to which nothing was brought yet."""
    return {"delivered": 0, "unchanged": unchanged, "failed": 0, "dead": 0, "calls": 0}
