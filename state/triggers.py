"""Which triggers hold, and the things to be done because they fired."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from connector.domain.instants import to_micros
from connector.domain.ledger import OPEN, UNFINISHED, Firing, FiringState, TriggerState
from state.codec import written_from_json, written_to_json
from state.counters import LATEST_AT, raise_to
from state.schema import FIRINGS, TRIGGER_COUNTS, TRIGGER_STATES
from state.statements import among, change, insert_new, upsert
from state.waiting import has_come

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from state.database import Session

_PENDING = FiringState.PENDING.value
_IN_FLIGHT = FiringState.IN_FLIGHT.value
_STATE_KEYS = ("contact", "trigger")
_PART = 1_000
# The state is written out, since a partial index is used only where its condition is seen.
_IS_WAITING = FIRINGS.c.state == literal_column(f"'{FiringState.WAITING.value}'")
_SETTLE = (
    update(FIRINGS)
    .where(FIRINGS.c.key == bindparam("of_key"), FIRINGS.c.fence == bindparam("of_fence"))
    .values(
        state=bindparam("now_state"),
        attempts=bindparam("now_attempts"),
        not_before=bindparam("later"),
        last_error=bindparam("error"),
        lease_owner=None,
        lease_until=None,
    )
)
_RENEWED = ("state", "params", "attempts", "not_before", "last_error")
_TAKE_UP = (
    update(FIRINGS)
    .where(FIRINGS.c.key == bindparam("new_key"), FIRINGS.c.state == FiringState.DROPPED.value)
    .values({name: bindparam(f"new_{name}") for name in _RENEWED})
)
"""Whoever leaves and comes again within an instant has a firing of the same key."""


class Triggers:
    """Keeps the contract of TriggerStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def states(self, contacts: Collection[int]) -> Sequence[TriggerState]:
        """Return what is known of the triggers of these persons."""

        def work(connection: Connection) -> Sequence[TriggerState]:
            query = select(TRIGGER_STATES).where(
                among(connection, TRIGGER_STATES.c.contact, contacts)
            )
            ordered = query.order_by(*(TRIGGER_STATES.c[key] for key in _STATE_KEYS))
            return [TriggerState(**row) for row in connection.execute(ordered).mappings()]

        return await self._session.run(work)

    async def save_states(self, states: Sequence[TriggerState]) -> None:
        """Insert or replace what is known."""
        rows = [
            {
                "contact": each.contact,
                "trigger": each.trigger,
                "is_active": each.is_active,
                "since": each.since,
                "fired_at": each.fired_at,
            }
            for each in states
        ]
        await self._session.run(
            lambda connection: upsert(connection, TRIGGER_STATES, rows, keys=_STATE_KEYS)
        )

    async def add(self, firings: Sequence[Firing]) -> int:
        """Insert firings whose key is new, or was that of one called off; return how many."""
        rows = [_to_row(firing) for firing in firings]

        def work(connection: Connection) -> int:
            new = insert_new(connection, FIRINGS, rows, keys=["key"])
            if new == len(rows):
                return new
            again = [{f"new_{name}": row[name] for name in ("key", *_RENEWED)} for row in rows]
            return new + change(connection, _TAKE_UP, again)

        return await self._session.run(work)

    async def lease(
        self,
        destination: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        latest_first: bool = False,
    ) -> Sequence[Firing]:
        """Return pending firings, and those whose lease has run out, now in flight."""
        ready = select(FIRINGS.c.key).where(FIRINGS.c.destination == destination, _is_ready(now))
        at = FIRINGS.c.at.desc() if latest_first else FIRINGS.c.at
        chosen = ready.order_by(at, FIRINGS.c.key).limit(limit)
        leased = {
            "state": _IN_FLIGHT,
            "fence": FIRINGS.c.fence + 1,
            "lease_owner": owner,
            "lease_until": until,
        }

        def work(connection: Connection) -> Sequence[Firing]:
            keys = list(connection.execute(chosen).scalars())
            statement = update(FIRINGS).where(among(connection, FIRINGS.c.key, keys))
            taken = statement.values(leased).returning(FIRINGS)
            rows = {row.key: _from_row(row) for row in connection.execute(taken)} if keys else {}
            return [rows[key] for key in keys]

        return await self._session.run(work)

    async def settle(self, firings: Sequence[Firing]) -> int:
        """Record the state of leased firings; those with an older fence are ignored."""
        rows = [
            {
                "of_key": each.key,
                "of_fence": each.fence,
                "now_state": each.state.value,
                "now_attempts": each.attempts,
                "later": each.not_before,
                "error": each.last_error,
            }
            for each in firings
        ]
        return await self._session.run(lambda connection: change(connection, _SETTLE, rows))

    async def unfinished(self, contacts: Collection[int]) -> Sequence[Firing]:
        """Return what waits, is pending or in flight for these persons, by key."""

        def work(connection: Connection) -> Sequence[Firing]:
            query = select(FIRINGS).where(
                among(connection, FIRINGS.c.contact, contacts),
                FIRINGS.c.state.in_([state.value for state in UNFINISHED]),
            )
            return [_from_row(row) for row in connection.execute(query.order_by(FIRINGS.c.key))]

        return await self._session.run(work)

    async def held(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """Return those of them that nobody else leased or settled since, as they are now."""
        keys = [each.key for each in firings]

        def work(connection: Connection) -> Sequence[Firing]:
            of = among(connection, FIRINGS.c.key, keys)
            query = select(FIRINGS).where(of, FIRINGS.c.state == _IN_FLIGHT)
            now = {row.key: _from_row(row) for row in connection.execute(query)}
            return [
                now[each.key]
                for each in firings
                if each.key in now and now[each.key].fence == each.fence
            ]

        return await self._session.run(work)

    async def of(self, contact: int, limit: int) -> Sequence[Firing]:
        """Return what was, or is to be, done for a person, whatever became of it; latest first."""
        query = select(FIRINGS).where(FIRINGS.c.contact == contact)
        ordered = query.order_by(FIRINGS.c.at.desc(), FIRINGS.c.key).limit(limit)
        return await self._session.run(
            lambda connection: [_from_row(row) for row in connection.execute(ordered)]
        )

    async def save(self, firings: Sequence[Firing]) -> None:
        """Replace what is known of firings: all fields but fence and lease, which stay."""
        rows = [_to_row(firing) for firing in firings]
        await self._session.run(
            lambda connection: upsert(connection, FIRINGS, rows, keys=["key"], keep=["fence"])
        )

    async def release(self, trigger: str, *, limit: int | None, at: datetime) -> Sequence[int]:
        """Make pending, as fired at `at`, all that the `limit` first in the queue wait for."""
        queue = select(FIRINGS.c.contact).where(FIRINGS.c.trigger == trigger, _IS_WAITING)
        ordered = queue.order_by(FIRINGS.c.at, FIRINGS.c.key)

        def work(connection: Connection) -> Sequence[int]:
            first: dict[int, None] = {}
            # A person waits once for each deed, so the rows to read cannot be counted before.
            with connection.execute(ordered, execution_options={"yield_per": _PART}) as found:
                for contact in found.scalars():
                    if limit is not None and len(first) == limit and contact not in first:
                        break
                    first[contact] = None
            if first:
                statement = update(FIRINGS).where(
                    FIRINGS.c.trigger == trigger,
                    _IS_WAITING,
                    among(connection, FIRINGS.c.contact, first),
                )
                connection.execute(statement.values(state=_PENDING, at=at))
            return list(first)

        return await self._session.run(work)

    async def count(self, fired: Mapping[str, int], at: datetime) -> None:
        """Add for how many persons each trigger fired at `at`, which is a decision."""
        here = TRIGGER_COUNTS.c.at == at

        def work(connection: Connection) -> None:
            query = select(TRIGGER_COUNTS.c.trigger, TRIGGER_COUNTS.c.fired).where(
                here, among(connection, TRIGGER_COUNTS.c.trigger, fired)
            )
            before = {row.trigger: row.fired for row in connection.execute(query)}
            rows = [
                {"trigger": name, "at": at, "fired": count + before.get(name, 0)}
                for name, count in fired.items()
            ]
            upsert(connection, TRIGGER_COUNTS, rows, keys=["trigger", "at"])
            if fired:
                raise_to(connection, LATEST_AT, to_micros(at))

        await self._session.run(work)

    async def fired(self, trigger: str, since: datetime | None) -> int:
        """Return how often a trigger fired from `since` on; ever, when None."""
        query = select(func.coalesce(func.sum(TRIGGER_COUNTS.c.fired), 0)).where(
            TRIGGER_COUNTS.c.trigger == trigger
        )
        if since is not None:
            query = query.where(TRIGGER_COUNTS.c.at >= since)
        return await self._session.run(
            lambda connection: int(connection.execute(query).scalar_one())
        )

    async def undo_after(self, at: datetime) -> None:
        """Let nothing of triggers be known as later than `at`."""

        def work(connection: Connection) -> None:
            for column in (TRIGGER_STATES.c.since, TRIGGER_STATES.c.fired_at):
                later = update(TRIGGER_STATES).where(column > at)
                connection.execute(later.values({column.name: at}))
            connection.execute(delete(TRIGGER_COUNTS).where(TRIGGER_COUNTS.c.at > at))

        await self._session.run(work)

    async def is_due(self, destination: str, now: datetime) -> bool:
        """Return whether any firing may be worked on now."""
        ready = select(FIRINGS.c.key).where(FIRINGS.c.destination == destination, _is_ready(now))
        return await self._session.run(
            lambda connection: connection.execute(ready.limit(1)).first() is not None
        )

    async def reclaim(self, destination: str | None = None) -> int:
        """Make every leased firing pending; of one destination, or of all."""
        freed = (
            update(FIRINGS)
            .where(FIRINGS.c.lease_until.is_not(None))
            .values(state=_PENDING, lease_owner=None, lease_until=None)
        )
        if destination is not None:
            freed = freed.where(FIRINGS.c.destination == destination)
        return await self._session.run(lambda connection: connection.execute(freed).rowcount)

    async def counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per trigger and state."""
        query = select(FIRINGS.c.trigger, FIRINGS.c.state, func.count()).group_by(
            FIRINGS.c.trigger, FIRINGS.c.state
        )

        return await self._session.run(lambda connection: _counted(connection, query))

    async def open_counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state that are OPEN."""
        query = (
            select(FIRINGS.c.destination, FIRINGS.c.state, func.count())
            .where(FIRINGS.c.state.in_([each.value for each in OPEN]))
            .group_by(FIRINGS.c.destination, FIRINGS.c.state)
        )
        return await self._session.run(lambda connection: _counted(connection, query))

    async def list(
        self,
        *,
        states: Collection[FiringState] = OPEN,
        destination: str | None = None,
        limit: int | None = None,
    ) -> Sequence[Firing]:
        """Return firings in these states, oldest first, ties by key."""
        query = select(FIRINGS).where(FIRINGS.c.state.in_([each.value for each in states]))
        if destination is not None:
            query = query.where(FIRINGS.c.destination == destination)
        query = query.order_by(FIRINGS.c.at, FIRINGS.c.key).limit(limit)
        return await self._session.run(
            lambda connection: [_from_row(row) for row in connection.execute(query)]
        )


def _counted(
    connection: Connection, query: Select[str, str, int]
) -> Mapping[str, Mapping[FiringState, int]]:
    counts: defaultdict[str, dict[FiringState, int]] = defaultdict(dict)
    for name, state, count in connection.execute(query):
        counts[name][FiringState(state)] = count
    return counts


def _is_ready(now: datetime) -> ColumnElement[bool]:
    is_due = has_come(FIRINGS.c.not_before, now)
    has_run_out = or_(FIRINGS.c.lease_until.is_(None), FIRINGS.c.lease_until <= now)
    return or_(
        and_(FIRINGS.c.state == _PENDING, is_due),
        and_(FIRINGS.c.state == _IN_FLIGHT, has_run_out),
    )


def _to_row(firing: Firing) -> dict[str, Any]:
    return {
        "key": firing.key,
        "contact": firing.contact,
        "trigger": firing.trigger,
        "kind": firing.kind,
        "destination": firing.destination,
        "at": firing.at,
        "params": written_to_json(firing.params),
        "state": firing.state.value,
        "fence": firing.fence,
        "attempts": firing.attempts,
        "not_before": firing.not_before,
        "last_error": firing.last_error,
    }


def _from_row(row: Row[Any]) -> Firing:
    return Firing(
        key=row.key,
        contact=row.contact,
        trigger=row.trigger,
        kind=row.kind,
        destination=row.destination,
        at=row.at,
        params=written_from_json(row.params),
        state=FiringState(row.state),
        fence=row.fence,
        attempts=row.attempts,
        not_before=row.not_before,
        last_error=row.last_error,
    )
