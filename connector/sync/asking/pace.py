"""How long calls to a platform take within its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from connector.domain.instants import parse_instant
from connector.ports.budget import share_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.config.configuration import Configuration
    from connector.ports.budget import Bucket
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What may be asked of a platform now, and what some calls come to."""

    left: Mapping[str, int | None] = field(default_factory=dict)
    """The calls that may be made at once, per limit; empty where there is none."""
    takes: timedelta = timedelta()
    """The least time that the limits make the calls take; zero: they may be made at once."""
    binds: str | None = None
    """The limit that makes them take the longest, where any makes them wait."""


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
    """Return what this process may ask of platforms at once, as far as it knows of others."""
    budgets = workspace.budgets.items()
    return Room(
        left={name: left for name, each in budgets if (left := each.left())},
        opens={name: opens for name, each in budgets if (opens := each.opens())},
    )


def shares_of(configuration: Configuration) -> Mapping[str, Mapping[str, int]]:
    """Return how much of each limit is ours, per platform."""
    return {
        entry.name: {
            each.name: share_of(each.limit, entry.config.percent)
            for each in entry.adapter.buckets(entry.config)
        }
        for entry in configuration.platforms
    }


def pace_of(
    workspace: Workspace, name: str, calls: Mapping[str, int], room: Room | None = None
) -> Pace:
    """Return how fast writes can reach the platform `name`, so many `calls` in each limit.

    `room` is what whoever makes them may ask at once; None: this process makes them.
    """
    room = room or room_of(workspace)
    if name not in room.left:
        return Pace()
    entry = workspace.configuration.platform(name)
    left, now = room.left[name], workspace.clock.now()
    waits = {bucket: opens - now for bucket, opens in room.opens.get(name, {}).items()}
    buckets = entry.adapter.buckets(entry.config)
    times = least_times(calls, buckets, entry.config.percent, left, waits)
    binds = max(times, key=lambda each: times[each], default=None)
    return Pace(left=left, takes=times[binds] if binds else timedelta(), binds=binds)


def least_times(
    calls: Mapping[str, int],
    buckets: Sequence[Bucket],
    percent: int,
    left: Mapping[str, int | None],
    waits: Mapping[str, timedelta],
) -> Mapping[str, timedelta]:
    """Return the time that the limits make writes take at least, by the limits that make them wait.

    `calls` says how many count in each limit, of which `percent` is ours; `waits` how long one lets
    none through, where that is known; else it is a window.
    """
    times: dict[str, timedelta] = {}
    for bucket in buckets:
        share = share_of(bucket.limit, percent)
        if windows := _windows(calls.get(bucket.name, 0), share, left.get(bucket.name)):
            first = waits.get(bucket.name, bucket.window)
            times[bucket.name] = first + bucket.window * (windows - 1)
    return times


def _windows(calls: int, share: int, left: int | None) -> int:
    """Return how many windows have to pass before the last call."""
    at_once = share if left is None else left
    return max(0, ceil((calls - at_once) / share))
