"""Notice records that are gone from a platform: what is missing from a walk of all ids.

A walk is no proof: a page that is taken for the last one leaves out all behind it. So whoever was
not met is asked for, where the platform answers that. So is whoever is met and was taken for gone,
or was never heard of: other readings may end early too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.contacts import Removal
from connector.domain.instants import from_micros, to_micros
from connector.errors import Problem, SourceEmptied
from connector.sync.outbox.guards import is_too_much
from connector.sync.pulling.walk import Walk
from connector.sync.records.ingest import ingest_contacts, ingest_removals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Reading
    from connector.ports.platform import ContactLookup, IdWalk
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

PAGE = 5_000
ASKED = 100
"""Records asked for at once."""
DOUBTED = timedelta(hours=1)
"""How long a walk that is not believed stands, where walks are rationed: they are not cheap."""


async def notice_vanished(
    workspace: Workspace, name: str, reading: Reading, *, force: bool
) -> Sequence[Problem]:
    """Mark records that a walk of the platform `name` does not meet as removed.

    Those it meets who are not known are taken in as `reading` says. It is walked as often as its
    `walk_every` says, or whenever contacts changed. Nobody is marked when suspiciously many are
    missing: that is returned as a problem. Raises SourceEmptied when all are. `force` takes both
    for true.
    """
    walk = workspace.platforms[name].ids
    if walk is None:
        return ()
    now = workspace.clock.now()
    async with workspace.state.read() as tx:
        stored = await tx.cursors.get(name, "contacts")
        last = _read(await tx.notes.get(_note(name)))
    every = workspace.configuration.platform(name).adapter.capabilities.walk_every
    if stored is None or not last.is_over(stored.cursor, now, every):
        return ()
    if not force and (problem := await _doubt(workspace, name, now - min(every, DOUBTED))):
        return (problem,)
    async with workspace.state.read() as tx:
        known = await tx.contacts.count_live(name)
    call = _RollCall(workspace=workspace, name=name, reading=reading, began=now)
    await call.meet(walk)
    if known and not call.present.count and not force:
        msg = (
            f"{name}: had {known} contacts and now has none; nothing was taken "
            "from it (if that is right, run again with --force)"
        )
        raise SourceEmptied(msg)
    await call.take_back()
    if not force and (problem := await call.too_many()):
        return (problem,)
    await call.remove()
    async with workspace.state.write() as tx:
        await tx.notes.put(_note(name), json.dumps([stored.cursor, to_micros(now)]))
    return ()


async def is_new(workspace: Workspace, name: str) -> bool:
    """Return whether no record of a platform is known: then none can be gone from it."""
    async with workspace.state.read() as tx:
        return not await tx.contacts.live_ids(name, limit=1)


async def need_not_walk(workspace: Workspace, name: str) -> None:
    """Remember that whoever is known of a platform was met just now, or will be when first read."""
    now = to_micros(workspace.clock.now())
    async with workspace.state.write() as tx:
        stored = await tx.cursors.get(name, "contacts")
        await tx.notes.put(_note(name), json.dumps([stored.cursor if stored else None, now]))


@dataclass(slots=True)
class Met:
    """Ids in eight bytes each: of millions the texts themselves would fill the memory.

    Two ids are taken for one once in billions of walks; then one that is gone is noticed later.
    """

    pages: list[pl.Series] = field(default_factory=list)
    count: int = 0

    def add(self, ids: Sequence[str]) -> None:
        """Take note of ids that are there."""
        self.pages.append(_digests(ids))
        self.count += len(ids)

    def close(self) -> None:
        """Take note that these were all."""
        self.pages = [pl.concat([_digests(()), *self.pages]).sort()]

    def met(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that were met."""
        return [each for each, is_met in zip(ids, self._are_met(ids), strict=True) if is_met]

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Return those of `ids` that were not met."""
        return [each for each, is_met in zip(ids, self._are_met(ids), strict=True) if not is_met]

    def _are_met(self, ids: Sequence[str]) -> list[bool]:
        (met,) = self.pages
        if met.is_empty():
            return [False] * len(ids)
        digests = _digests(ids)
        places = met.search_sorted(digests).clip(upper_bound=len(met) - 1)
        return (met.gather(places) == digests).to_list()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _RollCall:
    """A walk of all ids of a platform, and what follows from it."""

    workspace: Workspace
    name: str
    reading: Reading
    began: datetime
    """Who came later could not be met."""
    present: Met = field(default_factory=Met)

    @property
    def _lookup(self) -> ContactLookup | None:
        return self.workspace.platforms[self.name].lookup

    async def meet(self, ids: IdWalk) -> None:
        """Walk to the end; whoever nobody knows is taken in."""
        patience, walk = self.workspace.patience(self.name), Walk(start=ids.ids, since=None)
        try:
            while (page := await patience(walk.page)) is not None:
                self.present.add(page.items)
                if self._lookup is not None:
                    await self._take_in(await self._unheard_of(page.items))
        finally:
            await walk.close()
        self.present.close()

    async def take_back(self) -> None:
        """Take in again who was removed, was met, and is there when asked for."""
        async for ids in self._known(is_removed=True):
            await self._take_in(self.present.met(ids))

    async def too_many(self) -> Problem | None:
        """Return what is suspicious about how many are missing; None: nothing."""
        known = missing = 0
        async for ids in self._known():
            known += len(ids)
            async with self.workspace.state.read() as tx:
                missing += len(await self._gone(tx, self.present.missing(ids)))
        if not is_too_much(self.workspace, self.name, missing, known):
            return None
        note = json.dumps([missing, known, to_micros(self.began)])
        async with self.workspace.state.write() as tx:
            await tx.notes.put(_doubted(self.name), note)
        return _suspicion(self.name, missing, known)

    async def remove(self) -> None:
        """Mark as removed who was not met and, where one can ask, is not there either."""
        size = PAGE if self._lookup is None else ASKED
        async for ids in self._known():
            for some in _parts(self.present.missing(ids), size):
                since = self._now()
                found = await self._ask(some)
                await self.workspace.state.transact(partial(self._remove, some, found, since))

    async def _unheard_of(self, ids: Sequence[str]) -> Sequence[str]:
        """Return those of whom no record is known, not even one that is gone."""
        async with self.workspace.state.read() as tx:
            known = await tx.contacts.named(self.name, ids)
        return [each for each in ids if each not in known]

    async def _take_in(self, ids: Sequence[str]) -> None:
        """Take in those who are there when asked for."""
        for some in _parts(ids, ASKED):
            since = self._now()
            if found := await self._ask(some):
                await self.workspace.state.transact(partial(self._ingest, found, since))

    async def _remove(
        self, ids: Sequence[str], found: Sequence[Contact], since: datetime, tx: Transaction
    ) -> None:
        # What one was merged into is found under its own id, and says of whom it is made.
        if found:
            await self._ingest(found, since, tx)
        there = {each.remote_id for each in found}
        gone = await self._gone(tx, [each for each in ids if each not in there])
        removals = [Removal(remote_id=each) for each in gone]
        await ingest_removals(tx, self.name, removals, self.workspace.naming, self._now())

    async def _ingest(self, found: Sequence[Contact], since: datetime, tx: Transaction) -> None:
        naming = self.workspace.naming
        await ingest_contacts(tx, self.name, found, naming, self._now(), since=since)

    def _now(self) -> datetime:
        return self.workspace.clock.now()

    async def _gone(self, tx: Transaction, missing: Sequence[str]) -> Sequence[str]:
        """Return those of the missing who were known before the walk began."""
        if not missing:
            return ()
        known = await tx.contacts.records(self.name, missing)
        return [each for each in missing if each in known and known[each].recorded_at <= self.began]

    async def _ask(self, ids: Sequence[str]) -> Sequence[Contact]:
        """Return those of the records that exist, none where nobody can be asked for."""
        if self._lookup is None:
            return ()
        patience = self.workspace.patience(self.name)
        return await patience(partial(self._lookup.fetch, ids, self.reading))

    async def _known(self, *, is_removed: bool = False) -> AsyncIterator[Sequence[str]]:
        """Yield the ids of all records known, or of those removed, page by page."""
        after: str | None = None
        while True:
            async with self.workspace.state.read() as tx:
                list_ids = tx.contacts.removed_ids if is_removed else tx.contacts.live_ids
                ids = await list_ids(self.name, after=after, limit=PAGE)
            yield ids
            if len(ids) < PAGE:
                return
            after = ids[-1]


async def _doubt(workspace: Workspace, name: str, since: datetime) -> Problem | None:
    """Return why a walk that began behind `since` is not believed; None: there was none."""
    async with workspace.state.read() as tx:
        note = await tx.notes.get(_doubted(name))
    missing, known, began = json.loads(note or "[0, 0, 0]")
    return _suspicion(name, missing, known) if from_micros(began) > since else None


def _suspicion(name: str, missing: int, known: int) -> Problem:
    return Problem(
        message=f"{missing} of {known} contacts were not met when all were walked; "
        "none of them was taken for gone",
        path=f"{name}.contacts",
        hint="if that is right, run again with --force, or raise max_removals",
    )


def _doubted(name: str) -> str:
    return f"doubted:{name}"


def _parts(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _digests(ids: Iterable[str]) -> pl.Series:
    return pl.Series([hash(each) for each in ids], dtype=pl.Int64)


def _note(name: str) -> str:
    return f"walked:{name}"


def _read(note: str | None) -> _Last:
    """Return what the note of the last walk says; older ones hold the cursor alone."""
    try:
        cursor, micros = json.loads(note or "")
        return _Last(cursor, from_micros(micros))
    except (ValueError, TypeError):
        return _Last(note)
