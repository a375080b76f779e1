"""What a state in dicts holds. Every value is frozen, so that a copy of the dicts is a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from connector.domain.events import Event
    from connector.domain.ledger import (
        Firing,
        HistoryEntry,
        Inbound,
        Override,
        Run,
        StoredCursor,
        TriggerState,
    )
    from connector.domain.outbound import Outbound
    from connector.domain.records import Person, Record, RecordChange, Subject
    from connector.domain.tellings import Said

KEY = b"in memory"
"""Of hashes of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands with scoring."""

    stale: int = 0
    decided_at: datetime | None = None
    model: str = ""
    next_change_at: datetime | None = None
    dimensions: str | None = None
    rules: str | None = None
    cohort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One version of an event."""

    subject: int
    event: Event
    recorded_at: datetime
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score or grade as last decided."""

    value: float | None
    rounded: float | None
    stage: str | None
    day: datetime | None = None
    """When the day began in which it last became another."""
    before: float | None = None
    """What it was rounded as that day began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who works on a row, and until when."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInbound:
    """A webhook call and what became of it."""

    call: Inbound
    lease: Lease | None = None
    not_before: datetime | None = None
    processed_at: datetime | None = None
    last_error: str | None = None
    is_dead: bool = False


@dataclass(slots=True, kw_only=True)
class Tables:
    """Everything one installation knows."""

    cursors: dict[tuple[str, str], StoredCursor] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    changes: list[RecordChange] = field(default_factory=list)
    persons: dict[int, Person] = field(default_factory=dict)
    standing: dict[int, Standing] = field(default_factory=dict)
    subjects: dict[int, Subject] = field(default_factory=dict)
    memberships: dict[tuple[str, str, str], None] = field(default_factory=dict)
    events: dict[tuple[str, str], StoredEvent] = field(default_factory=dict)
    superseded: list[tuple[str, StoredEvent]] = field(default_factory=list)
    scores: dict[tuple[int, str], Score] = field(default_factory=dict)
    score_history: list[tuple[int, HistoryEntry]] = field(default_factory=list)
    stage_moves: dict[tuple[datetime, str, str, str], int] = field(default_factory=dict)
    cohort_scores: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    overrides: list[Override] = field(default_factory=list)
    models: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    outbound: dict[tuple[str, int], Outbound] = field(default_factory=dict)
    outbound_leases: dict[tuple[str, int], Lease] = field(default_factory=dict)
    trigger_states: dict[tuple[int, str], TriggerState] = field(default_factory=dict)
    firings: dict[str, Firing] = field(default_factory=dict)
    firing_leases: dict[str, Lease] = field(default_factory=dict)
    trigger_counts: dict[tuple[str, datetime], int] = field(default_factory=dict)
    inbound: dict[tuple[str, str], StoredInbound] = field(default_factory=dict)
    call_counts: dict[tuple[str, str, datetime], int] = field(default_factory=dict)
    tellings: dict[tuple[str, str], Said] = field(default_factory=dict)
    moves: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    forgotten: dict[str, datetime] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Tables:
        """Return tables that can change without these."""
        return Tables(**{each.name: getattr(self, each.name).copy() for each in fields(self)})

    def next(self, counter: str) -> int:
        """Return a number that this counter has never given."""
        self.counters[counter] = self.counters.get(counter, 0) + 1
        return self.counters[counter]
