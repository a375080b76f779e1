"""Stop before a mistake empties something: the guards of a cycle."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from connector.domain.outbound import DeliveryState, Outbound
from connector.errors import Problem
from connector.sync.giving_way import giving_way
from connector.sync.outbox.difference import difference
from connector.sync.outbox.losses import list_loss, losses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

    from connector.ports.store import State, Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

GUARDED_FROM = 250
"""From so many members on a list is guarded, and so are contacts; fewer may change by any share."""

PAGE = 5_000
UNFINISHED = frozenset({DeliveryState.PENDING, DeliveryState.IN_FLIGHT})


async def blocked_lists(
    workspace: Workspace, target: Target, *, urgent: bool = False
) -> tuple[frozenset[str], Sequence[Problem]]:
    """Return the lists that would lose too many of their members, and a problem for each.

    One that was held back is held by the size it had then: what we add meanwhile lets nobody go.
    With `urgent` only what is urgent counts.
    """
    async with workspace.state.read() as tx:
        gone = await lately(tx, workspace, target.platform)
        present = await _members(tx, target.platform)
    members = {name: size + gone[list_loss(name)] for name, size in present.items()}
    if all(size < GUARDED_FROM for size in members.values()):
        return frozenset(), ()
    removals = Counter({name: gone[list_loss(name)] for name in members})
    async for row in unfinished(workspace.state, target.platform, urgent=urgent):
        left = difference(row, target)
        removals.update(name for name, wanted in left.lists.items() if not wanted)
    blocked = sorted(
        name
        for name, size in members.items()
        if is_too_much(workspace, target.platform, removals[name], size)
    )
    return frozenset(blocked), [
        Problem(
            message=_told(removals[name], members[name], gone[list_loss(name)]),
            path=f"targets.{target.platform}.lists.{name}",
            hint="if that is right, run again with --force, or raise max_removals",
        )
        for name in blocked
    ]


def _told(removals: int, of: int, lately: int) -> str:
    held = f"of its {of} members would be taken out of the list"
    if not lately:
        return f"{removals} {held}; nobody was"
    return f"{removals} {held} within an hour; {lately} were, and no more are"


async def lately(tx: Transaction, workspace: Workspace, platform: str) -> Counter[str]:
    """Return what was taken away in earlier turns that belong to this one; none in a cycle."""
    if not workspace.is_shared:
        return Counter()
    return await losses(tx, platform, workspace.clock.now())


async def note_blocked(
    workspace: Workspace, platform: str, lists: Collection[str], fields: Collection[str]
) -> None:
    """Remember the size of lists that are held back, and the fields, and no others."""
    async with workspace.state.read() as tx:
        members, known = await _members(tx, platform), await _held(tx, platform)
        known_fields = await _held_fields(tx, platform)
    held = {name: members[name] for name in sorted(lists)}
    if held != known or set(fields) != known_fields:
        async with workspace.state.write() as tx:
            await tx.notes.put(_note(platform), json.dumps(held))
            await tx.notes.put(_fields_note(platform), json.dumps(sorted(fields)))


async def noted_blocked(
    workspace: Workspace, platform: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lists, and the fields, that the last push of everything held back."""
    async with workspace.state.read() as tx:
        return frozenset(await _held(tx, platform)), await _held_fields(tx, platform)


def is_too_much(workspace: Workspace, platform: str, lost: int, of: int) -> bool:
    """Return whether to lose `lost` of so many is more than `max_removals` of a platform allows."""
    allowed = workspace.configuration.platform(platform).config.max_removals
    return of >= GUARDED_FROM and lost * 100 > of * int(allowed.removesuffix("%"))


async def unfinished(
    state: State, platform: str, *, remote_id: str | None = None, urgent: bool = False
) -> AsyncIterator[Outbound]:
    """Yield what is not delivered yet to a platform, by contact.

    All of it, or for one record, or what is urgent.
    """
    after: tuple[str, int] | None = None
    while True:
        async with state.read() as tx:
            rows = await tx.outbox.list(
                platform=platform,
                states=UNFINISHED,
                remote_id=remote_id,
                after=after,
                urgent=urgent,
                limit=PAGE,
            )
        async for row in giving_way(rows):
            yield row
        if len(rows) < PAGE:
            return
        after = (rows[-1].platform, rows[-1].contact)


async def _members(tx: Transaction, platform: str) -> Mapping[str, int]:
    """Return how many are in each list, or were when it was held back, whichever is less."""
    held = await _held(tx, platform)
    members = await tx.outbox.members(platform)
    return {name: min(size, held.get(name, size)) for name, size in members.items()}


async def _held(tx: Transaction, platform: str) -> Mapping[str, int]:
    known: dict[str, int] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    return known


async def _held_fields(tx: Transaction, platform: str) -> frozenset[str]:
    return frozenset(json.loads(await tx.notes.get(_fields_note(platform)) or "[]"))


def _note(platform: str) -> str:
    return f"lists held back:{platform}"


def _fields_note(platform: str) -> str:
    return f"fields held back:{platform}"
