"""Stop before a mistake empties a field: the guard of attributes that are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.hints import shown
from connector.errors import Problem
from connector.sync.outbox.guards import GUARDED_FROM, is_too_much
from connector.sync.outbox.losses import field_loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.scoring.model import Target, TargetCopy
    from connector.sync.outbox.guards import Toll
    from connector.sync.workspace import Workspace

PAGE = 5_000


def guarded_fields(workspace: Workspace, target: Target) -> frozenset[str]:
    """Return the fields of a platform that are guarded: those which are copied to."""
    if target.platform in workspace.ours:
        return frozenset()
    return frozenset(each.field for each in target.copies)


async def blocked_fields(
    workspace: Workspace, target: Target, toll: Toll
) -> tuple[frozenset[str], Sequence[Problem]]:
    """Return the fields that would be cleared for too many of those who have a value there."""
    platform = target.platform
    many = [
        each
        for each in target.copies
        # Fewer would be too many only of so few that they may be cleared by any share.
        if is_too_much(workspace, platform, toll.total(field_loss(each.field)), GUARDED_FROM)
    ]
    filled = await _filled(workspace, platform, many) if many else {}
    had = {each.field: filled[each.attribute] + toll.gone[field_loss(each.field)] for each in many}
    lost = {each.field: toll.total(field_loss(each.field)) for each in many}
    blocked = [
        each for each in many if is_too_much(workspace, platform, lost[each.field], had[each.field])
    ]
    return frozenset(each.field for each in blocked), [
        Problem(
            message=f"{shown(each.field)} would be cleared for {lost[each.field]} of the "
            f"{had[each.field]} contacts who have it"
            + toll.told(field_loss(each.field), "nobody's was"),
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
