"""A row of a query as a contact or an event."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.sql.moments import in_zone
from adapters.sql.values import cell_of, text_of
from connector.domain.cells import read_cell
from connector.domain.contacts import Contact
from connector.domain.values import FieldType, Misfit
from connector.domain.written_events import CONTACT, ID, OCCURRED_AT, TYPE, NoEvent
from connector.domain.written_events import read_event as read_written
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from adapters.sql.config import ContactsQuery, EventsQuery
    from adapters.sql.cutting import Row
    from connector.domain.contacts import Reading
    from connector.domain.events import Event
    from connector.domain.values import Value

EMAIL = "email"
_MODIFIED = ("modified_at", "updated_at")


@dataclass(slots=True, kw_only=True)
class Cells:
    """The values of one row; one that does not fit is None, and one problem."""

    row: Row
    zone: ZoneInfo
    misfits: dict[str, str] = field(default_factory=dict)
    """Why not, by column."""

    def value(self, column: str, kind: FieldType) -> Value | None:
        """Return the value of `column` as `kind`; None where it is empty, or there is none."""
        try:
            cell = cell_of(self.row.get(column), self.zone)
            is_time = kind is FieldType.DATETIME
            return read_cell(in_zone(cell, self.zone) if is_time else cell, kind)
        except (Misfit, OverflowError) as error:
            self.misfits[column] = str(error) if isinstance(error, Misfit) else "is no instant"
            return None

    def values(self, columns: Mapping[str, FieldType]) -> dict[str, Value | None]:
        """Return the values of those of `columns` that are there and fit."""
        found = {name: self.value(name, kind) for name, kind in columns.items() if name in self.row}
        return {name: value for name, value in found.items() if name not in self.misfits}

    def text(self, column: str, kind: FieldType = FieldType.TEXT) -> str | None:
        """Return the value of `column` as a text or an e-mail address."""
        value = self.value(column, kind)
        return value if isinstance(value, str) else None

    def instant(self, *columns: str) -> datetime | None:
        """Return the first of `columns` that holds an instant."""
        found = (self.value(each, FieldType.DATETIME) for each in columns if each in self.row)
        return next((each for each in found if isinstance(each, datetime)), None)


def read_id(value: object) -> str | None:
    """Return an id as a text; None where it is none."""
    try:
        found = read_cell(text_of(value), FieldType.TEXT)
    except Misfit:
        return None
    return found if isinstance(found, str) else None


def read_contact(
    config: ContactsQuery, reading: Reading, zone: ZoneInfo, path: str, row: Row
) -> tuple[Contact | None, tuple[Problem, ...]]:
    """Return the contact in `row`, None when nothing says who it is, and what did not fit."""
    remote_id = read_id(row[config.id])
    if remote_id is None:
        text = f"a row is left out: `{config.id}` is no id"
        return None, (Problem(message=text, path=path),)
    cells = Cells(row=row, zone=zone)
    email = cells.text(reading.email or EMAIL, FieldType.EMAIL)
    contact = Contact(
        remote_id=remote_id,
        emails=(email,) if email else (),
        attributes=cells.values(reading.fields),
        created_at=cells.instant(config.created_at or "created_at"),
        modified_at=cells.instant(*((config.modified_at,) if config.modified_at else _MODIFIED)),
        opted_out=cells.value(config.opted_out or "opted_out", FieldType.BOOLEAN) is True,
    )
    return contact, _told(cells, remote_id, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """Reads the rows of one query of events."""

    stream: str
    config: EventsQuery
    zone: ZoneInfo
    path: str
    properties: Mapping[str, FieldType]

    def read(self, row: Row) -> tuple[Event | None, tuple[Problem, ...]]:
        """Return the event in `row`, None when it is no event, and what did not fit."""
        config = self.config
        parts = {
            ID: config.id,
            CONTACT: config.contact,
            TYPE: config.type,
            OCCURRED_AT: config.occurred_at,
        }
        named = read_id(row.get(config.id)) or ""
        try:
            event, problems = read_written(self.properties, self._cells(row, parts))
        except (NoEvent, OverflowError) as error:
            reason = str(error) if isinstance(error, NoEvent) else "it has no instant"
            text = f"row {named} is left out: {reason}"
            return None, (Problem(message=text, path=self.path),)
        # Two tables count their rows alike.
        event = replace(event, id=f"{self.stream}:{event.id}")
        if problems:
            problems = tuple(_placed(each, named, self.path) for each in problems)
        return event, problems

    def _cells(self, row: Row, parts: Mapping[str, str]) -> dict[str, object]:
        """Return the values of a row under our names."""
        cells = {
            name: cell_of(value, self.zone)
            for name, value in row.items()
            if name not in {*parts.values(), self.config.cursor}
        }
        cells |= {name: cell_of(row.get(column), self.zone) for name, column in parts.items()}
        cells |= {name: text_of(row.get(parts[name])) for name in (ID, CONTACT)}
        return cells | {OCCURRED_AT: in_zone(cells[OCCURRED_AT], self.zone)}


def _told(cells: Cells, remote_id: str, path: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(message=f"row {remote_id}: `{column}` {reason}", path=path)
        for column, reason in cells.misfits.items()
    )


def _placed(problem: Problem, named: str, path: str) -> Problem:
    column = f"`{problem.path}` " if problem.path else ""
    return Problem(message=f"row {named}: {column}{problem.message}", path=path)
