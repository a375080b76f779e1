"""A row of the contacts file as a contact."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.cells import read_cell
from connector.domain.contacts import Contact
from connector.domain.values import FieldType, Misfit
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.files.rows import Row
    from connector.domain.contacts import Reading
    from connector.domain.values import Value

ID = "id"
EMAIL = "email"
KEYS = (ID, EMAIL)
"""One of these columns has to be there."""


class RowReader:
    """Reads the values of one row; what does not fit is None and one problem."""

    def __init__(self, shown: str, row: Row) -> None:
        self._shown = shown
        self._line, self._row = row
        self._seen: dict[tuple[str, FieldType], Value | None] = {}
        self._misfits: dict[str, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what did not fit, once a column."""
        return tuple(self._misfits.values())

    def value(self, column: str, kind: FieldType) -> Value | None:
        """Return the value of `column` as `kind`."""
        raw = self._row.get(column)
        if raw is None or raw == "":
            return None
        key = (column, kind)
        if key not in self._seen:
            self._seen[key] = self._read(column, kind, raw)
        return self._seen[key]

    def values(self, columns: Mapping[str, FieldType]) -> Mapping[str, Value | None]:
        """Return the values of `columns`; those that do not fit are left out."""
        found = {name: self.value(name, kind) for name, kind in columns.items()}
        return {name: value for name, value in found.items() if name not in self._misfits}

    def text(self, column: str, kind: FieldType = FieldType.TEXT) -> str | None:
        """Return the value of `column` as a text or an e-mail address."""
        value = self.value(column, kind)
        return value if isinstance(value, str) else None

    def instant(self, column: str) -> datetime | None:
        """Return the value of `column` as an instant."""
        value = self.value(column, FieldType.DATETIME)
        return value if isinstance(value, datetime) else None

    def _read(self, column: str, kind: FieldType, raw: object) -> Value | None:
        try:
            return read_cell(raw, kind)
        except Misfit as error:
            self._misfits[column] = Problem(
                message=str(error), file=self._shown, line=self._line, path=column
            )
            return None


def read_contact(
    reading: Reading, shown: str, row: Row
) -> tuple[Contact | None, tuple[Problem, ...]]:
    """Return the contact in `row`, None when nothing says who it is, and what did not fit."""
    cells = RowReader(shown, row)
    remote_id = cells.text(ID) or cells.text(EMAIL, FieldType.EMAIL)
    if remote_id is None:
        text = "the row has neither an id nor a valid e-mail address"
        return None, (Problem(message=text, file=shown, line=row[0]),)
    email = cells.text(reading.email or EMAIL, FieldType.EMAIL)
    contact = Contact(
        remote_id=remote_id,
        emails=(email,) if email else (),
        attributes=cells.values(reading.fields),
        created_at=cells.instant("created_at"),
        modified_at=cells.instant("modified_at") or cells.instant("updated_at"),
        opted_out=cells.value("opted_out", FieldType.BOOLEAN) is True,
    )
    return contact, cells.problems


def read_id(row: Row) -> str | None:
    """Return who the contact in `row` is, without reading the rest."""
    cells = RowReader("", row)
    return cells.text(ID) or cells.text(EMAIL, FieldType.EMAIL)
