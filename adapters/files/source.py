"""Reading the folder: contacts, events, contacts by id, and who is still there."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, TypeVar

from adapters.files.contacts import read_contact, read_id
from adapters.files.errors import named
from adapters.files.events import read_event, without_platform
from adapters.files.folder import CONTACTS, EVENTS, Folder, open_binary, open_table
from adapters.files.pages import PAGE_ROWS, pages, version_of
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from adapters.files.rows import Row, Table
    from connector.domain.contacts import Contact, Reading
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

_READER = "1"
"""Goes up when files are read in another way, so that unchanged ones are read again."""

Item = TypeVar("Item")
_Read: TypeAlias = "Callable[[str, Row], tuple[Item | None, tuple[Problem, ...]]]"


@dataclass(frozen=True, slots=True)
class FileSource:
    """The contacts and events in a folder; keeps the four reading parts of the contract."""

    platform: str
    folder: Folder
    page_rows: int = PAGE_ROWS
    properties: Mapping[str, FieldType] = field(default_factory=dict)
    """Declared event properties."""

    async def contacts(
        self, reading: Reading, since: Cursor | None
    ) -> AsyncIterator[Page[Contact]]:
        """Yield every contact, or nothing when neither the file nor `reading` has changed."""
        read = partial(read_contact, reading)
        async for page in _in_thread(self._pages(CONTACTS, since, _signature(reading), read)):
            yield page

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield every event, or nothing when neither the file nor a declaration has changed."""
        declared = sorted((name, kind.value) for name, kind in self.properties.items())
        signature = json.dumps([_READER, declared]) if declared else _READER
        read = partial(read_event, self.properties)
        async for page in _in_thread(self._pages(EVENTS, since, signature, read)):
            yield page

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return the contacts of these ids; of two rows with one id the later."""
        return await asyncio.to_thread(self._fetch, frozenset(remote_ids), reading)

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:  # noqa: ARG002
        """Yield the ids in the contacts file, always from its start: another may be there now."""
        async for batch in _in_thread(self._id_batches()):
            yield Page(items=batch, cursor="")

    async def columns(self) -> Mapping[str, FieldType]:
        """Return the columns of the contacts file, in JSON lines every key of any line."""
        return await asyncio.to_thread(self._columns)

    def examine(self, stream: str) -> None:
        """Read the file of `stream` up to its first row; raises PlatformError as a pull would."""
        with self._opened(stream, "check") as (path, handle):
            if path and handle:
                next(open_table(path, handle, stream).rows, None)

    @contextmanager
    def _opened(
        self, stream: str, operation: str
    ) -> Iterator[tuple[Path, BinaryIO] | tuple[None, None]]:
        """Open the file of `stream` when there is one; raises PlatformError."""
        with named(self.folder.path, platform=self.platform, operation=operation):
            path = self.folder.find(stream)
        if path is None:
            yield None, None
            return
        with named(path, platform=self.platform, operation=operation), open_binary(path) as handle:
            yield path, handle

    def _pages(
        self, stream: str, since: Cursor | None, signature: str, read: _Read[Item]
    ) -> Iterator[Page[Item]]:
        with self._opened(stream, f"read {stream}") as (path, handle):
            if path is None or handle is None:
                return
            version = version_of(handle, signature, is_text=path.suffix != ".parquet")
            start = version.position(since)
            if start is None:
                return
            table = open_table(path, handle, stream)
            if stream == EVENTS:
                table = replace(table, rows=without_platform(table.rows, self.platform, str(path)))
            yield from pages(table, version, start, partial(read, str(path)), self.page_rows)

    def _contact_rows(self, operation: str) -> Iterator[tuple[str, Row]]:
        with self._opened(CONTACTS, operation) as (path, handle):
            if path is None or handle is None:
                return
            for row in open_table(path, handle, CONTACTS).rows:
                if not isinstance(row, Problem):
                    yield str(path), row

    def _fetch(self, remote_ids: frozenset[str], reading: Reading) -> Sequence[Contact]:
        found: dict[str, Contact] = {}
        for shown, row in self._contact_rows("fetch contacts"):
            if read_id(row) in remote_ids:
                contact, _ = read_contact(reading, shown, row)
                if contact:
                    found[contact.remote_id] = contact
        return tuple(found.values())

    def _id_batches(self) -> Iterator[tuple[str, ...]]:
        ids = (read_id(row) for _, row in self._contact_rows("walk ids"))
        known = (each for each in ids if each is not None)
        while batch := tuple(islice(known, self.page_rows)):
            yield batch

    def _columns(self) -> Mapping[str, FieldType]:
        with self._opened(CONTACTS, "read columns") as (path, handle):
            if path is None or handle is None:
                return {}
            table = open_table(path, handle, CONTACTS)
            return _keys(table) if table.columns is None else table.columns


def _keys(table: Table) -> Mapping[str, FieldType]:
    rows = (row[1] for row in table.rows if not isinstance(row, Problem))
    return dict.fromkeys((key for row in rows for key in row), FieldType.TEXT)


def _signature(reading: Reading) -> str:
    """Return what makes contacts read anew when other fields are asked for."""
    fields = sorted((name, kind.value) for name, kind in reading.fields.items())
    return json.dumps([_READER, reading.email, fields])


async def _in_thread(items: Iterator[Item]) -> AsyncIterator[Item]:
    """Yield `items`, each made in a thread, so that a long file does not hold up the rest."""
    while (item := await asyncio.to_thread(next, items, None)) is not None:
        yield item
