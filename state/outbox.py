"""Outbound rows: what is desired and confirmed, and who works on it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from connector.domain.outbound import NOT_YET, DeliveryState, Outbound
from state import rosters
from state.codec import names_from_json
from state.columns import Instant
from state.outbound_rows import as_leased, from_row, settling, to_row
from state.schema import OUTBOUND
from state.statements import among, change, upsert
from state.waiting import has_come

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnCollection

    from connector.domain.outbound import Settlement
    from state.database import Session

_PENDING = DeliveryState.PENDING.value
_IN_FLIGHT = DeliveryState.IN_FLIGHT.value
_DEAD = DeliveryState.DEAD.value
# The state is written out, since a partial index is used only where its condition is seen.
_IS_UNFINISHED = OUTBOUND.c.state != literal_column(f"'{DeliveryState.CLEAN.value}'")
_KEYS = ("platform", "contact")
_FREED = {
    "lease_owner": None,
    "lease_until": None,
    # What a lease's owner did is unknown, so the row is work again.
    "state": case((OUTBOUND.c.state == _DEAD, _DEAD), else_=_PENDING),
}
_AS_LEASED = and_(
    OUTBOUND.c.platform == bindparam("of_platform"),
    OUTBOUND.c.contact == bindparam("of_contact"),
    OUTBOUND.c.remote_id == bindparam("of_remote_id"),
    OUTBOUND.c.fence == bindparam("of_fence"),
)
_IS_SAME_DESIRE = OUTBOUND.c.revision == bindparam("of_revision")
_SETTLE = (
    update(OUTBOUND)
    .where(_AS_LEASED)
    .values(
        confirmed=bindparam("now_confirmed"),
        confirmed_lists=bindparam("now_lists"),
        adopted=bindparam("now_adopted"),
        last_error=bindparam("error"),
        confirmed_at=func.coalesce(bindparam("at", type_=Instant), OUTBOUND.c.confirmed_at),
        is_urgent=case((_IS_SAME_DESIRE, false()), else_=OUTBOUND.c.is_urgent),
        state=case((_IS_SAME_DESIRE, bindparam("now_state")), else_=_PENDING),
        attempts=case((_IS_SAME_DESIRE, bindparam("now_attempts")), else_=OUTBOUND.c.attempts),
        not_before=case(
            (_IS_SAME_DESIRE, bindparam("later", type_=Instant)), else_=OUTBOUND.c.not_before
        ),
        lease_owner=None,
        lease_until=None,
    )
)


class Outbox:
    """Keeps the contract of OutboxStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def rows(self, platform: str, contacts: Collection[int]) -> Mapping[int, Outbound]:
        """Return the rows of these contacts."""

        def work(connection: Connection) -> Mapping[int, Outbound]:
            query = select(OUTBOUND).where(
                OUTBOUND.c.platform == platform, among(connection, OUTBOUND.c.contact, contacts)
            )
            return {row.contact: from_row(row) for row in connection.execute(query)}

        return await self._session.run(work)

    async def marks(
        self, platform: str, contacts: Collection[int]
    ) -> Mapping[int, tuple[str, int, int]]:
        """Return the record, the revision and the fence of the rows of these contacts."""
        columns = OUTBOUND.c.remote_id, OUTBOUND.c.revision, OUTBOUND.c.fence

        def work(connection: Connection) -> Mapping[int, tuple[str, int, int]]:
            of = select(OUTBOUND.c.contact, *columns)
            query = of.where(
                OUTBOUND.c.platform == platform, among(connection, OUTBOUND.c.contact, contacts)
            )
            return {contact: (*marks,) for contact, *marks in connection.execute(query)}

        return await self._session.run(work)

    async def save(self, rows: Sequence[Outbound]) -> None:
        """Insert or replace what is desired; a lease ends where it was another record's."""

        def work(connection: Connection) -> None:
            upsert(connection, OUTBOUND, [to_row(row) for row in rows], keys=_KEYS, assign=_saved)

        await self._session.run(work)

    async def drop(self, platform: str, contacts: Collection[int]) -> None:
        """Forget rows: the contact has no record there any more."""

        def work(connection: Connection) -> None:
            connection.execute(
                delete(OUTBOUND).where(
                    OUTBOUND.c.platform == platform,
                    among(connection, OUTBOUND.c.contact, contacts),
                )
            )

        await self._session.run(work)

    async def lease(
        self,
        platform: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        after: int | None = None,
        urgent: bool = False,
    ) -> Sequence[Outbound]:
        """Return pending rows with a record, and those whose lease has run out, now in flight."""

        def work(connection: Connection) -> Sequence[Outbound]:
            ready = _ready(platform, now, urgent=urgent)
            if after is not None:
                ready = ready.where(OUTBOUND.c.contact > after)
            chosen = ready.order_by(OUTBOUND.c.contact).limit(limit)
            contacts = list(connection.execute(chosen).scalars())
            leased = (
                update(OUTBOUND)
                .where(
                    OUTBOUND.c.platform == platform,
                    among(connection, OUTBOUND.c.contact, contacts),
                )
                .values(
                    state=_IN_FLIGHT,
                    fence=OUTBOUND.c.fence + 1,
                    lease_owner=owner,
                    lease_until=until,
                )
                .returning(OUTBOUND)
            )
            rows = connection.execute(leased).fetchall() if contacts else []
            return sorted(map(from_row, rows), key=lambda row: row.contact)

        return await self._session.run(work)

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> int:
        """Record outcomes; return how many counted."""

        def work(connection: Connection) -> int:
            return change(connection, _SETTLE, [settling(each, now) for each in settlements])

        return await self._session.run(work)

    async def release(self, rows: Sequence[Outbound]) -> None:
        """Give leased rows back untried."""
        freed = update(OUTBOUND).where(_AS_LEASED).values(_FREED)
        named = [as_leased(row) for row in rows]
        await self._session.run(lambda connection: change(connection, freed, named))

    async def reclaim(self, reason: str, platform: str | None = None) -> int:
        """Make every leased row pending for `reason`, whatever its lease; return how many."""
        was_written = OUTBOUND.c.state == _IN_FLIGHT
        told = case((was_written, reason), else_=OUTBOUND.c.last_error)
        freed = update(OUTBOUND).where(OUTBOUND.c.lease_until.is_not(None))
        if platform is not None:
            freed = freed.where(OUTBOUND.c.platform == platform)
        freed = freed.values({**_FREED, "last_error": told})
        return await self._session.run(lambda connection: connection.execute(freed).rowcount)

    async def is_due(self, platform: str, now: datetime) -> bool:
        """Return whether any row may be worked on now, or waits for its record to be made."""
        # One question for each index, since an OR of both would read the whole table.
        is_free = OUTBOUND.c.state.in_([_PENDING, _IN_FLIGHT]), OUTBOUND.c.lease_until.is_(None)
        has_run_out = OUTBOUND.c.lease_until <= now, OUTBOUND.c.state != _DEAD
        due = select(OUTBOUND.c.contact).where(
            OUTBOUND.c.platform == platform, has_come(OUTBOUND.c.not_before, now)
        )
        queries = [due.where(*each) for each in (is_free, has_run_out)]

        def work(connection: Connection) -> bool:
            return any(connection.execute(each.limit(1)).first() for each in queries)

        return await self._session.run(work)

    async def is_urgent_in_hand(self, platform: str, now: datetime) -> bool:
        """Return whether an urgent row is leased."""
        query = select(OUTBOUND.c.contact).where(
            OUTBOUND.c.platform == platform, OUTBOUND.c.is_urgent, OUTBOUND.c.lease_until > now
        )
        return await self._session.run(
            lambda connection: connection.execute(query.limit(1)).first() is not None
        )

    async def counts(
        self, platform: str | None = None, state: DeliveryState | None = None
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state, or of one platform, of one state.

        To count few takes no longer where there are many others.
        """
        query = select(OUTBOUND.c.platform, OUTBOUND.c.state, func.count()).group_by(
            OUTBOUND.c.platform, OUTBOUND.c.state
        )
        if platform is not None:
            query = query.where(OUTBOUND.c.platform == platform)
        if state is not None:
            query = query.where(OUTBOUND.c.state == state.value)
        return await self._session.run(lambda connection: _counted(connection, query))

    async def unfinished(self) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state but for clean ones."""
        columns = (OUTBOUND.c.platform, OUTBOUND.c.state)
        query = select(*columns, func.count()).where(_IS_UNFINISHED).group_by(*columns)
        return await self._session.run(lambda connection: _counted(connection, query))

    async def list(
        self,
        *,
        platform: str | None = None,
        states: Collection[DeliveryState] | None = None,
        remote_id: str | None = None,
        after: tuple[str, int] | None = None,
        urgent: bool = False,
        limit: int = 1000,
    ) -> Sequence[Outbound]:
        """Return rows ordered by (platform, contact), those behind `after`."""
        query = select(OUTBOUND).order_by(OUTBOUND.c.platform, OUTBOUND.c.contact).limit(limit)
        if platform is not None:
            query = query.where(OUTBOUND.c.platform == platform)
        if states is not None:
            query = query.where(OUTBOUND.c.state.in_([state.value for state in states]))
            if DeliveryState.CLEAN not in states:
                query = query.where(_IS_UNFINISHED)
        if remote_id is not None:
            query = query.where(OUTBOUND.c.remote_id == remote_id)
        if after is not None:
            query = query.where(tuple_(OUTBOUND.c.platform, OUTBOUND.c.contact) > after)
        if urgent:
            query = query.where(OUTBOUND.c.is_urgent)
        return await self._session.run(
            lambda connection: [from_row(row) for row in connection.execute(query)]
        )

    async def count_newcomers(self, platform: str) -> int:
        """Return how many rows that are not finished wait for a record."""
        query = (
            select(func.count())
            .select_from(OUTBOUND)
            .where(
                OUTBOUND.c.platform == platform,
                OUTBOUND.c.state.in_([_PENDING, _IN_FLIGHT]),
                OUTBOUND.c.remote_id == NOT_YET,
            )
        )
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())

    async def members(self, platform: str) -> Mapping[str, int]:
        """Return, per list, how many rows are confirmed to be in it."""
        query = (
            select(OUTBOUND.c.confirmed_lists, func.count())
            .where(OUTBOUND.c.platform == platform, OUTBOUND.c.confirmed_lists.is_not(None))
            .group_by(OUTBOUND.c.confirmed_lists)
        )

        def work(connection: Connection) -> Mapping[str, int]:
            counts: defaultdict[str, int] = defaultdict(int)
            for names, count in connection.execute(query):
                for name in names_from_json(names):
                    counts[name] += count
            return counts

        return await self._session.run(work)

    async def missing_from(
        self, platform: str, list_name: str, *, after: int | None = None, limit: int
    ) -> Sequence[Outbound]:
        """Return rows confirmed to be in a list that is not reported to hold their record."""

        def work(connection: Connection) -> Sequence[Outbound]:
            rows = rosters.missing_from(connection, platform, list_name, after=after, limit=limit)
            return [from_row(row) for row in rows]

        return await self._session.run(work)

    async def unconfirmed_in(
        self, platform: str, list_name: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return the live records that a list is reported to hold, and no row is confirmed to."""
        return await self._session.run(
            lambda connection: rosters.unconfirmed_in(
                connection, platform, list_name, after=after, limit=limit
            )
        )


def _counted(
    connection: Connection, query: Select[str, str, int]
) -> Mapping[str, Mapping[DeliveryState, int]]:
    counts: defaultdict[str, dict[DeliveryState, int]] = defaultdict(dict)
    for owner, kind, count in connection.execute(query):
        counts[owner][DeliveryState(kind)] = count
    return counts


def _saved(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    """Return what a row takes of one that is saved in its place."""
    is_same = given["remote_id"] == OUTBOUND.c.remote_id
    kept = {
        "fence": OUTBOUND.c.fence + cast(not_(is_same), Integer),
        **{name: case((is_same, OUTBOUND.c[name])) for name in ("lease_owner", "lease_until")},
    }
    names = [each.name for each in OUTBOUND.c if each.name not in {*_KEYS, *kept}]
    return {**{name: given[name] for name in names}, **kept}


def _ready(platform: str, now: datetime, *, urgent: bool) -> Select[Any]:
    """Return the question for whom there is work that may be taken up."""
    of = select(OUTBOUND.c.contact).where(
        OUTBOUND.c.platform == platform, OUTBOUND.c.remote_id != NOT_YET
    )
    return of.where(OUTBOUND.c.is_urgent, _is_free(now)) if urgent else of.where(_is_ready(now))


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Return the condition of being work that nobody has in hand."""
    is_open = OUTBOUND.c.state.in_([_PENDING, _IN_FLIGHT])
    return and_(has_come(OUTBOUND.c.not_before, now), OUTBOUND.c.lease_until.is_(None), is_open)


def _is_ready(now: datetime) -> ColumnElement[bool]:
    """Return the condition of being work: a lease that holds excludes, whatever the state."""
    has_run_out = and_(OUTBOUND.c.lease_until <= now, OUTBOUND.c.state != _DEAD)
    return or_(_is_free(now), and_(has_come(OUTBOUND.c.not_before, now), has_run_out))
