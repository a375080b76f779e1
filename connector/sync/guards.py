"""Stop before a mistake empties something: the guards of a cycle."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.domain.outbound import DeliveryState, Outbound
from connector.errors import Problem
from connector.sync.difference import difference

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from connector.ports.store import State
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

GUARDED_FROM = 250
"""Members from which on a list is guarded; smaller ones may change by any share."""

PAGE = 5_000
UNFINISHED = frozenset({DeliveryState.PENDING, DeliveryState.IN_FLIGHT})


async def blocked_lists(
    workspace: Workspace, target: Target
) -> tuple[frozenset[str], Sequence[Problem]]:
    """Return the lists that would lose too many of their members, and a problem for each."""
    async with workspace.state.read() as tx:
        members = await tx.outbox.members(target.platform)
    guarded = {name: size for name, size in members.items() if size >= GUARDED_FROM}
    if not guarded:
        return frozenset(), ()
    removals: Counter[str] = Counter()
    async for row in unfinished(workspace.state, target.platform):
        left = difference(row, target)
        removals.update(name for name, wanted in left.lists.items() if not wanted)
    percent = _percent(workspace.configuration.platform(target.platform).config.max_removals)
    blocked = sorted(
        name for name, size in guarded.items() if removals[name] * 100 > size * percent
    )
    return frozenset(blocked), [
        Problem(
            message=f"{removals[name]} of its {members[name]} members would be taken out of the "
            f"list; nobody was",
            path=f"targets.{target.platform}.lists.{name}",
            hint="if that is right, run again with --force, or raise max_removals",
        )
        for name in blocked
    ]


async def unfinished(state: State, platform: str) -> AsyncIterator[Outbound]:
    """Yield the rows of a platform that are not delivered yet, by contact."""
    after: tuple[str, int] | None = None
    while True:
        async with state.read() as tx:
            rows = await tx.outbox.list(
                platform=platform, states=UNFINISHED, after=after, limit=PAGE
            )
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        after = (rows[-1].platform, rows[-1].contact)


def _percent(written: str) -> int:
    return int(written.rstrip("%"))
