"""Events in dicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.events import EVENT_COLUMNS, Event, fields_to_json
from connector.domain.frames import AT, CONTACT, EVENT_ID, event_schema
from connector.domain.instants import MICROSECOND
from connector.domain.records import SavedEvents
from state.decoding import columns, whole
from state.memory.tables import StoredEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.values import FieldType
    from state.memory.tables import Tables


class MemoryEvents:
    """Keeps the contract of EventStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def save(
        self,
        platform: str,
        events: Sequence[tuple[int, Event]],
        recorded_at: datetime,
        *,
        keep_later: bool = False,
    ) -> SavedEvents:
        """Store events, each with the number of its subject."""
        last = {event.id: (subject, event) for subject, event in events}
        new = corrected = 0
        touched: set[int] = set()
        for subject, event in last.values():
            before = self._tables.events.get((platform, event.id))
            if before is None:
                new += 1
            elif _content(before.subject, before.event) == _content(subject, event) or (
                keep_later and before.event.occurred_at > event.occurred_at
            ):
                continue
            else:
                corrected += 1
                touched.add(before.subject)
            self._put(platform, subject, event, before, recorded_at)
            touched.add(subject)
        return SavedEvents(new=new, corrected=corrected, subjects=frozenset(touched))

    async def frame(
        self, contacts: Collection[int] | None, properties: Mapping[str, FieldType]
    ) -> pl.LazyFrame:
        """Return the current events of persons (of everybody when None) as `event_schema` says."""
        wanted = None if contacts is None else frozenset(contacts)
        owner = {
            number: subject.contact
            for number, subject in self._tables.subjects.items()
            if subject.contact is not None and (wanted is None or subject.contact in wanted)
        }
        found = [
            (platform, owner[stored.subject], stored.event)
            for (platform, _), stored in self._tables.events.items()
            if stored.subject in owner
        ]
        types = {
            k: v
            for k, v in {**EVENT_COLUMNS, **properties}.items()
            if k not in {"type", "platform"}
        }
        schema = event_schema(properties)
        frame = pl.DataFrame(
            [
                pl.Series(CONTACT, [each for _, each, _ in found], dtype=pl.Int64),
                pl.Series(AT, [event.occurred_at for *_, event in found], dtype=schema[AT]),
                pl.Series(EVENT_ID, [whole(event.id) for *_, event in found], dtype=pl.String),
                pl.Series("type", [whole(event.type) for *_, event in found], dtype=pl.String),
                pl.Series("platform", [each for each, _, _ in found], dtype=pl.String),
                *columns([fields_to_json(event.fields) for *_, event in found], types),
            ]
        )
        return frame.select(schema.names()).lazy()

    async def count(self) -> int:
        """Return how many current events there are."""
        return len(self._tables.events)

    async def types(self) -> Mapping[tuple[str, str], int]:
        """Return the number of current events per platform and type."""
        return Counter(
            (platform, stored.event.type) for (platform, _), stored in self._tables.events.items()
        )

    def _put(
        self,
        platform: str,
        subject: int,
        event: Event,
        before: StoredEvent | None,
        recorded_at: datetime,
    ) -> None:
        if before is not None:
            recorded_at = max(recorded_at, before.recorded_at + MICROSECOND)
            old = replace(before, superseded_at=recorded_at)
            self._tables.superseded.append((platform, old))
        self._tables.events[platform, event.id] = StoredEvent(
            subject=subject, event=event, recorded_at=recorded_at
        )


def _content(subject: int, event: Event) -> tuple[object, ...]:
    """Return what makes two versions differ: how the platform wrapped it does not."""
    return subject, event.type, event.occurred_at, fields_to_json(event.fields)
