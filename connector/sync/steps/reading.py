"""Read what is new on one platform, and tell what came of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.errors import Problem
from connector.sync.outbox.drift import KEPT, REPAIRED
from connector.sync.pulling.pull import EVERYTHING, offered, pull
from connector.sync.pulling.rosters import compare_rosters

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.sync.pulling.pull import Stream
    from connector.sync.summary import Summary
    from connector.sync.workspace import Workspace


async def read(
    workspace: Workspace,
    name: str,
    summary: Summary,
    *,
    streams: Collection[Stream] = EVERYTHING,
    force: bool = False,
) -> None:
    """Pull `streams` of the platform `name`."""
    pulled = await pull(workspace, name, streams=streams, force=force)
    summary.pulled[name] = {"contacts": pulled.contacts, "events": pulled.events}
    count_drift(summary, name, pulled.drift)
    summary.erased += Counter({name: pulled.erased})
    summary.problems += pulled.problems
    summary.failed(name, pulled.errors)
    if not offered(workspace.platforms[name]):
        summary.unpulled.add(name)
    if pulled.errors:
        summary.unread.add(name)


async def compare_lists(workspace: Workspace, name: str, summary: Summary) -> None:
    """Compare the lists of a platform, once all that shall be read was."""
    target = workspace.configuration.model.targets.get(name)
    if target is None or name in workspace.ours:
        return
    is_news = summary.pulled[name]["contacts"] > 0
    is_clear = not summary.errors
    drift, problems = await compare_rosters(workspace, target, is_clear=is_clear, is_news=is_news)
    summary.problems += problems
    count_drift(summary, name, drift)


async def tell_orphans(workspace: Workspace, names: Collection[str], summary: Summary) -> None:
    """Tell how many events of these platforms are kept aside."""
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


def count_drift(summary: Summary, name: str, found: Counter[str]) -> None:
    """Tell what was not on a platform as we wrote it."""
    if found:
        known = Counter(summary.drift.get(name, {})) + found
        summary.drift[name] = {kind: known[kind] for kind in (REPAIRED, KEPT)}
