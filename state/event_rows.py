"""Stored events as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import BigInteger, Text, exists, select, type_coerce

from connector.domain.events import EVENT_COLUMNS
from connector.domain.frames import AT, CONTACT, EVENT_ID, INSTANT, event_schema
from state.columns import restored
from state.decoding import columns, whole
from state.schema import EVENTS, SUBJECTS
from state.statements import frame_of, frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from connector.domain.values import FieldType

_ESCAPE = "\ufdd0"
IS_CURRENT = EVENTS.c.superseded_at.is_(None)
"""The condition that an event was not corrected since."""
_OTHER, _OF_OTHER = EVENTS.alias("other"), SUBJECTS.alias("of_other")
_IS_NEWER = (_OTHER.c.recorded_at > EVENTS.c.recorded_at) | (
    (_OTHER.c.recorded_at == EVENTS.c.recorded_at) & (_OTHER.c.id < EVENTS.c.id)
)
IS_REPEATED = EVENTS.c.occasion.is_not(None) & (
    exists()
    .where(
        _OTHER.c.occasion == EVENTS.c.occasion,
        _OTHER.c.platform == EVENTS.c.platform,
        _OTHER.c.subject.in_(
            select(_OF_OTHER.c.id)
            .where(_OF_OTHER.c.contact == SUBJECTS.c.contact)
            .correlate(SUBJECTS)
        ),
        _OTHER.c.superseded_at.is_(None),
        _IS_NEWER,
    )
    .correlate(EVENTS, SUBJECTS)
)
"""The condition that another current event of the person tells of the same occasion instead.

Without an occasion nothing is looked up.
"""


def event_frame(
    connection: Connection, whose: ColumnElement[bool], properties: Mapping[str, FieldType]
) -> pl.DataFrame:
    """Return the current events of the subjects that `whose` chooses, as `event_schema` says."""
    return frame_of(connection, _query(whose), event_schema(properties), _building(properties))


def event_frames(
    connection: Connection, whose: ColumnElement[bool], properties: Mapping[str, FieldType]
) -> Iterator[pl.DataFrame]:
    """Yield what `event_frame` returns in parts, ascending by the number of the contact."""
    query = _query(whose).order_by(SUBJECTS.c.contact)
    yield from frames_of(connection, query, event_schema(properties), _building(properties))


def _query(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            SUBJECTS.c.contact,
            type_coerce(EVENTS.c.occurred_at, BigInteger),
            type_coerce(EVENTS.c.id, Text),
            type_coerce(EVENTS.c.type, Text),
            type_coerce(EVENTS.c.platform, Text),
            EVENTS.c.fields,
        )
        .join(EVENTS, EVENTS.c.subject == SUBJECTS.c.id)
        .where(IS_CURRENT, ~IS_REPEATED, whose)
    )


def _building(
    properties: Mapping[str, FieldType],
) -> Callable[[list[Sequence[Any]]], Iterable[pl.Series]]:
    types = {
        name: kind
        for name, kind in {**EVENT_COLUMNS, **properties}.items()
        if name not in {"type", "platform"}
    }

    def build(found: list[Sequence[Any]]) -> Iterable[pl.Series]:
        numbers, instants, ids, kinds, platforms, fields = found
        yield pl.Series(CONTACT, numbers, dtype=pl.Int64)
        yield pl.Series(AT, instants, dtype=pl.Int64).cast(INSTANT)
        yield _texts(EVENT_ID, ids)
        yield _texts("type", kinds)
        yield _texts("platform", platforms)
        yield from columns(fields, types)

    return build


def _texts(name: str, values: Sequence[str]) -> pl.Series:
    """Return texts as they were given; only a strange one costs anything."""
    if _ESCAPE in "".join(values):
        values = [whole(restored(value)) for value in values]
    return pl.Series(name, values, dtype=pl.String)
