"""Pull what changed on a platform since the cursors, page by page."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from connector.domain.ledger import StoredCursor
from connector.errors import PlatformError, Problem, SourceEmptied, is_locked_out
from connector.sync.completions import note_completion
from connector.sync.outbox.drift import notice_members
from connector.sync.outbox.just_read import reading_of, take_contacts, watched
from connector.sync.outbox.second_look import SecondLook
from connector.sync.pulling.handed_on import merged_first
from connector.sync.pulling.rosters import note_rosters
from connector.sync.pulling.vanished import is_new, need_not_walk, notice_vanished
from connector.sync.pulling.walk import Walk, ahead, joined
from connector.sync.records.completeness import note_everybody_is_read
from connector.sync.records.echoes import without_our_lists
from connector.sync.records.ingest import ingest_events, ingest_memberships, ingest_removals
from connector.sync.records.joining import Naming

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.contacts import Contact, Membership, Reading, Removal
    from connector.domain.events import Event
    from connector.domain.pages import Cursor, Page
    from connector.ports.platform import ContactSource, Platform
    from connector.ports.store import Transaction
    from connector.sync.asking.patience import Patience
    from connector.sync.workspace import Workspace

T = TypeVar("T")

Stream: TypeAlias = Literal["contacts", "events"]
"""What is pulled at an interval of its own; with contacts go removals and memberships."""
EVERYTHING: tuple[Stream, ...] = ("contacts", "events")

SHOWN_PROBLEMS = 1000
"""Problems kept by text per stream; beyond them only their number is told."""


@dataclass(slots=True, kw_only=True)
class Pulled:
    """What one pull of one platform brought."""

    contacts: int = 0
    events: int = 0
    """Those that were not known, or known otherwise: what overlaps is read again and again."""
    forgotten: int = 0
    """Contacts that are not taken in, since they were forgotten on request."""
    erased: int = 0
    """Persons who are erased here, since the platform erased them for privacy."""
    problems: list[Problem] = field(default_factory=list)
    errors: list[PlatformError | SourceEmptied] = field(default_factory=list)
    """What ended a stream early."""
    drift: Counter[str] = field(default_factory=Counter)
    """Values of ours that somebody changed, as `connector.sync.outbox.drift` counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream(Generic[T]):
    """Something of a platform that is read page by page."""

    name: str
    start: Callable[[Cursor | None], AsyncIterator[Page[T]]]
    """Reads on from a cursor."""
    take: Callable[[Transaction, Page[T]], Awaitable[None]]
    """Stores a page."""
    reading: str = ""
    """What is read; of something else it is read from the start."""
    look_at: Callable[[Page[T]], Awaitable[Page[T]]] | None = None
    """Makes of a page what may be believed."""
    join: Callable[[Sequence[Page[T]]], Sequence[Page[T]]] = joined
    """Makes fewer pages of those that are there already."""


async def pull(
    workspace: Workspace,
    name: str,
    *,
    streams: Collection[Stream] = EVERYTHING,
    force: bool = False,
) -> Pulled:
    """Pull `streams` of the platform `name`, as far as it offers them.

    An error ends its stream and moves no cursor of it; the other streams go on, unless the
    platform refuses us altogether. `force` accepts that a source lost all its contacts.
    """
    pulled = Pulled()
    work = _Pull(workspace=workspace, name=name, platform=workspace.platforms[name], pulled=pulled)
    for stream in offered(work.platform):
        if stream in streams and not await work.ends(stream, force=force):
            break
    return pulled


def offered(platform: Platform) -> Sequence[Stream]:
    """Return what can be pulled of a platform, in the order in which it is."""
    about_contacts = (platform.contacts, platform.removals, platform.memberships)
    has_contacts = any(each is not None for each in about_contacts)
    return (
        *(("contacts",) if has_contacts else ()),
        *(("events",) if platform.events is not None else ()),
    )


@dataclass(slots=True, kw_only=True)
class _Pull:
    """One pull of one platform under way."""

    workspace: Workspace
    name: str
    platform: Platform
    pulled: Pulled

    @property
    def patience(self) -> Patience:
        return self.workspace.patience(self.name)

    @property
    def naming(self) -> Naming:
        return self.workspace.naming

    @property
    def _made_when_needed(self) -> frozenset[str]:
        """Return the lists that are missing until somebody belongs in them, which is no trouble."""
        target = self.workspace.configuration.model.targets.get(self.name)
        return (
            frozenset(each.name for each in target.lists if each.create) if target else frozenset()
        )

    async def ends(self, stream: Stream, *, force: bool) -> bool:
        """Pull a stream; return whether the platform may be asked for more after it."""
        about_contacts = (partial(self.contacts, force=force), self.removals, self.memberships)
        errors = len(self.pulled.errors)
        for part in about_contacts if stream == "contacts" else (self.events,):
            try:
                await part()
            except (PlatformError, SourceEmptied) as error:
                self.pulled.errors.append(error)
                if is_locked_out(error) or self.workspace.left_alone(self.name):
                    return False
        if len(self.pulled.errors) == errors:
            async with self.workspace.state.write() as tx:
                await note_completion(tx, self.name, stream, self._now())
        return True

    async def contacts(self, *, force: bool) -> None:
        source = self.platform.contacts
        if source is None:
            return
        reading = reading_of(self.workspace, self.name)
        was_new = self.platform.ids is not None and await is_new(self.workspace, self.name)
        if was_new:
            # Said before as well: a first reading that breaks off need not be walked for twice.
            await need_not_walk(self.workspace, self.name)
        reading = await self._read_contacts(source, reading)
        await note_everybody_is_read(self.workspace, self.name)
        if was_new:
            await need_not_walk(self.workspace, self.name)
        self.pulled.problems += await notice_vanished(
            self.workspace, self.name, reading, force=force
        )

    async def _read_contacts(self, source: ContactSource, reading: Reading) -> Reading:
        """Take contacts to their end; return `reading` as what is wrong with fields left it."""
        target = watched(self.workspace, self.name)
        look = SecondLook(workspace=self.workspace, name=self.name, target=target)
        await look.begin()
        attributes = self.workspace.configuration.attributes
        digest = _digest(self.name, reading, attributes, look.sources.resumed)
        if not await self._was_read("contacts", digest):
            await look.compare()
        reading = look.without_paused(reading)

        since = self._now()

        async def take(tx: Transaction, page: Page[Contact]) -> None:
            taken = await take_contacts(tx, self.workspace, self.name, page.items, since=since)
            self.pulled.drift += taken.drift
            self.pulled.contacts += len(page.items) - taken.forgotten
            self.pulled.forgotten += taken.forgotten

        try:
            start, look_at = partial(source.contacts, reading), partial(look.at, reading)
            await self._stream(
                _Stream(
                    name="contacts",
                    start=start,
                    take=take,
                    reading=digest,
                    look_at=look_at,
                    join=_unless_merged,
                )
            )
            await look.finish()
        finally:
            self.pulled.problems += [*look.problems, *self._left_out()]
        return reading

    def _left_out(self) -> Sequence[Problem]:
        """Return how many contacts are left out since they were forgotten; it names nobody."""
        if not self.pulled.forgotten:
            return ()
        message = f"{self.pulled.forgotten} left out, who were forgotten on request"
        return [Problem(message=message, path=f"{self.name}.contacts", is_advice=True)]

    async def removals(self) -> None:
        source = self.platform.removals
        if source is None:
            return

        async def take(tx: Transaction, page: Page[Removal]) -> None:
            gone = await ingest_removals(tx, self.name, page.items, self.naming, self._now())
            self.pulled.erased += gone.erased

        await self._stream(_Stream(name="removals", start=source.removals, take=take))

    async def memberships(self) -> None:
        source, lists = self.platform.memberships, self._lists()
        if source is None or not lists:
            return

        asked_for = self.workspace.scored_lists(self.name)

        async def take(tx: Transaction, page: Page[Membership]) -> None:
            await ingest_memberships(tx, self.name, page.items, asked_for)
            if (target := watched(self.workspace, self.name)) is not None:
                self.pulled.drift += await notice_members(tx, target, page.items, self._now())
                await note_rosters(tx, target, page)

        async def look_at(page: Page[Membership]) -> Page[Membership]:
            problems = [each for each in page.problems if each.path not in self._made_when_needed]
            return replace(page, problems=tuple(problems))

        digest, start = json.dumps(sorted(lists)), partial(source.memberships, lists)
        await self._stream(
            _Stream(name="memberships", start=start, take=take, reading=digest, look_at=look_at)
        )

    async def events(self) -> None:
        source = self.platform.events
        if source is None:
            return

        async def take(tx: Transaction, page: Page[Event]) -> None:
            target = self.workspace.configuration.model.targets.get(self.name)
            theirs = without_our_lists(page.items, target)
            self.pulled.events += await ingest_events(tx, self.name, theirs, self._now())

        look_at = None
        if await self._was_read("events"):
            look_at = partial(merged_first, self.workspace, self.name, self.pulled.drift)
        await self._stream(_Stream(name="events", start=source.events, take=take, look_at=look_at))

    async def _stream(self, stream: _Stream[T]) -> None:
        """Take a stream to its end; what is stored at once is stored together with its cursor."""
        async with self.workspace.state.read() as tx:
            stored = await tx.cursors.get(self.name, stream.name)
        since = stored.cursor if stored and stored.reading == stream.reading else None
        walk = Walk(start=stream.start, since=since)
        done, problems = 0, 0
        label = f"Pulling {stream.name} from {self.name}"
        try:
            async with ahead(partial(self.patience, walk.page)) as waiting:
                while pages := await waiting.taken():
                    if stream.look_at is not None:
                        pages = [await stream.look_at(each) for each in pages]
                    for page in stream.join(pages):
                        await self._store(stream, page)
                        done += len(page.items)
                        self.pulled.problems += page.problems[: max(0, SHOWN_PROBLEMS - problems)]
                        problems += len(page.problems)
                        self.workspace.progress.step(label, done, page.total)
            self.workspace.progress.step(label, done, done)
        finally:
            await walk.close()
        if problems > SHOWN_PROBLEMS:
            more = f"{problems - SHOWN_PROBLEMS} more problems like these"
            self.pulled.problems.append(Problem(message=more, path=f"{self.name}.{stream.name}"))

    async def _store(self, stream: _Stream[T], page: Page[T]) -> None:
        """Store a page together with the cursor behind it."""
        cursor = StoredCursor(
            platform=self.name,
            stream=stream.name,
            cursor=page.cursor,
            reading=stream.reading,
            updated_at=self._now(),
        )

        async def work(tx: Transaction) -> None:
            await stream.take(tx, page)
            await tx.cursors.put(cursor)

        await self.workspace.state.transact(work)

    async def _was_read(self, stream: str, reading: str = "") -> bool:
        """Return whether some of a stream was read as it would be read now."""
        async with self.workspace.state.read() as tx:
            stored = await tx.cursors.get(self.name, stream)
        return stored is not None and stored.reading == reading

    def _lists(self) -> frozenset[str]:
        watched = self.workspace.configuration.watched_lists
        return frozenset(name for platform, name in watched if platform == self.name)

    def _now(self) -> datetime:
        return self.workspace.clock.now()


def _unless_merged(pages: Sequence[Page[Contact]]) -> Sequence[Page[Contact]]:
    """Return pages of contacts as one; as they are when it matters who came before whom."""
    is_merged = any(each.merged_ids for page in pages for each in page.items)
    return pages if is_merged else joined(pages)


def _digest(
    platform: str, reading: Reading, attributes: Mapping[str, Attribute], resumed: int
) -> str:
    """Return what tells whether records were read as they would be read now.

    Fields that could not be believed, and were `resumed`, are read anew.
    """
    names = {
        name: [attribute.sources[platform], attribute.type.value]
        for name, attribute in attributes.items()
        if platform in attribute.sources
    }
    content: list[object] = [sorted(names.items()), reading.email, sorted(reading.lists)]
    content += [resumed] if resumed else []
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=12).hexdigest()
