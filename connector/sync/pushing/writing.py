"""Write the differences of leased rows, part by part, and record what became of each row."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from connector.domain.changes import AttributeChange, ListChange, Outcome, StageChange, TagChange
from connector.errors import (
    ContactGone,
    NotSetUp,
    PlatformError,
    Recovery,
    RejectedByPlatform,
    RightMissing,
    UnsupportedByPlatform,
)
from connector.sync.asking.costs import calls_of_changes
from connector.sync.asking.doubts import Doubt
from connector.sync.asking.flights import fly
from connector.sync.giving_way import giving_way, let_go
from connector.sync.outbox.item import Item
from connector.sync.pushing.batches import Batch, C, Change, halves, in_batches, one_each
from connector.sync.pushing.insisting import insist, is_closed, was_sent
from connector.sync.pushing.seeing import SeenAttributes
from connector.sync.pushing.watching import WatchedLists
from connector.sync.pushing.work import Work

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        Awaitable,
        Callable,
        Collection,
        Coroutine,
        Iterable,
        Sequence,
    )

    from connector.domain.outbound import Outbound, Settlement
    from connector.ports.platform import Capabilities, Platform
    from connector.scoring.model import Target
    from connector.sync.asking.patience import Patience
    from connector.sync.asking.retrials import Retrials
    from connector.sync.outbox.allowance import Allowance
    from connector.sync.pushing.work import Ledger

RECORDED_AT_ONCE = 1_000
"""Rows recorded in one transaction: whoever stores a webhook waits for no more of them."""
_KINDS = {
    AttributeChange: "attribute",
    ListChange: "list",
    TagChange: "tag",
    StageChange: "stage",
}


async def write_rows(
    allowance: Allowance, leases: AsyncGenerator[Sequence[Outbound]], *, ledger: Ledger
) -> Work:
    """Write what rows still need and is allowed, as they come from `leases`."""
    workspace, target = allowance.workspace, allowance.target
    entry = workspace.configuration.platform(target.platform)
    writing = _Writing(
        platform=workspace.platforms[target.platform],
        capabilities=entry.adapter.capabilities,
        patience=workspace.patience(target.platform),
        retrials=workspace.retrials(target.platform),
        target=target,
        ledger=ledger,
        allowance=allowance,
    )
    try:
        async with aclosing(leases):
            await writing.attributes(leases)
        await writing.lists()
        await writing.tags()
        await writing.stages()
    except PlatformError as error:
        writing.stop(error)
    await writing.settle(writing.items)
    gone = [item.row.remote_id for item in writing.items if isinstance(item.error, ContactGone)]
    await let_go(writing.items)
    return Work(
        calls=writing.calls,
        error=writing.error,
        refused=list(writing.refused.values()),
        gone=gone,
        remarks=writing.remarks,
    )


@dataclass(slots=True, kw_only=True)
class _Writing:
    """The parts of one push, each written for all rows before the next."""

    platform: Platform
    capabilities: Capabilities
    patience: Patience
    retrials: Retrials
    target: Target
    ledger: Ledger
    allowance: Allowance
    items: list[Item] = field(default_factory=list)
    """All rows, once attributes were written."""
    calls: int = 0
    error: PlatformError | None = None
    refused: dict[str, RightMissing] = field(default_factory=dict)
    """By what may not be done, which is tried once: all else goes on."""
    lacking: dict[str, NotSetUp] = field(default_factory=dict)
    """By the lists that nobody can be put in, which is tried once too."""
    doubts: dict[str, Doubt[tuple[Item, Change]]] = field(default_factory=dict)
    """By what is done: whom batches were refused for."""
    hopeless: dict[str, NotSetUp] = field(default_factory=dict)
    """By what is done, where it was refused for everybody."""
    remarks: Counter[str] = field(default_factory=Counter)
    """What else was done on the platform, and for how many."""
    recording: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whose turn it is to record: of one row what is known later is recorded later."""

    async def attributes(self, leases: AsyncIterable[Sequence[Outbound]]) -> None:
        """Write attributes while further rows are taken up, which may take longer than a write."""
        writer, name = self.platform.attribute_writer, self.platform.name
        seen = SeenAttributes(platform=name, writer=writer) if writer else None
        write = seen.write_attributes if seen else None
        try:
            await self._write("attributes", write, self._attribute_batches(leases))
        finally:
            self.calls += seen.reads if seen else 0

    async def _attribute_batches(
        self, leases: AsyncIterable[Sequence[Outbound]]
    ) -> AsyncGenerator[Batch[AttributeChange]]:
        pairs: list[tuple[Item, AttributeChange]] = []
        size = self.capabilities.attribute_batch
        copied = frozenset(each.field for each in self.target.copies)
        async for rows in leases:
            allowed = zip(rows, await self.allowance.differences(rows), strict=True)
            async for row, left in giving_way(allowed):
                item = Item(row=row, left=left)
                self.items.append(item)
                if item.left.attributes:
                    pairs.append((item, item.attribute_change(copied)))
            while len(pairs) > size:
                yield Batch(pairs=pairs[:size])
                del pairs[:size]
        if pairs:
            yield Batch(pairs=pairs, is_last=True)

    async def lists(self) -> None:
        groups: dict[tuple[str, bool], list[tuple[Item, ListChange]]] = defaultdict(list)
        items: dict[ListChange, Item] = {}
        async for item in giving_way(self.items):
            for name, wanted in item.left.lists.items():
                change = ListChange(to=item.to, list_name=name, is_member=wanted, key=item.key)
                groups[name, wanted].append((item, change))
                items[change] = item
        await self._make_lists({name for name, wanted in groups if wanted})
        writer = self.platform.list_writer
        write = None
        if writer is not None:
            write = WatchedLists(writer=writer, items=items, began=self.ledger.began).write_lists
        # Whoever moves from one list to another is taken in before being let go.
        for is_member in (True, False):
            alike = [pairs for (_, wanted), pairs in groups.items() if wanted is is_member]
            await self._write("lists", write, in_batches(alike, self.capabilities.list_batch))

    async def _make_lists(self, names: Collection[str]) -> None:
        """Make those of the lists that may be made and are not there, as somebody belongs in them.

        One that the platform does not let be made fails when it is written.
        """
        part = self.platform.lists
        if part is None or self.capabilities.is_ours:
            return
        for each in self.target.lists:
            if each.create and each.name in names:
                self.calls += 1
                try:
                    await self.patience(partial(part.create_list, each.name))
                except RightMissing as error:
                    self.refused["making lists"] = error
                except (NotSetUp, RejectedByPlatform):
                    continue

    async def tags(self) -> None:
        pairs = [
            (item, TagChange(to=item.to, tag=tag, is_set=wanted, key=item.key))
            async for item in giving_way(self.items)
            for tag, wanted in item.left.tags.items()
        ]
        writer = self.platform.tag_writer
        write = writer.write_tags if writer else None
        await self._write("tags", write, in_batches([pairs], self.capabilities.attribute_batch))

    async def stages(self) -> None:
        pairs = [
            (item, StageChange(to=item.to, stage=item.left.stage, key=item.key))
            async for item in giving_way(self.items)
            if item.left.stage is not None
        ]
        writer = self.platform.stage_writer
        write = writer.write_stages if writer else None
        await self._write("stage", write, in_batches([pairs], self.capabilities.attribute_batch))

    def stop(self, error: PlatformError) -> None:
        """Take note that the platform has to be left alone."""
        self.error = error
        for item in self.items:
            if item.open_changes:
                item.fail(error)

    async def settle(self, items: Iterable[Item]) -> None:
        """Hand over to the ledger those of `items` that it does not have yet."""
        done = [item for item in items if not item.is_settled]
        for item in done:
            item.is_settled = True
        await self._record(self.ledger.settled, done)

    async def _record(
        self, record: Callable[[Sequence[Settlement]], Awaitable[None]], items: Sequence[Item]
    ) -> None:
        """Let the ledger `record` what is known of `items` now."""
        async with self.recording:
            for start in range(0, len(items), RECORDED_AT_ONCE):
                some = giving_way(items[start : start + RECORDED_AT_ONCE])
                await record([each.settlement(self.target, self.retrials) async for each in some])

    async def _write(
        self,
        part: str,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]] | None,
        batches: AsyncGenerator[Batch[C]],
    ) -> None:
        async with aclosing(self._jobs(part, write, batches)) as jobs:
            await fly(jobs, most=self.capabilities.in_flight)
        for doubt in self.doubts.values():
            self._reject(doubt.release())

    async def _jobs(
        self,
        part: str,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]] | None,
        batches: AsyncGenerator[Batch[C]],
    ) -> AsyncGenerator[Callable[[], Coroutine[None, None, None]]]:
        async with aclosing(batches):
            async for batch in batches:
                if write is None:
                    msg = f"cannot write {part}"
                    name = self.platform.name
                    raise UnsupportedByPlatform(msg, platform=name, operation=part)
                yield partial(self._write_batch, write, batch)

    async def _write_batch(
        self, write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]], batch: Batch[C]
    ) -> None:
        """Write one batch, and record what is known of it before another takes its place.

        What a crash repeats is what was in flight; the last batch need not be recorded for that.
        """
        overtaken = await self.ledger.overtaken([item.row for item, _ in batch.pairs])
        pairs = [pair for pair in batch.pairs if pair[0].row.contact not in overtaken]
        if pairs:
            await self._batch(write, pairs)
        items = {item.row.contact: item for item, _ in batch.pairs}.values()
        await self.settle(item for item in items if not item.open_changes)
        if not batch.is_last:
            under_way = [item for item in items if item.open_changes]
            await self._record(self.ledger.progressed, under_way)

    async def _batch(
        self,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]],
        pairs: Sequence[tuple[Item, C]],
    ) -> None:
        """Write one batch; one that is refused as a whole is halved down to the culprit."""
        if await self._try(write, pairs):
            return
        doubt = self._doubt(pairs)
        async with nullcontext() if doubt.has_taken else doubt.turn:
            parts = halves(pairs)
            while parts:
                part = parts.pop()
                if not await self._try(write, part):
                    parts += halves(part)
                elif doubt.is_grave and parts:
                    # Whoever is farthest off has the least to do with those before.
                    farthest = parts.pop(0)
                    if len(farthest) > 1:
                        parts.insert(0, farthest[:-1])
                    await self._try(write, farthest[-1:])
                if doubt.is_grave:
                    self._blame_account(doubt, pairs)

    async def _try(
        self,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]],
        pairs: Sequence[tuple[Item, C]],
    ) -> bool:
        """Write these, and return whether it is known what became of them.

        Where the account is at fault, and none of them, all share that.
        """
        doubt = self._doubt(pairs)
        try:
            outcomes = await self._outcomes(write, pairs)
        except (NotSetUp, RightMissing) as error:
            outcomes = [Outcome(error=error)] * len(pairs)
        except PlatformError as error:
            if error.recovery is not Recovery.SKIP:
                raise
            if len(pairs) > 1:
                return False
            self._reject(doubt.refused(pairs[0], error))
            return True
        self._spare(pairs[0][1], outcomes[0].error)
        if any(each.error is None for each in outcomes):
            doubt.has_taken = True
            self._reject(doubt.release())
        async for (item, change), outcome in giving_way(zip(pairs, outcomes, strict=True)):
            item.take(change, outcome, self.capabilities)
        if closed := next(filter(is_closed, (each.error for each in outcomes)), None):
            raise closed
        return True

    def _doubt(self, pairs: Sequence[tuple[Item, C]]) -> Doubt[tuple[Item, Change]]:
        return self.doubts.setdefault(_KINDS[type(pairs[0][1])], Doubt())

    def _reject(self, refused: Sequence[tuple[tuple[Item, Change], PlatformError]]) -> None:
        for (item, change), error in refused:
            item.take(change, Outcome(error=error), self.capabilities)

    def _blame_account(
        self, doubt: Doubt[tuple[Item, Change]], pairs: Sequence[tuple[Item, C]]
    ) -> None:
        """Let everybody wait for the account, whether they were tried or not."""
        error = doubt.verdict(self.platform.name)
        self.hopeless[_KINDS[type(pairs[0][1])]] = error
        for (item, change), _ in doubt.release():
            item.take(change, Outcome(error=error), self.capabilities)

    def _spare(self, first: Change, error: PlatformError | None) -> None:
        """Take note of what need not be tried again in this push, as it is the same for all."""
        if isinstance(error, RightMissing):
            self.refused[_KINDS[type(first)]] = error
        elif isinstance(first, ListChange) and isinstance(error, NotSetUp):
            self.lacking[first.list_name] = error

    def _spared(self, first: Change) -> PlatformError | None:
        """Return what would become of changes like this one, where that is known already."""
        lacking = self.lacking.get(first.list_name) if isinstance(first, ListChange) else None
        kind = _KINDS[type(first)]
        return lacking or self.refused.get(kind) or self.hopeless.get(kind)

    async def _outcomes(
        self,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]],
        pairs: Sequence[tuple[Item, C]],
    ) -> Sequence[Outcome]:
        """Return what became of a batch; it is not even tried where that cannot be otherwise."""
        batch = [change for _, change in pairs]
        if known := self._spared(batch[0]):
            raise known
        for item, _ in pairs:
            item.is_tried = True

        async def send(some: Sequence[C]) -> Sequence[Outcome]:
            calls = calls_of_changes(_KINDS[type(some[0])], some, self.capabilities)
            try:
                answers = await write(some)
            except PlatformError as error:
                self.calls += calls if was_sent(error) else 0
                raise
            self.calls += calls
            outcomes = one_each(self.platform.name, answers, len(some))
            self.remarks.update(each.remark for each in outcomes if each.remark)
            return outcomes

        return await insist(self.patience, send, batch)
