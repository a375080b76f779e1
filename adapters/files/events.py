"""A row of the events file as an event."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from connector.domain.cells import is_storable, read_cell, read_instant
from connector.domain.events import EVENT_COLUMNS, Event, canonical_type, derived_id
from connector.domain.values import FieldType, Misfit
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from adapters.files.rows import Row
    from connector.domain.values import Value

CONTACT = "contact"
TYPE = "type"
OCCURRED_AT = "occurred_at"
NEEDED = (CONTACT, TYPE, OCCURRED_AT)
"""These columns have to be there, and filled in every row."""
PLATFORM = "platform"
"""The platform of an event is the one it was pulled from, whatever a column says."""

ID = "id"
_CONSUMED = frozenset({ID, PLATFORM, *NEEDED})


class _BadRow(Exception):
    """A row without which there is no event; the message names the column."""


def read_event(
    properties: Mapping[str, FieldType], shown: str, row: Row
) -> tuple[Event | None, tuple[Problem, ...]]:
    """Return the event in `row`, None when it is no event, and what did not fit.

    Values of declared `properties` are kept as they came, so that an event without an id is the
    same one whatever is declared; what does not fit their type is told.
    """
    line, cells = row
    try:
        subject, kind = _needed(cells, CONTACT), _type_of(_needed(cells, TYPE))
        occurred_at = _instant(cells)
        given = _text(cells, ID)
    except _BadRow as error:
        text = f"the row is left out: {error}"
        return None, (Problem(message=text, file=shown, line=line),)
    fields, problems = _fields(shown, line, cells)
    event = Event(
        id=given or derived_id(subject, kind, occurred_at, fields),
        subject=subject,
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )
    return event, (*problems, *_misfits(properties, shown, line, cells)) if properties else problems


def without_platform(
    rows: Iterator[Row | Problem], platform: str, shown: str
) -> Iterator[Row | Problem]:
    """Yield `rows`, and before the first that claims another platform a problem that says so."""
    for row in rows:
        if isinstance(row, Problem) or row[1].get(PLATFORM) in (None, "", platform):
            yield row
            continue
        text = f"is not read: events of this folder are events of `{platform}`"
        yield Problem(message=text, file=shown, line=row[0], path=PLATFORM)
        yield row
        yield from rows


_type_of = lru_cache(maxsize=1_024)(canonical_type)


def _needed(cells: Mapping[str, object], column: str) -> str:
    text = _text(cells, column)
    if text is None:
        raise _BadRow(f"`{column}` is missing")
    return text


def _text(cells: Mapping[str, object], column: str) -> str | None:
    try:
        text = read_cell(cells.get(column), FieldType.TEXT)
    except Misfit as error:
        raise _BadRow(f"`{column}` {error}") from error
    return text if isinstance(text, str) else None


def _instant(cells: Mapping[str, object]) -> datetime:
    try:
        instant = read_instant(cells.get(OCCURRED_AT))
    except Misfit as error:
        raise _BadRow(f"`{OCCURRED_AT}` {error}") from error
    if instant is None:
        raise _BadRow(f"`{OCCURRED_AT}` is missing")
    return instant


def _fields(
    shown: str, line: int, cells: Mapping[str, object]
) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    fields: dict[str, Value] = {}
    problems: tuple[Problem, ...] = ()
    for name, raw in cells.items():
        if raw is None or raw == "" or name in _CONSUMED:
            continue
        try:
            _refuse_name(name)
            value = read_cell(raw, EVENT_COLUMNS.get(name))
        except Misfit as error:
            path = name if is_storable(name) else None
            problems = (*problems, Problem(message=str(error), file=shown, line=line, path=path))
        else:
            if value is not None:
                fields[name] = value
    return fields, problems


def _misfits(
    properties: Mapping[str, FieldType], shown: str, line: int, cells: Mapping[str, object]
) -> Iterator[Problem]:
    """Yield a problem for each value that its declared type makes NULL."""
    for name, kind in properties.items():
        try:
            read_cell(cells.get(name), kind)
        except Misfit as error:
            yield Problem(message=str(error), file=shown, line=line, path=name)


def _refuse_name(name: str) -> None:
    if not is_storable(name):
        raise Misfit("a property has a name that cannot be kept")
