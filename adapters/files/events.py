"""A row of the events file as an event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.written_events import PLATFORM, NoEvent
from connector.domain.written_events import read_event as read_written
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.files.rows import Row
    from connector.domain.events import Event
    from connector.domain.values import FieldType


def read_event(
    properties: Mapping[str, FieldType], shown: str, row: Row
) -> tuple[Event | None, tuple[Problem, ...]]:
    """Return the event in `row`, None when it is no event, and what did not fit."""
    line, cells = row
    try:
        event, problems = read_written(properties, cells)
    except NoEvent as error:
        text = f"the row is left out: {error}"
        return None, (Problem(message=text, file=shown, line=line),)
    if problems:
        problems = tuple(replace(each, file=shown, line=line) for each in problems)
    return event, problems


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
