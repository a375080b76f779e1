"""Write the differences of leased rows, part by part, and say what became of each row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from connector.domain.changes import (
    Addressee,
    AttributeChange,
    ListChange,
    Outcome,
    StageChange,
    TagChange,
)
from connector.domain.outbound import DeliveryState, Desired, Outbound, Settlement
from connector.errors import PlatformError, RateLimited, Recovery, UnsupportedByPlatform
from connector.sync.difference import Difference, difference
from connector.sync.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from connector.ports.clock import Clock
    from connector.ports.platform import Capabilities, Platform
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

C = TypeVar("C")


@dataclass(slots=True, kw_only=True)
class Work:
    """What writing some rows came to."""

    settlements: Sequence[Settlement] = ()
    calls: int = 0
    error: PlatformError | None = None
    """What made us stop writing to this platform."""


async def write_rows(
    workspace: Workspace, target: Target, rows: Sequence[Outbound], *, blocked: frozenset[str]
) -> Work:
    """Write what `rows` still need; nobody is taken out of the lists in `blocked`."""
    entry = workspace.configuration.platform(target.platform)
    writing = _Writing(
        platform=workspace.platforms[target.platform],
        capabilities=entry.adapter.capabilities,
        clock=workspace.clock,
        items=[_Item(row=row, left=_without(blocked, difference(row, target))) for row in rows],
    )
    try:
        await writing.attributes()
        await writing.lists()
        await writing.tags()
        await writing.stages()
    except PlatformError as error:
        writing.stop(error)
    return Work(
        settlements=[item.settlement(target) for item in writing.items],
        calls=writing.calls,
        error=writing.error,
    )


@dataclass(slots=True, kw_only=True)
class _Item:
    """One row while it is written."""

    row: Outbound
    left: Difference
    error: PlatformError | None = None
    adopted: frozenset[str] = field(default_factory=frozenset)
    confirmed: Desired = field(init=False)

    def __post_init__(self) -> None:
        self.confirmed = self.row.confirmed
        self.adopted = self.row.adopted

    @property
    def to(self) -> Addressee:
        return Addressee(remote_id=self.row.remote_id, email=self.row.email)

    def settlement(self, target: Target) -> Settlement:
        after = replace(self.row, confirmed=self.confirmed, adopted=self.adopted)
        state = DeliveryState.PENDING
        if not difference(after, target):
            state = DeliveryState.CLEAN
        elif self.error is not None and self.error.recovery is Recovery.SKIP:
            state = DeliveryState.DEAD
        waits = self.error is None or isinstance(self.error, RateLimited)
        return Settlement(
            row=self.row,
            confirmed=self.confirmed,
            adopted=self.adopted,
            state=state,
            attempts=self.row.attempts + (0 if waits or state is DeliveryState.CLEAN else 1),
            error=str(self.error) if self.error else None,
        )


@dataclass(slots=True, kw_only=True)
class _Writing:
    """The parts of one push, each written for all rows before the next."""

    platform: Platform
    capabilities: Capabilities
    clock: Clock
    items: Sequence[_Item]
    calls: int = 0
    error: PlatformError | None = None

    async def attributes(self) -> None:
        items = [item for item in self.items if item.left.attributes]
        changes = [AttributeChange(to=item.to, values=item.left.attributes) for item in items]
        writer = self.platform.attribute_writer
        write = writer.write_attributes if writer else None
        size = self.capabilities.attribute_batch
        for item, outcome in await self._write("attributes", write, items, changes, size):
            if self._passed(item, outcome):
                values = {**item.confirmed.attributes, **item.left.attributes}
                item.confirmed = replace(item.confirmed, attributes=values)

    async def lists(self) -> None:
        groups: dict[tuple[str, bool], list[_Item]] = defaultdict(list)
        for item in self.items:
            for name, wanted in item.left.lists.items():
                groups[name, wanted].append(item)
        writer = self.platform.list_writer
        write = writer.write_lists if writer else None
        # Whoever moves from one list to another is taken in before being let go.
        for (name, wanted), items in sorted(groups.items(), key=lambda each: not each[0][1]):
            changes = [ListChange(to=item.to, list_name=name, is_member=wanted) for item in items]
            size = self.capabilities.list_batch
            for item, outcome in await self._write("lists", write, items, changes, size):
                if self._passed(item, outcome):
                    lists = {**item.confirmed.lists, name: wanted}
                    item.confirmed = replace(item.confirmed, lists=lists)
                    if outcome.is_unchanged and wanted and not self.capabilities.owns_lists:
                        item.adopted |= {name}

    async def tags(self) -> None:
        pairs = [(item, tag, on) for item in self.items for tag, on in item.left.tags.items()]
        changes = [TagChange(to=item.to, tag=tag, is_set=on) for item, tag, on in pairs]
        writer = self.platform.tag_writer
        write = writer.write_tags if writer else None
        size = self.capabilities.attribute_batch
        owners = [item for item, _, _ in pairs]
        outcomes = await self._write("tags", write, owners, changes, size)
        for (item, outcome), change in zip(outcomes, changes, strict=True):
            if self._passed(item, outcome):
                tags = {**item.confirmed.tags, change.tag: change.is_set}
                item.confirmed = replace(item.confirmed, tags=tags)

    async def stages(self) -> None:
        items = [item for item in self.items if item.left.stage is not None]
        changes = [StageChange(to=item.to, stage=item.left.stage or "") for item in items]
        writer = self.platform.stage_writer
        write = writer.write_stages if writer else None
        size = self.capabilities.attribute_batch
        for item, outcome in await self._write("stage", write, items, changes, size):
            if self._passed(item, outcome):
                item.confirmed = replace(item.confirmed, stage=item.left.stage)

    def stop(self, error: PlatformError) -> None:
        """Take note that the platform has to be left alone."""
        self.error = error
        for item in self.items:
            item.error = item.error or error

    async def _write(
        self,
        part: str,
        write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]] | None,
        items: Sequence[_Item],
        changes: Sequence[C],
        size: int,
    ) -> Sequence[tuple[_Item, Outcome]]:
        """Return the outcome of each change; batches are cut to what the platform takes."""
        if not changes:
            return []
        if write is None:
            msg = f"cannot write {part}"
            raise UnsupportedByPlatform(msg, platform=self.platform.name, operation=part)
        outcomes: list[Outcome] = []
        for start in range(0, len(changes), size):
            outcomes += await self._batch(write, changes[start : start + size])
        return list(zip(items, outcomes, strict=True))

    async def _batch(
        self, write: Callable[[Sequence[C]], Awaitable[Sequence[Outcome]]], batch: Sequence[C]
    ) -> Sequence[Outcome]:
        """Write one batch; one that is refused as a whole is halved down to the culprit."""

        async def attempt() -> Sequence[Outcome]:
            self.calls += 1
            return await write(batch)

        half = len(batch) // 2
        try:
            return await patiently(self.clock, attempt)
        except PlatformError as error:
            if error.recovery is not Recovery.SKIP:
                raise
            if not half:
                return [Outcome(error=error)]
        first = await self._batch(write, batch[:half])
        return [*first, *await self._batch(write, batch[half:])]

    @staticmethod
    def _passed(item: _Item, outcome: Outcome) -> bool:
        if outcome.error is not None:
            item.error = outcome.error
        return outcome.error is None


def _without(blocked: frozenset[str], left: Difference) -> Difference:
    lists = {name: on for name, on in left.lists.items() if on or name not in blocked}
    return replace(left, lists=lists)
