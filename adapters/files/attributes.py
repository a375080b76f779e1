"""`out/contacts.csv`: a column per written attribute, a row per contact with a value in any."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.files.refusals import DONE, UNCHANGED, misfit_of, refused
from adapters.files.sheets import HEAD, Sheet, cell_of, read_sheet, sheet_text
from connector.domain.values import FieldType
from connector.errors import RejectedByPlatform
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from adapters.files.out import OutFolder
    from adapters.files.source import FileSource
    from connector.domain.changes import AttributeChange, Outcome
    from connector.errors import Problem

_FILE = "contacts.csv"
_WRITE = "write attributes"


@dataclass(frozen=True, slots=True)
class AttributeFile:
    """Keeps the parts `attribute_writer` and `fields` of the contract."""

    out: OutFolder
    source: FileSource

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write all of `changes` with one replacement of the file."""
        return await asyncio.to_thread(self._write, changes)

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return what the cells of these contacts hold; an empty cell is None."""
        written = await asyncio.to_thread(self._read)
        known = {each for each in remote_ids if each in written}
        if len(known) < len(set(remote_ids)):
            async for page in self.source.ids():
                known.update(set(page.items).intersection(remote_ids))
        return {
            each: {name: written.get(each, {}).get(name) or None for name in names}
            for each in known
        }

    async def fields(self) -> Sequence[RemoteField]:
        """Return the columns of the contacts file and those written; all but keys take values."""
        columns = dict(await self.source.columns())
        for name in await asyncio.to_thread(self._columns):
            columns.setdefault(name, FieldType.TEXT)
        return tuple(
            RemoteField(name=name, type=kind, is_writable=name not in HEAD)
            for name, kind in columns.items()
        )

    async def cannot_make(self, name: str) -> Problem | None:  # noqa: ARG002 - all can
        """Return nothing: what has another use is refused when it is made."""
        return None

    async def create_field(self, wanted: RemoteField) -> None:
        """Add a column; its type is not kept, since cells are text."""
        await asyncio.to_thread(self._add_column, wanted.name)

    def _write(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        with self.out.at(_FILE, operation=_WRITE) as path:
            table = _Table(read_sheet(path, HEAD), self.out.platform)
            outcomes = [table.apply(change) for change in changes]
            self._save(path, table)
            return outcomes

    def _save(self, path: Path, table: _Table) -> None:
        if table.is_changed:
            self.out.write(path, sheet_text(table.sheet()))

    def _read(self) -> Mapping[str, Mapping[str, str]]:
        with self.out.at(_FILE, operation="read attributes") as path:
            return _Table(read_sheet(path, HEAD), self.out.platform).rows

    def _columns(self) -> Sequence[str]:
        with self.out.at(_FILE, operation="read columns") as path:
            return read_sheet(path, HEAD).columns if path.exists() else ()

    def _add_column(self, name: str) -> None:
        operation = "create a field"
        with self.out.at(_FILE, operation=operation) as path:
            table = _Table(read_sheet(path, HEAD), self.out.platform)
            if reason := table.column_misfit(name):
                raise RejectedByPlatform(reason, platform=self.out.platform, operation=operation)
            table.add_column(name)
            self._save(path, table)


class _Table:
    """The file in memory."""

    def __init__(self, sheet: Sheet, platform: str) -> None:
        self._platform = platform
        self._names = set(sheet.columns[len(HEAD) :])
        self.rows = {row[0]: dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows}
        self.is_changed = False

    def apply(self, change: AttributeChange) -> Outcome:
        """Take one change."""
        wanted = {name: cell_of(value) for name, value in change.values.items()}
        reason = misfit_of(change.to, (*wanted, *wanted.values())) or next(
            filter(None, map(self.column_misfit, wanted)), None
        )
        if reason:
            return refused(reason, platform=self._platform, operation=_WRITE)
        present = self.rows.get(change.to.remote_id, {})
        moved = {name: cell for name, cell in wanted.items() if cell != present.get(name, "")}
        email = change.to.email or ""
        if moved or (present and email != present["email"]):
            key = dict(zip(HEAD, (change.to.remote_id, email), strict=True))
            self.rows[change.to.remote_id] = present | moved | key
            self._names.update(name for name, cell in moved.items() if cell)
            self.is_changed = True
        return DONE if moved else UNCHANGED

    def column_misfit(self, name: str) -> str | None:
        """Return why there can be no column `name`, if there can be none."""
        is_key = name in HEAD or not name
        return f"there is no column `{name}` to be written" if is_key else None

    def add_column(self, name: str) -> None:
        """Make sure that there is a column `name`."""
        self.is_changed = self.is_changed or name not in self._names
        self._names.add(name)

    def sheet(self) -> Sheet:
        """Return the file: columns by name and rows by id, however they came about."""
        names = sorted(self._names)
        rows = [
            [key, row["email"], *(row.get(name, "") for name in names)]
            for key, row in sorted(self.rows.items())
            if any(map(row.get, names))
        ]
        return Sheet([*HEAD, *names], rows)
