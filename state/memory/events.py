"""Events in dicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.events import EVENT_COLUMNS, Event, fields_to_json
from connector.domain.frames import AT, CONTACT, EVENT_ID, event_schema
from connector.domain.instants import MICROSECOND, to_micros
from connector.domain.records import SavedEvents
from state.columns import storable
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

    async def refs(self, platform: str, ids: Collection[str]) -> Mapping[str, str]:
        """Return by id, of those events that are known, whom they are about as they name them."""
        events, subjects = self._tables.events, self._tables.subjects
        return {
            each: subjects[events[platform, each].subject].ref
            for each in ids
            if (platform, each) in events
        }

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
        repeated = self._repeated()
        found = [
            (platform, owner[stored.subject], stored.event)
            for (platform, number), stored in self._tables.events.items()
            if stored.subject in owner and (platform, number) not in repeated
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
        return len(self._tables.events) - len(self._repeated())

    async def types(self) -> Mapping[tuple[str, str], int]:
        """Return the number of current events per platform and type."""
        repeated = self._repeated()
        return Counter(
            (key[0], stored.event.type)
            for key, stored in self._tables.events.items()
            if key not in repeated
        )

    def _repeated(self) -> set[tuple[str, str]]:
        """Return which events tell of an occasion that another of the person counts for."""
        ordered = sorted(
            ((key, it) for key, it in self._tables.events.items() if it.event.occasion is not None),
            key=lambda each: (-to_micros(each[1].recorded_at), storable(each[0][1])),
        )
        counted: set[tuple[int, str, str | None]] = set()
        repeated: set[tuple[str, str]] = set()
        for key, stored in ordered:
            person = self._tables.subjects[stored.subject].contact
            if person is None:
                continue
            occasion = (person, key[0], stored.event.occasion)
            if occasion in counted:
                repeated.add(key)
            counted.add(occasion)
        return repeated

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
    fields = fields_to_json(event.fields)
    return subject, event.type, event.occurred_at, fields, event.occasion
