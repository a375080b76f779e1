"""Stop before a mistake empties a field: the guard of attributes that are copied."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.config.hints import shown
from connector.errors import Problem
from connector.sync.outbox.difference import Held, cleared_copies, difference
from connector.sync.outbox.guards import (
    GUARDED_FROM,
    blocked_lists,
    is_too_much,
    lately,
    noted_blocked,
    unfinished,
)
from connector.sync.outbox.losses import field_loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.scoring.model import Target, TargetCopy
    from connector.sync.workspace import Workspace

PAGE = 5_000


async def held_back(
    workspace: Workspace, target: Target, *, urgent: bool = False
) -> tuple[Held, Sequence[Problem]]:
    """Return what the guards hold back of a push to a platform, and a problem for each.

    Of a push of what is `urgent` alone, all that is held back of everybody is held back as well.
    """
    fields, of_fields = await _blocked_fields(workspace, target, urgent=urgent)
    lists, of_lists = await blocked_lists(workspace, target, urgent=urgent)
    if urgent:
        more_lists, more_fields = await noted_blocked(workspace, target.platform)
        lists, fields = lists | more_lists, fields | more_fields
    return Held(lists=lists, clearings=fields), [*of_fields, *of_lists]


async def _blocked_fields(
    workspace: Workspace, target: Target, *, urgent: bool
) -> tuple[frozenset[str], Sequence[Problem]]:
    """Return the fields that would be cleared for too many of those who have a value there."""
    platform = target.platform
    if not target.copies or platform in workspace.ours:
        return frozenset(), ()
    async with workspace.state.read() as tx:
        gone = await lately(tx, workspace, platform)
    lost = Counter({each.field: gone[field_loss(each.field)] for each in target.copies})
    async for row in unfinished(workspace.state, platform, urgent=urgent):
        lost.update(cleared_copies(difference(row, target), target))
    many = [
        each
        for each in target.copies
        # Fewer would be too many only of so few that they may be cleared by any share.
        if is_too_much(workspace, platform, lost[each.field], GUARDED_FROM)
    ]
    filled = await _filled(workspace, platform, many) if many else {}
    blocked = [
        each
        for each in many
        if is_too_much(
            workspace,
            platform,
            lost[each.field],
            filled[each.attribute] + gone[field_loss(each.field)],
        )
    ]
    return frozenset(each.field for each in blocked), [
        Problem(
            message=f"{shown(each.field)} would be cleared for {lost[each.field]} of the "
            f"{filled[each.attribute]} contacts who have it; nobody's was",
            path=f"attributes.{each.attribute}.{platform}",
            hint="if that is right, run again with --force, or raise max_removals",
        )
        for each in blocked
    ]


async def _filled(
    workspace: Workspace, platform: str, copies: Sequence[TargetCopy]
) -> Mapping[str, int]:
    """Return how many contacts of a platform have a value, by attribute."""
    found = dict.fromkeys((each.attribute for each in copies), 0)
    after: str | None = None
    while True:
        async with workspace.state.read() as tx:
            ids = await tx.contacts.live_ids(platform, after=after, limit=PAGE)
            records = await tx.contacts.records(platform, ids)
        for name in found:
            found[name] += sum(name in each.attributes for each in records.values())
        if len(ids) < PAGE:
            return found
        after = ids[-1]
