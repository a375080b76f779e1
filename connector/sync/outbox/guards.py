"""Stop before a mistake empties something: the guards of a cycle."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.outbound import DeliveryState, Outbound
from connector.errors import Problem
from connector.sync.giving_way import giving_way
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """For how many something is taken away on a platform, by `list_loss` and such."""

    own: Counter[str]
    """By the push that is judged."""
    beside: Counter[str]
    """By a push of everybody that goes on beside it, and was judged before."""
    gone: Counter[str]
    """Within the hour, by earlier turns."""

    def total(self, loss: str) -> int:
        """Return for how many it is in all; none where the push that is judged takes nothing."""
        own = self.own[loss]
        return own + self.beside[loss] + self.gone[loss] if own else 0

    def told(self, loss: str, nobody: str) -> str:
        """Return what becomes of those who would lose it: of `nobody`, or of no more."""
        before = self.gone[loss] + self.beside[loss]
        if not before:
            return f"; {nobody}"
        are_under_way = " or just are" if self.beside[loss] else ""
        return f" within an hour; {before} were{are_under_way}, and no more are"


async def guarded_lists(workspace: Workspace, platform: str) -> frozenset[str]:
    """Return the lists that are large enough to be guarded."""
    async with workspace.state.read() as tx:
        gone = await lately(tx, workspace, platform)
        sizes = await _members(tx, platform)
    return frozenset(
        name for name, size in sizes.items() if size + gone[list_loss(name)] >= GUARDED_FROM
    )


async def blocked_lists(
    workspace: Workspace, target: Target, toll: Toll
) -> tuple[frozenset[str], Sequence[Problem]]:
    """Return the lists that would lose too many of their members, and a problem for each.

    One that was held back is held by the size it had then: what we add meanwhile lets nobody go.
    """
    async with workspace.state.read() as tx:
        present = await _members(tx, target.platform)
    members = {name: size + toll.gone[list_loss(name)] for name, size in present.items()}
    blocked = sorted(
        name
        for name, size in members.items()
        if is_too_much(workspace, target.platform, toll.total(list_loss(name)), size)
    )
    return frozenset(blocked), [
        Problem(
            message=f"{toll.total(list_loss(name))} of its {members[name]} members would be taken "
            f"out of the list{toll.told(list_loss(name), 'nobody was')}",
            path=f"targets.{target.platform}.lists.{name}",
            hint="if that is right, run again with --force, or raise max_removals",
        )
        for name in blocked
    ]


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
