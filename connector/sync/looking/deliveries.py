"""What is on its way or was given up: writes to platforms, actions of triggers, webhook calls.

Each has an id that a person can type: ``write:crm:12``, ``action:3f9c01d2ab`` or
``call:91be77a0c4``.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.config.settings import variable
from connector.domain.instants import iso
from connector.domain.ledger import Firing, FiringState, Inbound, is_courier
from connector.domain.outbound import INTERRUPTED, STILL_OPEN, DeliveryState, Outbound
from connector.errors import NotFound
from connector.sync.outbox.difference import Difference, difference
from connector.sync.triggers.delivering import UNSEEN
from connector.sync.troubles import hindrances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.records import Person
    from connector.domain.values import Written
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

State: TypeAlias = Literal["waiting", "pending", "in_flight", "dead"]
STATES: tuple[State, ...] = ("dead", "in_flight", "pending", "waiting")
"""In the order in which they are shown: what asks for somebody first."""
Subject: TypeAlias = "Outbound | Firing | Inbound"

_DIGITS = 5
"""Bytes of a hash that stand for a long key."""
_DIGITS_OF_A_NUMBER = 18
"""What any database can hold."""
_PAGE = 1_000
_NO_TARGET = "is no target any more"
_BROKEN = "is known once the files on disk are mended"
_CAUSES: Mapping[str, str] = {
    INTERRUPTED: "heatsync was stopped while it was sent: it may have arrived, and is tried again",
    STILL_OPEN: "an attempt before may still arrive, and something else is to be written since: it "
    "is tried again",
    UNSEEN: "heatsync was stopped while it was sent: it may have arrived, and is not sent twice",
}
"""What rows remember for heatsync itself, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to be delivered."""

    id: str
    kind: Literal["write", "action", "call"]
    to: str
    """The platform, or a courier as ``notify SALES``; of a call, the platform it came from."""
    state: State
    contact: str | None
    """The address or our id; None for a call, which may be about many."""
    what: Sequence[str]
    """What is to be done, in words."""
    attempts: int
    next_try_at: datetime | None
    """None: as soon as may be, or never when it is dead."""
    cause: str | None
    """Why it was not done yet."""
    since: datetime | None
    """When it was decided, fired or received."""
    subject: Subject = field(repr=False)

    def to_json(self) -> dict[str, object]:
        """Return the shape that `deliveries show --json` prints."""
        return {
            "id": self.id,
            "kind": self.kind,
            "to": self.to,
            "state": self.state,
            "contact": self.contact,
            "what": list(self.what),
            "attempts": self.attempts,
            "next_try_at": iso(self.next_try_at) if self.next_try_at else None,
            "cause": self.cause,
            "since": iso(self.since) if self.since else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """Those that were asked for, and how many there are in all."""

    counts: Mapping[str, Mapping[str, int]]
    """Per receiver and state; of a platform's calls as ``calls of crm``."""
    shown: Sequence[Delivery]

    def to_json(self) -> dict[str, object]:
        """Return the shape that `deliveries list --json` prints."""
        return {"counts": self.counts, "deliveries": [each.to_json() for each in self.shown]}


async def deliveries(
    workspace: Workspace, *, to: str | None = None, state: State | None = None, limit: int = 50
) -> Deliveries:
    """Return what is on its way or was given up: at most `limit`, what is dead first."""
    async with workspace.state.read() as tx:
        counts = await _counts(tx, to)
        found: list[Delivery] = []
        for each in STATES if state is None else (state,):
            found += await _in_state(tx, workspace, each, to, limit - len(found))
            if len(found) >= limit:
                break
    return Deliveries(counts=counts, shown=found)


async def delivery(workspace: Workspace, text: str) -> Delivery:
    """Return the delivery with an id; raises NotFound."""
    async with workspace.state.read() as tx:
        return await find(tx, workspace, text)


async def find(tx: Transaction, workspace: Workspace, text: str) -> Delivery:
    """Return the delivery with an id, as it is in this transaction; raises NotFound."""
    kind, _, rest = text.partition(":")
    if kind == "write":
        platform, _, contact = rest.rpartition(":")
        is_number = contact.isdecimal() and len(contact) <= _DIGITS_OF_A_NUMBER
        rows = await tx.outbox.rows(platform, [int(contact)]) if is_number else {}
        found = await writes(tx, workspace, list(rows.values()))
    elif kind == "action":
        firings = [each for each in await tx.triggers.list() if _short(each.key) == rest]
        found = await _actions(tx, workspace, firings)
    else:
        calls = await tx.inbound.list(limit=_PAGE * _PAGE) if kind == "call" else ()
        found = [_call(each) for each in calls if _short(each.platform, each.id) == rest]
    if len(found) != 1:
        msg = f"there is no delivery {text} any more; `heatsync deliveries` lists those there are"
        raise NotFound(msg)
    return found[0]


def cause_of(subject: Outbound | Firing) -> str | None:
    """Return why something was not done yet, in words; None where there is no cause."""
    return _CAUSES.get(subject.last_error or "", subject.last_error)


async def _in_state(
    tx: Transaction, workspace: Workspace, state: State, to: str | None, limit: int
) -> list[Delivery]:
    """Return deliveries in one state: writes, then actions, then calls."""
    found: list[Delivery] = []
    if state != "waiting":
        states = [DeliveryState(state)]
        rows = await tx.outbox.list(platform=to, states=states, limit=limit)
        found += await writes(tx, workspace, rows)
    firings = await tx.triggers.list(states=[FiringState(state)], destination=to, limit=limit)
    found += await _actions(tx, workspace, firings)
    if state in {"dead", "pending"}:
        is_dead = state == "dead"
        calls = await tx.inbound.list(platform=to, is_dead=is_dead, limit=limit)
        found += map(_call, calls)
    return found[:limit]


async def _counts(tx: Transaction, to: str | None) -> Mapping[str, Mapping[str, int]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for platform, states in (await tx.outbox.unfinished()).items():
        counts[platform].update({state.value: count for state, count in states.items()})
    for destination, per_state in (await tx.triggers.open_counts()).items():
        counts[destination].update({state.value: count for state, count in per_state.items()})
    for platform, backlog in (await tx.inbound.backlog()).items():
        counts[f"calls of {platform}"] += Counter(pending=backlog.waiting, dead=backlog.dead)
    return {
        name: {state: per_state[state] for state in STATES if per_state[state]}
        for name, per_state in sorted(counts.items())
        if any(per_state[state] for state in STATES)
        and to in {None, name, name.removeprefix("calls of ")}
    }


async def writes(tx: Transaction, workspace: Workspace, rows: Sequence[Outbound]) -> list[Delivery]:
    """Return what is left to be written of these rows, in words."""
    persons = await tx.contacts.persons({row.contact for row in rows})
    targets = workspace.configuration.model.targets
    found = [
        Delivery(
            id=f"write:{row.platform}:{row.contact}",
            kind="write",
            to=row.platform,
            state=_of_row(row),
            contact=row.email or _name(persons.get(row.contact)),
            what=_wanted(row, difference(row, target))
            if target
            else (_NO_TARGET if workspace.platforms else _BROKEN,),
            attempts=row.attempts,
            next_try_at=row.not_before,
            cause=cause_of(row),
            since=row.decided_at,
            subject=row,
        )
        for row in rows
        for target in (targets.get(row.platform),)
        if row.state is not DeliveryState.CLEAN
    ]
    return await _hindered(tx, found)


async def _actions(
    tx: Transaction, workspace: Workspace, firings: Sequence[Firing]
) -> list[Delivery]:
    persons = await tx.contacts.persons({each.contact for each in firings})
    found = [
        Delivery(
            id=f"action:{_short(each.key)}",
            kind="action",
            to=each.destination,
            state=_of_firing(each),
            contact=_name(persons.get(each.contact)),
            what=(f"{each.kind} by trigger {each.trigger}",),
            attempts=each.attempts,
            next_try_at=each.not_before,
            cause=cause_of(each) or _unheard(workspace, each),
            since=each.at,
            subject=each,
        )
        for each in firings
    ]
    return await _hindered(tx, found)


async def _hindered(tx: Transaction, found: Sequence[Delivery]) -> list[Delivery]:
    """Return them with what keeps their receivers from being told, where nothing else is known."""
    silent = {each.to for each in found if each.state == "pending" and not each.cause}
    known = await hindrances(tx, silent)
    return [
        replace(each, cause=f"{each.to}: {known[each.to].message}")
        if each.state == "pending" and not each.cause and each.to in known
        else each
        for each in found
    ]


def _unheard(workspace: Workspace, firing: Firing) -> str | None:
    """Return which variable nobody set, where a courier waits for that; None where it does not."""
    lane = firing.destination
    if not is_courier(lane) or lane in workspace.couriers or not workspace.platforms:
        return None
    name = lane.removeprefix(f"{firing.kind} ").lower()
    if firing.kind == "notify":
        return f"the variable {variable('notify', name)} is not set"
    url, secret = (variable("webhooks", name, part) for part in ("url", "secret"))
    return f"the variable {url} or {secret} is not set"


def _call(call: Inbound) -> Delivery:
    return Delivery(
        id=f"call:{_short(call.platform, call.id)}",
        kind="call",
        to=call.platform,
        state="dead" if call.is_dead else "pending",
        contact=None,
        what=(f"webhook call of {len(call.body):,} bytes",),
        attempts=call.attempts,
        next_try_at=call.not_before,
        cause=call.last_error,
        since=call.received_at,
        subject=call,
    )


def _of_row(row: Outbound) -> State:
    states: dict[DeliveryState, State] = {
        DeliveryState.IN_FLIGHT: "in_flight",
        DeliveryState.DEAD: "dead",
    }
    return states.get(row.state, "pending")


def _of_firing(firing: Firing) -> State:
    states: dict[FiringState, State] = {
        FiringState.WAITING: "waiting",
        FiringState.IN_FLIGHT: "in_flight",
        FiringState.DEAD: "dead",
    }
    return states.get(firing.state, "pending")


def _wanted(row: Outbound, left: Difference) -> Sequence[str]:
    """Return what a row still needs, in words."""
    told = [] if row.remote_id else ["is to be created"]
    told += [
        f"{name}: {_shown(row.confirmed.attributes.get(name))} → {_shown(value)}"
        for name, value in left.attributes.items()
    ]
    told += [f"list {name}: {'in' if on else 'out'}" for name, on in left.lists.items()]
    told += [f"tag {name}: {'on' if on else 'off'}" for name, on in left.tags.items()]
    if left.stage is not None:
        told.append(f"stage: {row.confirmed.stage or '-'} → {left.stage or '-'}")
    return told


def _shown(value: Written) -> str:
    # Half a surrogate pair, which strangers send, cannot be printed.
    return "-" if value is None else str(value).encode(errors="replace").decode()


def _name(person: Person | None) -> str | None:
    return None if person is None else person.email or person.key


def _short(*words: str) -> str:
    """Return a few digits that stand for a long key."""
    content = "\x00".join(words).encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=_DIGITS).hexdigest()
