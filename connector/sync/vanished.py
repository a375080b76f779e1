"""Notice records that are gone from a platform: what is missing from a walk of all ids."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from connector.domain.contacts import Removal
from connector.domain.instants import from_micros, to_micros
from connector.errors import SourceEmptied
from connector.sync.ingest import ingest_removals
from connector.sync.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from connector.ports.platform import IdWalk
    from connector.sync.patience import Patience
    from connector.sync.workspace import Workspace

PAGE = 5_000


async def notice_vanished(workspace: Workspace, name: str, *, force: bool) -> None:
    """Mark records that a walk of the platform `name` does not meet as removed.

    It is walked as often as its `walk_every` says, or whenever contacts changed. Raises
    SourceEmptied, and marks nobody, when all are gone; `force` believes it.
    """
    walk = workspace.platforms[name].ids
    if walk is None:
        return
    now = workspace.clock.now()
    async with workspace.state.read() as tx:
        stored = await tx.cursors.get(name, "contacts")
        last = _read(await tx.notes.get(_note(name)))
    every = workspace.configuration.platform(name).adapter.capabilities.walk_every
    if stored is None or not last.is_over(stored.cursor, now, every):
        return
    async with workspace.state.read() as tx:
        known = await tx.contacts.count_live(name)
    present = await _whole(walk, workspace.patience(name))
    if known and not present.count and not force:
        msg = (
            f"{name}: had {known} contacts and now has none; nothing was taken "
            "from it (if that is right, run again with --force)"
        )
        raise SourceEmptied(msg)
    await _remove_others(workspace, name, present)
    async with workspace.state.write() as tx:
        await tx.notes.put(_note(name), json.dumps([stored.cursor, to_micros(now)]))


async def is_new(workspace: Workspace, name: str) -> bool:
    """Return whether no record of a platform is known: then none can be gone from it."""
    async with workspace.state.read() as tx:
        return not await tx.contacts.live_ids(name, limit=1)


async def need_not_walk(workspace: Workspace, name: str) -> None:
    """Remember that whoever is known of a platform was met just now."""
    now = to_micros(workspace.clock.now())
    async with workspace.state.write() as tx:
        if stored := await tx.cursors.get(name, "contacts"):
            await tx.notes.put(_note(name), json.dumps([stored.cursor, now]))


@dataclass(slots=True)
class Met:
    """Ids in eight bytes each: of millions the texts themselves would fill the memory.

    Two ids are taken for one once in billions of walks; then one that is gone is noticed later.
    """

    pages: list[NDArray[np.int64]] = field(default_factory=list)
    count: int = 0

    def add(self, ids: Sequence[str]) -> None:
        """Take note of ids that are there."""
        self.pages.append(_digests(ids))
        self.count += len(ids)

    def close(self) -> None:
        """Take note that these were all."""
        self.pages = [np.sort(np.concatenate(self.pages))] if self.pages else [_digests(())]

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that were not met."""
        (met,) = self.pages
        places = np.searchsorted(met, digests := _digests(ids))
        is_met = np.zeros(len(ids), dtype=np.bool_)
        inside = places < len(met)
        is_met[inside] = met[places[inside]] == digests[inside]
        return [each for each, there in zip(ids, is_met.tolist(), strict=True) if not there]


@dataclass(frozen=True, slots=True)
class _Last:
    """When a platform was walked last."""

    cursor: str | None = None
    at: datetime | None = None

    def is_over(self, cursor: str, now: datetime, every: timedelta) -> bool:
        """Return whether it is time to walk again.

        A deletion need not move the cursor; but where walks are not rationed, they cost a page of
        a file, and are spared when nothing moved at all.
        """
        if not every:
            return self.cursor != cursor
        return self.at is None or now - self.at >= every


async def _whole(ids: IdWalk, patience: Patience) -> Met:
    met, walk = Met(), Walk(start=ids.ids, since=None)
    try:
        while (page := await patience(walk.page)) is not None:
            met.add(page.items)
    finally:
        await walk.close()
    met.close()
    return met


async def _remove_others(workspace: Workspace, name: str, present: Met) -> None:
    """Mark whom the walk did not meet as removed, page by page of those who are known."""
    after: str | None = None
    while True:
        async with workspace.state.read() as tx:
            ids = await tx.contacts.live_ids(name, after=after, limit=PAGE)
        if gone := present.missing(ids):
            removals = [Removal(remote_id=each) for each in gone]
            async with workspace.state.write() as tx:
                now = workspace.clock.now()
                await ingest_removals(tx, name, removals, workspace.naming, now)
        if len(ids) < PAGE:
            return
        after = ids[-1]


def _digests(ids: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter((hash(each) for each in ids), dtype=np.int64)


def _note(name: str) -> str:
    return f"walked:{name}"


def _read(note: str | None) -> _Last:
    """Return what the note of the last walk says; older ones hold the cursor alone."""
    try:
        cursor, micros = json.loads(note or "")
        return _Last(cursor, from_micros(micros))
    except (ValueError, TypeError):
        return _Last(note)
