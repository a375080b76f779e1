"""How long calls to a platform take within its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from connector.domain.changes import AttributeChange
from connector.domain.instants import parse_instant
from connector.ports.budget import share_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.values import Written
    from connector.ports.budget import Bucket
    from connector.ports.platform import Capabilities
    from connector.sync.workspace import Workspace

ALONE = "alone"
"""The kind of attributes that go in no batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What may be asked of a platform now, and what some calls come to."""

    left: Mapping[str, int | None] = field(default_factory=dict)
    """The calls that may be made at once, per limit; empty where there is none."""
    takes: timedelta = timedelta()
    """The least time that the limits make the calls take; zero: they may be made at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What may be asked of platforms at once, as one process knows it."""

    left: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    """Requests, per platform with limits and per limit."""
    opens: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """From when on one may be made, per platform and limit that lets none through now."""

    @classmethod
    def told(cls, status: Mapping[str, Any]) -> Room:
        """Return what another process told with how everything stands."""
        return cls(
            left=status["budgets"],
            opens={
                name: {limit: parse_instant(opens) for limit, opens in limits.items()}
                for name, limits in status["budgets_open"].items()
            },
        )


def room_of(workspace: Workspace) -> Room:
    """Return what this process may ask of platforms at once.

    A process that starts waits until those before it cannot have asked any more: of one that is at
    work beside it, this says nothing.
    """
    budgets = workspace.budgets.items()
    return Room(
        left={name: left for name, each in budgets if (left := each.left())},
        opens={name: opens for name, each in budgets if (opens := each.opens())},
    )


def pace_of(workspace: Workspace, name: str, calls: int, room: Room | None = None) -> Pace:
    """Return how fast `calls` writes can reach the platform `name`.

    `room` is what whoever makes them may ask at once; None: this process makes them.
    """
    room = room or room_of(workspace)
    if name not in room.left:
        return Pace()
    entry = workspace.configuration.platform(name)
    left, now = room.left[name], workspace.clock.now()
    waits = {bucket: opens - now for bucket, opens in room.opens.get(name, {}).items()}
    buckets = entry.adapter.buckets(entry.config)
    return Pace(left=left, takes=least_time(calls, buckets, entry.config.percent, left, waits))


def least_time(
    calls: int,
    buckets: Sequence[Bucket],
    percent: int,
    left: Mapping[str, int | None],
    waits: Mapping[str, timedelta],
) -> timedelta:
    """Return the time that `calls` writes take at least, when `percent` of each limit is ours.

    `waits` says how long a limit lets none through, where that is known; else it is a window.
    """
    spans = []
    for bucket in buckets:
        share = share_of(bucket.limit, percent)
        windows = _windows(calls, share, left.get(bucket.name)) if bucket.counts_writes else 0
        if windows:
            first = waits.get(bucket.name, bucket.window)
            spans.append(first + bucket.window * (windows - 1))
    return max(spans, default=timedelta())


def are_alone(values: Iterable[Written], able: Capabilities) -> bool:
    """Return whether a contact's attributes with these values go in no batch."""
    return any(map(able.goes_alone, values))


def calls_for(kind: str, count: int, able: Capabilities) -> int:
    """Return how many calls so many changes of a kind take, sent in full batches."""
    batch = able.list_batch if kind == "list" else able.attribute_batch
    full, rest = divmod(count, batch)
    calls = full * calls_of_batch(kind, batch, able) if full else 0
    return calls + (calls_of_batch(kind, rest, able) if rest else 0)


def calls_of_batch(kind: str, count: int, able: Capabilities) -> int:
    """Return how many calls one batch takes; for most platforms it is one."""
    if able.calls_of is not None:
        return able.calls_of(kind, count)
    return count if kind == ALONE else 1


def calls_of_changes(kind: str, batch: Sequence[object], able: Capabilities) -> int:
    """Return how many calls one batch takes, by what is in it."""
    if able.calls_of is None:
        return 1
    alone = sum(
        isinstance(each, AttributeChange) and are_alone(each.values.values(), able)
        for each in batch
    )
    parts = ((kind, len(batch) - alone), (ALONE, alone))
    return sum(calls_of_batch(each, count, able) for each, count in parts if count)


def _windows(calls: int, share: int, left: int | None) -> int:
    """Return how many windows have to pass before the last call."""
    at_once = share if left is None else left
    return max(0, ceil((calls - at_once) / share))
