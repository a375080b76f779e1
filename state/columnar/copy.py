"""The columnar copy of events: derived from the database, read in its stead, never the truth."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.event_copy import EventCopy
from connector.domain.frames import event_schema
from state.columnar import changes
from state.columnar.folder import Folder, Unreadable
from state.columnar.manifest import Manifest, from_bytes
from state.columnar.scanning import asked, is_among, scan
from state.event_rows import event_frame
from state.schema import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from connector.domain.values import FieldType
    from state.columnar.scanning import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a copy is worth its while. Measured; see the decision on columnar events."""

    least_events: int = 200_000
    """Fewer are read from the database in less than a second."""
    worth_folding: int = 50_000
    """Changed events, or contacts, that are worth a new segment."""
    part_rows: int = 500_000
    """Rows in a file: what is in memory, thrice, when one is written."""
    least_asked: int = 2_500
    """Fewer contacts are read from the database by key, in a time that no store's size changes."""
    spread: int = 20
    """So are contacts whose numbers lie further apart than this."""


class EventsCopy:
    """Reads what the database vouches for, and whatever changed since from the database itself.

    A manifest and its files never change once they are written, and hold what the database held
    at one moment. The database names the manifest in force, by its digest, and records whose
    events changed since that moment: a transaction sees both as of its own moment, so copy and
    changes agree in it, whatever happened to the files, the clock, or a restored backup.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        """Take the folder it is kept in; nothing is written before something is folded."""
        self.folder = Folder(path)
        self.limits = limits or Limits()
        self.left_at: object = None
        """The moment at which nothing was worth doing: until something moves, nothing is."""

    def frame(
        self,
        connection: Connection,
        contacts: Collection[int] | None,
        properties: Mapping[str, FieldType],
    ) -> pl.LazyFrame | None:
        """Return what `EventStore.frame` does, or None when it is to be read from the database."""
        wanted = asked(contacts, least=self.limits.least_asked, spread=self.limits.spread)
        manifest = None if wanted is None else self.manifest(changes.in_force(connection))
        if wanted is None or manifest is None or not manifest.holds(properties):
            return None
        between = changes.changed_between(wanted.first, wanted.last)
        changed = changes.numbers(connection, between)
        try:
            kept = scan(self.folder, manifest.segments, wanted, changed)
        except Unreadable:
            return None
        fresh = event_frame(connection, SUBJECTS.c.contact.in_(between), properties)
        names = event_schema(properties).names()
        return pl.concat([*(each.select(names) for each in kept), _of(fresh, wanted).lazy()])

    def manifest(self, digest: str | None) -> Manifest | None:
        """Return the manifest with this digest; None when it cannot be read."""
        if digest is None:
            return None
        with suppress(Unreadable):
            return from_bytes(self.folder.read(manifest_name(digest), digest))
        return None

    def facts(self, connection: Connection) -> EventCopy | None:
        """Return what there is to say of the copy in force; None when there is none."""
        digest = changes.in_force(connection)
        manifest = self.manifest(digest)
        if manifest is None or not self.folder.has(manifest.files):
            return None
        return EventCopy(
            where=str(self.folder.path),
            size=sum(file.size for file in manifest.files),
            events=manifest.rows,
            changed=changes.changed_contacts(connection),
        )


def manifest_name(digest: str) -> str:
    """Return the name of the file of a manifest."""
    return f"{digest[:32]}.json"


def _of(fresh: pl.DataFrame, wanted: Asked) -> pl.DataFrame:
    return fresh if wanted.only is None else fresh.filter(is_among(wanted.only))
