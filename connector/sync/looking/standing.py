"""How everything stands: what is stored, what waits, what the last runs did."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.sync.amiss import amiss
from connector.sync.asking.pace import room_of, shares_of
from connector.sync.looking.lags import lags
from connector.sync.looking.left_out import left_out
from connector.sync.looking.runs import SHOWN, run_json
from connector.sync.outbox.drift import drift_of
from connector.sync.troubles import troubles

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.event_copy import EventCopy
    from connector.domain.ledger import Backlog, Run, StoredCursor
    from connector.domain.tallies import LaneTally, ReplicaTally
    from connector.ports.store import Transaction
    from connector.sync.asking.pace import Room
    from connector.sync.looking.lags import Lag
    from connector.sync.looking.left_out import LeftOut
    from connector.sync.troubles import Trouble
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Who works on an installation now."""

    owners: Sequence[str] = ()
    """The processes that own the cycles, daemons and commands."""
    address: str | None = None
    """Where the daemon of a SQLite file answers."""
    replicas: Sequence[ReplicaTally] = ()
    lanes: Sequence[LaneTally] = ()

    def to_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        return {
            "owners": list(self.owners),
            "address": self.address,
            "replicas": [{"owner": each.owner, "since": iso(each.since)} for each in self.replicas],
            "lanes": {
                each.lane: {"owner": each.owner, "until": iso(each.until)} for each in self.lanes
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The present state of an installation."""

    at: datetime
    contacts: int
    events: int
    waiting: int
    """Persons to be scored now."""
    decided_at: datetime | None
    troubles: Sequence[Trouble]
    """What the last runs were kept from, of platforms and couriers in the configuration."""
    streams: Sequence[StoredCursor]
    backlog: Mapping[str, Mapping[str, int]]
    """Outbound rows per platform and state."""
    drift: Mapping[str, Mapping[str, object]]
    """Per platform where values of ours were changed by somebody: how many were repaired, how
    many kept, and when the last of them was noticed."""
    triggers: Mapping[str, Mapping[str, int]]
    """What triggers want done, per trigger and state."""
    stages: Mapping[str, Mapping[str, int]]
    orphans: Mapping[str, int]
    """Events of contacts nobody knows, per platform."""
    runs: Sequence[Run]
    room: Room
    """What may be asked of platforms at once."""
    copy: EventCopy | None
    """The columnar copy of events; None when there is none."""
    lags: Sequence[Lag] = ()
    """How far behind its platform each stream is that is pulled."""
    inbound: Mapping[str, Backlog] = field(default_factory=dict)
    """The webhook calls of each platform that are not processed."""
    dead: Mapping[str, int] = field(default_factory=dict)
    """Per platform or other receiver that has any: what is not tried again by itself."""
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Per receiver: what the last push could not write, such as a field that is not there."""
    left_out: Sequence[LeftOut] = ()
    """What of webhook calls was left out lately, and why."""
    service: Service = field(default_factory=Service)
    shares: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The most that may ever be asked of platforms at once, per platform and limit."""
    is_room_of_others: bool = False
    """Whether what may be asked at once holds for a process that would start now, and not for the
    one that is at work."""

    def to_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        return {
            "at": iso(self.at),
            "contacts": self.contacts,
            "events": self.events,
            "waiting": self.waiting,
            "decided_at": _text(self.decided_at),
            "troubles": {each.platform: each.to_json() for each in self.troubles},
            "problems": {name: list(told) for name, told in self.problems.items()},
            "streams": [
                {
                    "platform": each.platform,
                    "stream": each.stream,
                    "pulled_at": iso(each.updated_at),
                }
                for each in self.streams
            ],
            "lags": [_lag_json(each, self.at) for each in self.lags],
            "inbound": {
                name: {"waiting": each.waiting, "dead": each.dead, "oldest_at": _text(each.oldest)}
                for name, each in self.inbound.items()
            },
            "dead": dict(self.dead),
            "left_out": [each.to_json() for each in self.left_out],
            "service": self.service.to_json(),
            "deliveries": self.backlog,
            "drift": self.drift,
            "triggers": self.triggers,
            "stages": self.stages,
            "orphans": self.orphans,
            "budgets": self.room.left,
            "budgets_open": {
                platform: {name: iso(opens) for name, opens in limits.items()}
                for platform, limits in self.room.opens.items()
            },
            "budgets_of_others": self.is_room_of_others,
            "event_copy": asdict(self.copy) if self.copy else None,
            "runs": [run_json(run) for run in self.runs],
        }


async def standing(workspace: Workspace, *, counts_clean: bool = True) -> Standing:
    """Return how everything stands now; cheap enough to be asked at any time.

    To count what is up to date takes half of it, where there are a million rows.
    """
    at, copy = workspace.clock.now(), await workspace.state.event_copy()
    owners, address = await workspace.state.owners(), await workspace.state.served_at()
    async with workspace.state.read() as tx:
        counts = await (tx.outbox.counts() if counts_clean else tx.outbox.unfinished())
        inbound = await tx.inbound.backlog()
        streams = await tx.cursors.all()
        return Standing(
            at=at,
            contacts=await tx.contacts.count(),
            events=await tx.events.count(),
            waiting=await tx.tallies.waiting(at, workspace.configuration.model.digest),
            decided_at=await tx.scores.latest_at(),
            troubles=await troubles(tx, _receivers(workspace, streams)),
            streams=streams,
            backlog=_by_state(counts),
            drift={
                name: found
                for name in workspace.configuration.model.targets
                if (found := await drift_of(tx, name))
            },
            triggers=_by_state(await tx.triggers.counts()),
            stages=await tx.scores.stages(),
            orphans=await tx.contacts.orphans(),
            runs=await tx.runs.last(SHOWN),
            room=room_of(workspace),
            shares=shares_of(workspace.configuration),
            copy=copy,
            lags=await lags(tx, workspace),
            inbound=inbound,
            dead=await given_up(tx, counts, inbound),
            problems=await amiss(tx, workspace.configuration.model.targets),
            left_out=await left_out(tx, _receivers(workspace, streams), at),
            service=await _service(tx, at, owners, address),
        )


async def _service(
    tx: Transaction, at: datetime, owners: Sequence[str], address: str | None
) -> Service:
    return Service(
        owners=owners,
        address=address,
        replicas=await tx.tallies.replicas(at),
        lanes=await tx.tallies.lanes(at),
    )


def _receivers(workspace: Workspace, streams: Sequence[StoredCursor]) -> Collection[str]:
    """Return who may have met trouble: where the files that name them are broken, who was read."""
    named = [*workspace.order, *workspace.couriers]
    return named or sorted({each.platform for each in streams})


async def given_up(
    tx: Transaction,
    rows: Mapping[str, Mapping[DeliveryState, int]],
    calls: Mapping[str, Backlog],
) -> Mapping[str, int]:
    """Return what is not tried again by itself, per platform or other receiver that has any.

    `rows` and `calls` are what is known to be outbound and inbound.
    """
    dead: Counter[str] = Counter()
    for name, states in rows.items():
        dead[name] += states.get(DeliveryState.DEAD, 0)
    for name, firings in (await tx.tallies.firings()).items():
        dead[name] += firings.get(FiringState.DEAD, 0)
    for name, backlog in calls.items():
        dead[name] += backlog.dead
    return {name: dead[name] for name in sorted(dead) if dead[name]}


def _by_state(
    counts: Mapping[str, Mapping[DeliveryState, int]] | Mapping[str, Mapping[FiringState, int]],
) -> Mapping[str, Mapping[str, int]]:
    return {
        name: {state.value: count for state, count in states.items() if count}
        for name, states in counts.items()
    }


def _lag_json(lag: Lag, at: datetime) -> dict[str, object]:
    since = lag.since(at)
    return {
        "platform": lag.platform,
        "stream": lag.stream,
        "every_seconds": lag.every.total_seconds(),
        "completed_at": _text(lag.completed_at),
        "lag_seconds": None if since is None else since.total_seconds(),
        "is_late": lag.is_late(at),
    }


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None
