"""What the guards let a push take away, be it beside another push to the same platform.

A push of everybody is judged once, and reserves what it takes away from those who are not urgent.
Whoever is urgent is judged when taken up, by either push. In each case all of this counts together:
what is reserved, what is urgent, and what was taken away within the hour.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.sync.giving_way import giving_way
from connector.sync.outbox.clearings import blocked_fields, guarded_fields
from connector.sync.outbox.difference import Held, cleared_copies, difference, without
from connector.sync.outbox.guards import (
    Toll,
    blocked_lists,
    guarded_lists,
    lately,
    note_blocked,
    noted_blocked,
    unfinished,
)
from connector.sync.outbox.losses import field_loss, list_loss, reserve, reserved

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.domain.outbound import Outbound
    from connector.errors import Problem
    from connector.scoring.model import Target
    from connector.sync.outbox.difference import Difference
    from connector.sync.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Allowance:
    """What one push may write of the rows it takes up."""

    workspace: Workspace
    target: Target
    held: Held = field(default_factory=Held)
    """What is held back of everybody."""
    guarded: frozenset[str] = frozenset()
    """What is guarded, by `list_loss` and such."""
    room: Counter[str] = field(default_factory=Counter)
    """From how many who are not urgent each may still be taken away."""
    held_urgent: Held = field(default_factory=Held)
    """What is held back of those who are urgent."""
    problems: dict[str | None, Problem] = field(default_factory=dict)
    """Why that is, by its path."""

    async def differences(self, rows: Sequence[Outbound]) -> Sequence[Difference]:
        """Return what is to be written of each of `rows`, which were just taken up.

        Whoever came to lose something after the push was judged keeps it until the next one.
        """
        left = [without(self.held, difference(row, self.target)) async for row in giving_way(rows)]
        pairs = list(zip(rows, left, strict=True))
        hurried = {loss for row, each in pairs if row.is_urgent for loss in self._losses(each)}
        if hurried:
            await self._judge_urgent(hurried)
        return [
            without(self.held_urgent, each) if row.is_urgent else self._within_room(each)
            async for row, each in giving_way(pairs)
        ]

    async def _judge_urgent(self, losses: Collection[str]) -> None:
        """Judge those who are urgent; what is held back of some is so of all who come later."""
        held, problems = await _judge(self.workspace, self.target, losses, None)
        before = self.held_urgent
        self.held_urgent = Held(
            lists=before.lists | held.lists, clearings=before.clearings | held.clearings
        )
        self.problems |= {each.path: each for each in problems if each.path not in self.problems}

    def _within_room(self, left: Difference) -> Difference:
        losses = self._losses(left)
        over = {loss for loss in losses if not self.room[loss]}
        self.room.subtract(losses - over)
        return without(_held(left, over), left) if over else left

    def _losses(self, left: Difference) -> frozenset[str]:
        return _losses(left, self.target) & self.guarded if self.guarded else frozenset()


async def held_back(workspace: Workspace, target: Target) -> tuple[Held, Sequence[Problem]]:
    """Return what the guards hold back of a push of everybody now, and a problem for each."""
    guarded = await _guarded(workspace, target)
    room = await _count(workspace, target, guarded, urgent=False)
    return await _judge(workspace, target, guarded, room)


async def allow(workspace: Workspace, target: Target) -> tuple[Allowance, Sequence[Problem]]:
    """Judge a push of everybody; return what it may do, and a problem for what is held back."""
    guarded = await _guarded(workspace, target)
    room = await _count(workspace, target, guarded, urgent=False)
    # Before those are counted who may be judged beside this: one of both knows of the other.
    await reserve_room(workspace, target.platform, room)
    held, problems = await _judge(workspace, target, guarded, room)
    await note_blocked(workspace, target.platform, held.lists, held.clearings)
    lost = {*map(list_loss, held.lists), *map(field_loss, held.clearings)}
    room = Counter({loss: count for loss, count in room.items() if loss not in lost})
    await reserve_room(workspace, target.platform, room)
    allowance = Allowance(workspace=workspace, target=target, held=held, guarded=guarded, room=room)
    return allowance, problems


async def allow_urgent(workspace: Workspace, target: Target) -> Allowance:
    """Return what a push of what is urgent may do: what is held back of everybody it holds too."""
    lists, fields = await noted_blocked(workspace, target.platform)
    return Allowance(
        workspace=workspace,
        target=target,
        held=Held(lists=lists, clearings=fields),
        guarded=await _guarded(workspace, target),
    )


async def reserve_room(workspace: Workspace, platform: str, room: Counter[str]) -> None:
    """Tell those who push beside how many may lose something by a push of everybody."""
    if workspace.is_shared:
        async with workspace.state.write() as tx:
            await reserve(tx, platform, room)


async def _judge(
    workspace: Workspace, target: Target, losses: Collection[str], room: Counter[str] | None
) -> tuple[Held, Sequence[Problem]]:
    """Return which of `losses` are too many.

    With the `room` that a push of everybody needs, or without where it is another that is judged.
    """
    own = await _count(workspace, target, losses, urgent=True)
    own.update(room or ())
    if not own:
        return Held(), ()
    beside: Counter[str] = Counter()
    async with workspace.state.read() as tx:
        gone = await lately(tx, workspace, target.platform)
        if room is None and workspace.is_shared:
            beside = await reserved(tx, target.platform)
    toll = Toll(own=own, beside=beside, gone=gone)
    fields, of_fields = await blocked_fields(workspace, target, toll)
    lists, of_lists = await blocked_lists(workspace, target, toll)
    return Held(lists=lists, clearings=fields), [*of_fields, *of_lists]


async def _guarded(workspace: Workspace, target: Target) -> frozenset[str]:
    lists = await guarded_lists(workspace, target.platform)
    return frozenset({*map(list_loss, lists), *map(field_loss, guarded_fields(workspace, target))})


async def _count(
    workspace: Workspace, target: Target, losses: Collection[str], *, urgent: bool
) -> Counter[str]:
    """Return how many would lose what, of those who are urgent or of all others."""
    found: Counter[str] = Counter()
    if not losses:
        return found
    async for row in unfinished(workspace.state, target.platform, urgent=urgent):
        if row.is_urgent is urgent:
            found.update(_losses(difference(row, target), target).intersection(losses))
    return found


def _losses(left: Difference, target: Target) -> frozenset[str]:
    """Return what writing `left` takes away, by `list_loss` and such."""
    lists = {list_loss(name) for name, wanted in left.lists.items() if not wanted}
    return frozenset(lists.union(map(field_loss, cleared_copies(left, target))))


def _held(left: Difference, losses: Collection[str]) -> Held:
    """Return what of `left` is held back where these losses are."""
    return Held(
        lists=frozenset(name for name in left.lists if list_loss(name) in losses),
        clearings=frozenset(name for name in left.attributes if field_loss(name) in losses),
    )
