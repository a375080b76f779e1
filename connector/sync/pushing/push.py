"""Push what is pending to a platform: in batches, item by item recorded, safe to repeat.

A row is leased, its difference is written part by part (attributes, lists, tags, stage), and what
the platform was seen to take becomes its confirmed state. Nothing is confirmed by hope.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.outbound import INTERRUPTED, DeliveryState
from connector.errors import PlatformError, Problem, RightMissing
from connector.sync.outbox.allowance import Allowance, allow, allow_urgent, reserve_room
from connector.sync.outbox.list_moves import let_go_by, note_list_moves
from connector.sync.outbox.losses import note_losses, reserve
from connector.sync.outbox.lost import write_lost_again
from connector.sync.pushing.leasing import Leases
from connector.sync.pushing.writing import write_rows
from connector.sync.records.echoes import remember_copies
from connector.sync.records.forgotten import expunging
from connector.sync.records.ingest import ingest_memberships
from connector.sync.records.missing import look_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Outbound, Settlement
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

MOST_REASONS = 20
"""Different reasons for refusals that one run tells."""
MENDS = "`heatsync check` says what to do, and with `--fix` makes what can be made"


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
    """What ended the push early, or what kept a part of it from being done."""

    @property
    def is_stopped(self) -> bool:
        """Return whether the platform had to be left."""
        return not all(isinstance(each, RightMissing) for each in self.errors)


async def push(workspace: Workspace, name: str, *, force: bool = False) -> Pushed:
    """Write everything that is pending on the platform `name`.

    `force` lets a list lose more members, and a field more values, than `max_removals` allows.
    """
    pushed = Pushed()
    target = workspace.configuration.model.targets.get(name)
    if target is None:
        return pushed
    pushed.problems += await write_lost_again(workspace, target)
    total = await _pending(workspace, name)
    allowance = Allowance(workspace=workspace, target=target)
    if force:
        await reserve_room(workspace, name, Counter())
    else:
        allowance, problems = await allow(workspace, target)
        pushed.problems += problems
    ledger = _Ledger(
        workspace=workspace, name=name, pushed=pushed, total=total, is_reserved=not force
    )
    ledger.show()
    await _write(allowance, ledger, Leases(workspace=workspace, name=name))
    if not force:
        await reserve_room(workspace, name, Counter())
    return pushed


async def push_urgent(workspace: Workspace, name: str) -> Pushed:
    """Write what is urgent on the platform `name`, be it beside a push of everything."""
    pushed = Pushed()
    target = workspace.configuration.model.targets.get(name)
    if target is None:
        return pushed
    allowance = await allow_urgent(workspace, target)
    ledger = _Ledger(workspace=workspace, name=name, pushed=pushed)
    await _write(allowance, ledger, Leases(workspace=workspace, name=name, urgent=True))
    return pushed


async def _write(allowance: Allowance, ledger: _Ledger, leases: Leases) -> None:
    """Write what is allowed of the rows of `leases`; tell what came of it."""
    workspace, name, pushed = ledger.workspace, ledger.name, ledger.pushed
    while not leases.is_over:
        work = await write_rows(allowance, leases.round(), ledger=ledger)
        pushed.calls += work.calls
        ledger.remarks.update(work.remarks)
        told = {str(each) for each in pushed.errors}
        pushed.errors += [each for each in work.refused if str(each) not in told]
        error = work.error or await look_for(workspace, name, work.gone)
        if error is not None:
            pushed.errors.append(error)
            break
    pushed.problems += [*allowance.problems.values(), *ledger.told()]


async def take_back(tx: Transaction, lane: str | None = None) -> None:
    """Make work again what a dead process had in hand, and remember that in what it was writing.

    With `lane` only what it had in hand of that receiver: others may live.
    """
    await take_back_writes(tx, lane)
    await tx.inbound.reclaim(lane)


async def take_back_writes(tx: Transaction, lane: str | None = None) -> None:
    """Do so with what it was writing, or doing for triggers."""
    await tx.outbox.reclaim(INTERRUPTED, lane)
    await tx.triggers.reclaim(lane)
    if lane is not None:
        await reserve(tx, lane, {})


@dataclass(slots=True, kw_only=True)
class _Ledger:
    """Counts what became of rows, and records it."""

    workspace: Workspace
    name: str
    pushed: Pushed
    total: int = 0
    """How many rows were pending, for progress only."""
    is_reserved: bool = False
    """Whether what is taken away was reserved for this push."""
    done: int = 0
    begun: set[int] = field(default_factory=set)
    """Contacts of whom a part is confirmed, for progress only."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why rows were not taken, and how many."""
    lacks: Counter[str] = field(default_factory=Counter)
    """What the account lacks, and for how many."""
    remarks: Counter[str] = field(default_factory=Counter)
    """What else was done on the platform, and for how many."""

    written: dict[str, datetime] = field(default_factory=dict)
    """When each list was last written to: their rows may be settled long after."""
    began_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.began_at = self.workspace.clock.now()

    def began(self, lists: Collection[str]) -> None:
        """Take note that these lists are written now."""
        self.written |= dict.fromkeys(lists, self.workspace.clock.now())

    async def settled(self, settlements: Sequence[Settlement]) -> None:
        """Record rows with which this run is done, whether or not a later one tries them again."""
        waiting = [each for each in settlements if each.state is DeliveryState.PENDING]
        states = Counter(each.state for each in settlements)
        self.pushed.delivered += states[DeliveryState.CLEAN]
        self.pushed.dead += states[DeliveryState.DEAD]
        self.pushed.failed += sum(1 for each in waiting if each.error)
        # What a guard or the account holds back is no failure; what was written is delivered.
        self.pushed.delivered += sum(
            1 for each in waiting if not each.error and each.confirmed != each.row.confirmed
        )
        self.reasons.update(each.error for each in settlements if each.error)
        self.lacks.update(each for settlement in settlements for each in settlement.lacks)
        await self._settle(settlements)
        self.done += len(settlements)
        self.begun.difference_update(each.row.contact for each in settlements)
        self.show()

    def show(self) -> None:
        """Say how far it is, once there is anything to push."""
        done = self.done + len(self.begun)
        if total := max(done, self.total):
            self.workspace.progress.step(f"Pushing to {self.name}", done, total)

    async def overtaken(self, rows: Sequence[Outbound]) -> Collection[int]:
        """Return of whom nothing is written any more as these rows were leased."""
        leased = {row.contact: (row.remote_id, row.revision, row.fence) for row in rows}
        async with self.workspace.state.read() as tx:
            erased = (await expunging(tx)).keys()
            if not self.workspace.is_shared:
                return erased
            present = await tx.outbox.marks(self.name, leased)
        moved = {contact for contact, marks in leased.items() if present.get(contact) != marks}
        return moved.union(erased)

    async def progressed(self, settlements: Sequence[Settlement]) -> None:
        """Record what is confirmed of rows that are still being written; their lease goes on."""
        news = {
            each.row.contact: each for each in settlements if each.confirmed != each.row.confirmed
        }
        if not news:
            return

        async def work(tx: Transaction) -> None:
            await self._remember(tx, list(news.values()))
            present = await tx.outbox.rows(self.name, news)
            now = self.workspace.clock.now()
            await tx.outbox.save(
                [
                    replace(
                        row,
                        confirmed=_as_of_now(each, present).confirmed,
                        adopted=each.adopted,
                        confirmed_at=now,
                    )
                    for contact, each in news.items()
                    if (row := present.get(contact)) and row.fence == each.row.fence
                ]
            )

        await self.workspace.state.transact(work)
        self.begun.update(news)
        self.show()

    def told(self) -> Sequence[Problem]:
        """Return why rows were not taken, and what else was done.

        What ended the push is told as its error.
        """
        told = {str(error) for error in self.pushed.errors}
        return [
            Problem(
                message=f"{count} contact{'s' if count > 1 else ''}: "
                f"{reason.removeprefix(f'{self.name}: ')}",
                path=self.name,
                hint=hint,
            )
            for reasons, hint in ((self.reasons, None), (self.lacks, MENDS), (self.remarks, None))
            for reason, count in reasons.most_common(MOST_REASONS)
            if reason not in told
        ]

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        async def work(tx: Transaction) -> None:
            await self._remember(tx, settlements)
            present = await tx.outbox.rows(self.name, [each.row.contact for each in settlements])
            known = [_as_of_now(each, present) for each in settlements]
            # Not before: of what was read until then nobody knew that it may lack this.
            await tx.outbox.settle(known, now=self.workspace.clock.now())

        await self.workspace.state.transact(work)

    async def _remember(self, tx: Transaction, settlements: Sequence[Settlement]) -> None:
        """Let records show what was copied to them, but where none of ours comes back.

        Which lists were moved is remembered too, and who is not in them any more.
        """
        now = self.workspace.clock.now()
        if self.workspace.is_shared:
            await note_losses(tx, self.name, settlements, now, is_reserved=self.is_reserved)
        if self.name not in self.workspace.ours:
            attributes = self.workspace.naming.attributes
            await remember_copies(
                tx, self.name, settlements, attributes, now, began_at=self.began_at
            )
            await note_list_moves(tx, self.name, settlements, self.written)
            if left := await let_go_by(tx, self.name, settlements):
                asked_for = self.workspace.scored_lists(self.name)
                await ingest_memberships(tx, self.name, left, asked_for)


def _as_of_now(settlement: Settlement, present: Mapping[int, Outbound]) -> Settlement:
    """Return a settlement that changes of what is known by now only what it brought about.

    Meanwhile another value may have been seen in a field that was not written: to write ours there
    again could cost somebody's edit.
    """
    before, row = settlement.row.confirmed, present.get(settlement.row.contact)
    if row is None or row.confirmed == before:
        return settlement
    return replace(settlement, confirmed=row.confirmed.moved_on(before, settlement.confirmed))


async def _pending(workspace: Workspace, name: str) -> int:
    """Return how many rows there are to write, for progress only."""
    async with workspace.state.read() as tx:
        counts = await tx.outbox.counts(name, DeliveryState.PENDING)
    return counts.get(name, {}).get(DeliveryState.PENDING, 0)
