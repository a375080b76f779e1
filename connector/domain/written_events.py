"""An event as a person or a foreign tool writes it: in a row of a file, in a request."""

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

    from connector.domain.values import Value

CONTACT = "contact"
TYPE = "type"
OCCURRED_AT = "occurred_at"
NEEDED = (CONTACT, TYPE, OCCURRED_AT)
"""Without one of them there is no event."""
HANDED_OVER = "api"
"""What stands for the platform of events that somebody hands over to the API."""
PLATFORM = "platform"
"""The platform of an event is where it came from, whatever it says of itself."""

ID = "id"
_CONSUMED = frozenset({ID, PLATFORM, *NEEDED})


class NoEvent(ValueError):
    """What was written is no event; the message names what is amiss."""

    def __init__(self, column: str, message: str) -> None:
        """Take where and what it is."""
        super().__init__(f"`{column}` {message}")
        self.column = column
        self.message = message


def read_event(
    properties: Mapping[str, FieldType], cells: Mapping[str, object]
) -> tuple[Event, tuple[Problem, ...]]:
    """Return the event in `cells`, and what did not fit, by name; raises NoEvent.

    Values of declared `properties` are kept as they came, so that an event without an id is the
    same one whatever is declared; what does not fit their type is told.
    """
    subject, kind = _needed(cells, CONTACT), _type_of(_needed(cells, TYPE))
    occurred_at = _instant(cells)
    given = _text(cells, ID)
    fields, problems = _fields(cells)
    event = Event(
        id=given or derived_id(subject, kind, occurred_at, fields),
        subject=subject,
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )
    return event, (*problems, *_misfits(properties, cells)) if properties else problems


_type_of = lru_cache(maxsize=1_024)(canonical_type)


def _needed(cells: Mapping[str, object], column: str) -> str:
    text = _text(cells, column)
    if text is None:
        raise NoEvent(column, "is missing")
    return text


def _text(cells: Mapping[str, object], column: str) -> str | None:
    try:
        text = read_cell(cells.get(column), FieldType.TEXT)
    except Misfit as error:
        raise NoEvent(column, str(error)) from error
    return text if isinstance(text, str) else None


def _instant(cells: Mapping[str, object]) -> datetime:
    try:
        instant = read_instant(cells.get(OCCURRED_AT))
    except Misfit as error:
        raise NoEvent(OCCURRED_AT, str(error)) from error
    if instant is None:
        raise NoEvent(OCCURRED_AT, "is missing")
    return instant


def _fields(cells: Mapping[str, object]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
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
            problems = (*problems, Problem(message=str(error), path=path))
        else:
            if value is not None:
                fields[name] = value
    return fields, problems


def _misfits(properties: Mapping[str, FieldType], cells: Mapping[str, object]) -> Iterator[Problem]:
    """Yield a problem for each value that its declared type makes NULL."""
    for name, kind in properties.items():
        try:
            read_cell(cells.get(name), kind)
        except Misfit as error:
            yield Problem(message=str(error), path=name)


def _refuse_name(name: str) -> None:
    if not is_storable(name):
        raise Misfit("a property has a name that cannot be kept")
