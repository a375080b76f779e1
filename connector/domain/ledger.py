"""What the state keeps beside contacts and events: cursors, decisions, firings, calls, runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.pages import Cursor
    from connector.domain.values import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCursor:
    """Where a stream of a platform resumes."""

    platform: str
    stream: str
    cursor: Cursor
    reading: str
    """Digest of what was asked for; when that changes the stream starts anew."""
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A person as `top` shows them."""

    contact: int
    key: str
    email: str | None
    value: float
    rounded: float
    stage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """That a score, stage or grade became another."""

    name: str
    at: datetime
    value: float | None
    rounded: float | None
    stage: str | None
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision in place of a computed score."""

    contact: int
    score: str
    value: float
    reason: str
    made_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerState:
    """Whether a trigger's condition held for a person when last looked at."""

    contact: int
    trigger: str
    is_active: bool
    since: datetime
    """Since when that is so."""
    fired_at: datetime | None = None
    """When it last fired."""


class FiringState(Enum):
    """Where one thing to be done stands."""

    WAITING = "waiting"
    """Over the limit; dropped when its condition ends."""
    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    DONE = "done"
    DROPPED = "dropped"
    """Called off: its condition ended, or it must not be done."""
    DEAD = "dead"
    """Rejected for good."""


COURIERS = frozenset({"notify", "webhook"})
"""Kinds of deed that are done on no platform, but by couriers."""


def lane_of(kind: str, destination: str) -> str:
    """Return the name of the lane in which a deed is done: a platform, or ``notify SALES``."""
    return f"{kind} {destination}" if kind in COURIERS else destination


def is_courier(lane: str) -> bool:
    """Return whether a lane is that of a courier, and of no platform."""
    kind, blank, _ = lane.partition(" ")
    return bool(blank) and kind in COURIERS


UNFINISHED = frozenset({FiringState.WAITING, FiringState.PENDING, FiringState.IN_FLIGHT})
OPEN = UNFINISHED | {FiringState.DEAD}
"""Nobody has called these off, and they are not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One thing to be done once because a trigger fired."""

    key: str
    """Idempotency key: trigger, person, instant of entry, and which of its deeds."""
    contact: int
    trigger: str
    kind: str
    destination: str
    """The name of the lane in which it is done."""
    at: datetime
    """When the trigger fired; while it waits, when its condition became true."""
    params: Mapping[str, Written] = field(default_factory=dict)
    state: FiringState
    fence: int = 0
    attempts: int = 0
    not_before: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One webhook call that reached us, stored before it was answered."""

    platform: str
    id: str
    """The key under which it is stored once."""
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    received_at: datetime
    fence: int = 0
    attempts: int = 0
    not_before: datetime | None = None
    last_error: str | None = None
    is_dead: bool = False
    """Whether it is not tried again by itself."""
    about: tuple[str, ...] = ()
    """Keys of whom it tells, and of what it says of nobody: to be stored, and never given back."""
    content: str | None = None
    """The key of what it says, where nothing in it tells an equal one from a repeat; as `about`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The calls of one platform that are not processed."""

    waiting: int
    dead: int
    oldest: datetime | None
    """When the first of those that wait reached us; None when none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One cycle as it is remembered."""

    id: int | None = None
    command: str
    started_at: datetime
    finished_at: datetime | None = None
    at: datetime
    summary: str | None = None
    """JSON, the shape of `sync --json`."""
    error: str | None = None
