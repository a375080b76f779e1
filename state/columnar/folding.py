"""Bringing a copy up to date: written beside what is in force, then vouched for at one stroke."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT
from connector.ports.progress import Progress, Silent
from state.columnar import changes
from state.columnar.copy import manifest_name
from state.columnar.manifest import Manifest, Segment, manifest_of, to_bytes
from state.columnar.scanning import HIGHEST, LOWEST, Asked, covered, scan
from state.columnar.writing import merged, write_numbers, write_parts
from state.event_rows import event_frames
from state.schema import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from connector.domain.values import FieldType
    from state.columnar.copy import EventsCopy
    from state.columnar.manifest import Part
    from state.database import Database, Session

RATIO = 3
"""A segment is written anew together with newer ones that have a third of its rows or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done."""

    digest: str | None
    """Of the manifest that was in force when this was planned."""
    base: Manifest | None
    """What changes are added to; None: everything is read from the database."""
    properties: Mapping[str, FieldType]
    is_lost: bool = False
    """Whether there was a copy whose files are gone or damaged."""


class Folding:
    """One folding of a copy. Its files are seen by nobody before the database vouches for them."""

    def __init__(self, copy: EventsCopy, plan: Plan, progress: Progress | None = None) -> None:
        """Take what to do; `progress` is told how many events are copied."""
        self._copy = copy
        self._plan = plan
        self._progress = progress or Silent()
        self._token = secrets.token_hex(8)
        self._number = 0

    async def run(self, database: Database) -> None:
        """Write the segment and have it vouched for. Raises OSError, Unreadable, StateError."""
        if self._plan.base is None:
            async with database.writing() as session:
                await session.run(changes.watch)
        # What is read in here and the number of the last change are of one moment.
        async with database.reading() as session:
            manifest = await self._written(session)
        digest = await asyncio.to_thread(publish, self._copy, manifest)
        async with database.writing() as session:
            await session.run(lambda connection: self._vouch(connection, digest))
        async with database.reading() as session:
            await session.run(lambda connection: tidy(self._copy, connection))

    async def _written(self, session: Session) -> Manifest:
        segments = () if self._plan.base is None else self._plan.base.segments
        start = await session.run(lambda connection: self._begin(connection, segments))
        steps = await session.run(lambda connection: self._steps(connection, segments[start:]))
        parts: list[Part] = []
        # Step by step, so that a person who has enough need not wait for the last.
        while part := await session.run(lambda _: next(steps, None)):
            parts.append(part)
            self._progress.step("Copying events", sum(each.rows for each in parts))
        covers = None
        if start:
            numbers = await session.run(lambda it: self._covers(it, segments[start:]))
            folder = self._copy.folder
            covers = await asyncio.to_thread(write_numbers, folder, self._token, numbers)
        segment = Segment(parts=tuple(parts), covers=covers)
        return manifest_of(self._token, self._plan.properties, (*segments[:start], segment))

    def _begin(self, connection: Connection, segments: tuple[Segment, ...]) -> int:
        """Remember the moment; return from which segment on all is written anew."""
        self._number = changes.last_number(connection)
        start = len(segments)
        rows = changes.changed_events(connection) if segments else 0
        while start and segments[start - 1].rows <= RATIO * rows:
            start -= 1
            rows += segments[start].rows
        return start

    def _steps(self, connection: Connection, absorbed: tuple[Segment, ...]) -> Iterator[Part]:
        properties = self._plan.properties
        if self._plan.base is None:
            everybody = SUBJECTS.c.contact.is_not(None)
            frames = event_frames(connection, everybody, properties)
        else:
            is_changed = SUBJECTS.c.contact.in_(changes.CHANGED)
            fresh = event_frames(connection, is_changed, properties)
            frames = merged(self._kept(connection, absorbed), fresh)
        return write_parts(self._copy.folder, self._token, frames, self._copy.limits.part_rows)

    def _kept(
        self, connection: Connection, absorbed: tuple[Segment, ...]
    ) -> Iterator[pl.DataFrame]:
        """Yield what is still true of these segments, a part's worth at a time."""
        changed = changes.numbers(connection, changes.CHANGED)
        largest = max(absorbed, key=lambda each: each.rows, default=None)
        ends = [part.last for part in largest.parts] if largest else []
        for first, last in zip([LOWEST, *(end + 1 for end in ends)], [*ends, HIGHEST], strict=True):
            frames = scan(self._copy.folder, absorbed, Asked(first=first, last=last), changed)
            if frames:
                frame = pl.concat(frames).sort(CONTACT).collect(engine="streaming")
                if frame.height:
                    yield frame

    def _covers(self, connection: Connection, absorbed: tuple[Segment, ...]) -> pl.Series:
        changed = changes.numbers(connection, changes.CHANGED)
        return pl.concat([changed, *covered(self._copy.folder, absorbed)])

    def _vouch(self, connection: Connection, digest: str) -> None:
        # After another folding, this one's snapshot misses changes that are no longer recorded.
        if changes.in_force(connection) == self._plan.digest:
            changes.forget_up_to(connection, self._number)
            changes.put_in_force(connection, digest)


def plan(
    copy: EventsCopy,
    connection: Connection,
    properties: Mapping[str, FieldType],
    *,
    anew: bool = False,
) -> Plan | None:
    """Return what is worth doing now; `anew` asks for all of it."""
    digest, limits = changes.in_force(connection), copy.limits
    manifest = copy.manifest(digest)
    is_whole = manifest is not None and copy.folder.has(manifest.files)
    if anew:
        return Plan(digest=digest, base=None, properties=properties)
    moment = (digest, is_whole, tuple(properties), *changes.moment(connection))
    if copy.left_at == moment:
        return None
    if manifest is None or not is_whole or not manifest.holds(properties):
        if changes.events(connection, limits.least_events) == limits.least_events:
            is_lost = digest is not None and not is_whole
            return Plan(digest=digest, base=None, properties=properties, is_lost=is_lost)
    elif _is_worth_folding(connection, limits.worth_folding):
        return Plan(digest=digest, base=manifest, properties=manifest.properties)
    copy.left_at = moment
    return None


def _is_worth_folding(connection: Connection, enough: int) -> bool:
    contacts = changes.changed_contacts(connection, enough)
    return contacts == enough or changes.changed_events(connection, enough) == enough


def publish(copy: EventsCopy, manifest: Manifest) -> str:
    """Write a manifest whose files are written, to last; return its digest. Raises OSError."""
    content = to_bytes(manifest)
    digest = hashlib.sha256(content).hexdigest()
    copy.folder.write(manifest_name(digest), lambda file: file.write(content))
    copy.folder.settle()
    return digest


def tidy(copy: EventsCopy, connection: Connection) -> None:
    """Remove all files but those of the copy in force."""
    digest = changes.in_force(connection)
    manifest = copy.manifest(digest)
    names = set() if manifest is None else {file.name for file in manifest.files}
    copy.folder.keep_only(names | ({manifest_name(digest)} if digest else set()))
