"""Records of platforms, their addresses, history and list memberships."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, select, tuple_

from connector.domain.changes import Addressee
from connector.domain.records import Record, RecordChange
from state.codec import stored_from_json, stored_to_json
from state.schema import MEMBERSHIPS, PERSONS, RECORD_CHANGES, RECORD_EMAILS, RECORDS
from state.statements import among, insert, insert_new, put

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnCollection

    from connector.domain.contacts import Membership
    from state.database import Session

_KEYS = ("platform", "remote_id")
_MEMBERSHIP = ("platform", "list_name", "remote_id")
_SAME_RECORD = and_(*(RECORD_EMAILS.c[key] == RECORDS.c[key] for key in _KEYS))


class Records:
    """The part of ContactStore about records."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def records(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, Record]:
        """Return the known records by remote id, removed ones included."""

        def where(connection: Connection) -> ColumnElement[bool]:
            return (RECORDS.c.platform == platform) & among(
                connection, RECORDS.c.remote_id, remote_ids
            )

        return {each.remote_id: each for each in await self._where(where)}

    async def records_of(self, contacts: Collection[int]) -> Sequence[Record]:
        """Return all records of these persons."""
        return await self._where(lambda connection: among(connection, RECORDS.c.contact, contacts))

    async def records_by_email(self, emails: Collection[str]) -> Sequence[Record]:
        """Return the records that carry one of these addresses, removed ones included."""

        def where(connection: Connection) -> ColumnElement[bool]:
            carriers = select(RECORD_EMAILS.c.platform, RECORD_EMAILS.c.remote_id).where(
                among(connection, RECORD_EMAILS.c.email, emails)
            )
            return tuple_(RECORDS.c.platform, RECORDS.c.remote_id).in_(carriers)

        return await self._where(where)

    async def named(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, int]:
        """Return the person of each known record by remote id, removed ones included."""
        query = select(RECORDS.c.remote_id, RECORDS.c.contact).where(RECORDS.c.platform == platform)

        def work(connection: Connection) -> Mapping[str, int]:
            is_meant = among(connection, RECORDS.c.remote_id, remote_ids)
            return dict(map(tuple, connection.execute(query.where(is_meant))))

        return await self._session.run(work)

    async def carrying(self, emails: Collection[str]) -> Mapping[str, int]:
        """Return the person whose records carry each address, removed ones included."""
        query = select(RECORD_EMAILS.c.email, RECORDS.c.contact).join(RECORDS, _SAME_RECORD)

        def work(connection: Connection) -> Mapping[str, int]:
            is_meant = among(connection, RECORD_EMAILS.c.email, emails)
            return dict(map(tuple, connection.execute(query.where(is_meant))))

        return await self._session.run(work)

    async def addressees(self, platform: str, contacts: Collection[int]) -> Mapping[int, Addressee]:
        """Return under which record each person is written to on a platform."""
        first = and_(_SAME_RECORD, RECORD_EMAILS.c.position == 0)
        query = (
            select(RECORDS.c.contact, RECORDS.c.remote_id, RECORD_EMAILS.c.email, PERSONS.c.email)
            .join(PERSONS, PERSONS.c.contact == RECORDS.c.contact)
            .outerjoin(RECORD_EMAILS, first)
            .where(RECORDS.c.platform == platform, RECORDS.c.removed_at.is_(None))
            .order_by(RECORDS.c.remote_id.desc())
        )

        def work(connection: Connection) -> Mapping[int, Addressee]:
            rows = connection.execute(query.where(among(connection, RECORDS.c.contact, contacts)))
            return {
                contact: Addressee(remote_id=remote_id, email=own or shown)
                for contact, remote_id, own, shown in rows
            }

        return await self._session.run(work)

    async def live_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were not removed, rising."""
        return await self._ids(platform, RECORDS.c.removed_at.is_(None), after, limit)

    async def removed_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were removed, rising."""
        return await self._ids(platform, RECORDS.c.removed_at.is_not(None), after, limit)

    async def count_live(self, platform: str) -> int:
        """Return how many records of a platform were not removed."""
        query = (
            select(func.count())
            .select_from(RECORDS)
            .where(RECORDS.c.platform == platform, RECORDS.c.removed_at.is_(None))
        )
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())

    async def save_records(
        self, records: Sequence[Record], *, new: Collection[tuple[str, str]] = ()
    ) -> None:
        """Insert or replace records, with their addresses."""
        latest = {_key(each): each for each in records}.values()
        emails = [
            (each.platform, each.remote_id, at, email)
            for each in latest
            for at, email in enumerate(each.emails)
        ]

        def work(connection: Connection) -> None:
            _forget_emails(connection, [each for each in latest if _key(each) not in new])
            put(connection, RECORDS, _columns(latest), keys=_KEYS, assign=_revised)
            put(connection, RECORD_EMAILS, _columns_of_emails(emails))

        await self._session.run(work)

    async def log(self, changes: Sequence[RecordChange]) -> None:
        """Append to the history of records."""
        if not changes:
            return
        rows = [
            {
                "platform": each.platform,
                "remote_id": each.remote_id,
                "what": each.what,
                "name": each.name,
                "before": each.before,
                "after": each.after,
                "recorded_at": each.recorded_at,
            }
            for each in changes
        ]
        await self._session.run(lambda connection: insert(connection, RECORD_CHANGES, rows))

    async def history(self, contact: int) -> Sequence[RecordChange]:
        """Return the history of a person's records, oldest first."""
        query = (
            select(*(each for each in RECORD_CHANGES.c if each.name != "id"))
            .join(RECORDS, and_(*(RECORD_CHANGES.c[key] == RECORDS.c[key] for key in _KEYS)))
            .where(RECORDS.c.contact == contact)
            .order_by(RECORD_CHANGES.c.id)
        )
        return await self._session.run(
            lambda connection: [RecordChange(**row) for row in connection.execute(query).mappings()]
        )

    async def save_memberships(
        self, platform: str, items: Sequence[Membership]
    ) -> Sequence[Membership]:
        """Record which contacts the platform reports in which list; return what was news."""
        latest = {(item.list_name, item.remote_id): item for item in items}

        def work(connection: Connection) -> Sequence[Membership]:
            known = _members(connection, platform, latest)
            news = [item for key, item in latest.items() if item.is_member != (key in known)]
            joined = [
                {"platform": platform, "list_name": each.list_name, "remote_id": each.remote_id}
                for each in news
                if each.is_member
            ]
            insert_new(connection, MEMBERSHIPS, joined, keys=_MEMBERSHIP)
            left: defaultdict[str, list[str]] = defaultdict(list)
            for each in news:
                if not each.is_member:
                    left[each.list_name].append(each.remote_id)
            for name, remote_ids in left.items():
                whose = _of_list(connection, platform, name, remote_ids)
                connection.execute(delete(MEMBERSHIPS).where(whose))
            return news

        return await self._session.run(work)

    async def members(
        self, platform: str, list_name: str, remote_ids: Collection[str]
    ) -> Collection[str]:
        """Return those of these contacts that the platform reports in a list."""
        asked = {(list_name, each) for each in remote_ids}
        return await self._session.run(
            lambda connection: {each for _, each in _members(connection, platform, asked)}
        )

    async def lists(self, platform: str, *, limit: int) -> Sequence[str]:
        """Return the names of the lists that a platform reports anybody in, rising."""
        name = MEMBERSHIPS.c.list_name
        first = select(name).where(MEMBERSHIPS.c.platform == platform).order_by(name).limit(1)

        def work(connection: Connection) -> Sequence[str]:
            found: list[str] = []
            # The database would read all members to tell the lists apart: it is led past them.
            while len(found) < limit:
                following = first.where(name > found[-1]) if found else first
                if (row := connection.execute(following).first()) is None:
                    break
                found.append(row.list_name)
            return found

        return await self._session.run(work)

    async def platforms_of(self, contacts: Collection[int]) -> Mapping[int, Sequence[str]]:
        """Return the platforms that know each person now, by name; those of nobody are absent."""

        def work(connection: Connection) -> Mapping[int, Sequence[str]]:
            query = (
                select(RECORDS.c.contact, RECORDS.c.platform)
                .where(
                    among(connection, RECORDS.c.contact, contacts), RECORDS.c.removed_at.is_(None)
                )
                .distinct()
                .order_by(RECORDS.c.contact, RECORDS.c.platform)
            )
            found: defaultdict[int, list[str]] = defaultdict(list)
            for contact, platform in connection.execute(query):
                found[contact].append(platform)
            return found

        return await self._session.run(work)

    async def _ids(
        self, platform: str, condition: ColumnElement[bool], after: str | None, limit: int
    ) -> Sequence[str]:
        query = select(RECORDS.c.remote_id).where(RECORDS.c.platform == platform, condition)
        if after is not None:
            query = query.where(RECORDS.c.remote_id > after)
        query = query.order_by(RECORDS.c.remote_id).limit(limit)
        return await self._session.run(lambda connection: list(connection.execute(query).scalars()))

    async def _where(
        self, condition: Callable[[Connection], ColumnElement[bool]]
    ) -> Sequence[Record]:
        def work(connection: Connection) -> Sequence[Record]:
            where = condition(connection)
            query = select(RECORDS).where(where).order_by(RECORDS.c.platform, RECORDS.c.remote_id)
            rows = connection.execute(query).fetchall()
            emails = _emails(connection, where) if rows else {}
            return [_from_row(row, emails.get((row.platform, row.remote_id), ())) for row in rows]

        return await self._session.run(work)


def _members(
    connection: Connection, platform: str, asked: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return those of these lists and contacts that are known to be members."""
    by_list: defaultdict[str, list[str]] = defaultdict(list)
    for name, remote_id in asked:
        by_list[name].append(remote_id)
    found: set[tuple[str, str]] = set()
    for name, remote_ids in by_list.items():
        query = select(MEMBERSHIPS.c.remote_id).where(
            _of_list(connection, platform, name, remote_ids)
        )
        found |= {(name, remote_id) for remote_id in connection.execute(query).scalars()}
    return found


def _of_list(
    connection: Connection, platform: str, name: str, remote_ids: Collection[str]
) -> ColumnElement[bool]:
    return and_(
        MEMBERSHIPS.c.platform == platform,
        MEMBERSHIPS.c.list_name == name,
        among(connection, MEMBERSHIPS.c.remote_id, remote_ids),
    )


def _key(record: Record) -> tuple[str, str]:
    return record.platform, record.remote_id


def _forget_emails(connection: Connection, records: Sequence[Record]) -> None:
    by_platform: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        by_platform[record.platform].append(record.remote_id)
    for platform, remote_ids in by_platform.items():
        connection.execute(
            delete(RECORD_EMAILS).where(
                RECORD_EMAILS.c.platform == platform,
                among(connection, RECORD_EMAILS.c.remote_id, remote_ids),
            )
        )


def _emails(
    connection: Connection, where: ColumnElement[bool]
) -> Mapping[tuple[str, str], Sequence[str]]:
    query = (
        select(RECORD_EMAILS.c.platform, RECORD_EMAILS.c.remote_id, RECORD_EMAILS.c.email)
        .join(RECORDS, _SAME_RECORD)
        .where(where)
        .order_by(RECORD_EMAILS.c.position)
    )
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for platform, remote_id, email in connection.execute(query):
        found[platform, remote_id].append(email)
    return found


def _columns_of_emails(emails: Sequence[tuple[str, str, int, str]]) -> dict[str, list[Any]]:
    names = ("platform", "remote_id", "position", "email")
    return {name: [each[at] for each in emails] for at, name in enumerate(names)}


def _columns(records: Collection[Record]) -> dict[str, list[Any]]:
    return {
        "platform": [each.platform for each in records],
        "remote_id": [each.remote_id for each in records],
        "contact": [each.contact for each in records],
        "attributes": [stored_to_json(each.attributes) for each in records],
        "stamps": [stored_to_json(each.stamps) for each in records],
        "changed_at": [each.changed_at for each in records],
        "created_at": [each.created_at for each in records],
        "modified_at": [each.modified_at for each in records],
        "recorded_at": [each.recorded_at for each in records],
        "removed_at": [each.removed_at for each in records],
        "merged_into": [each.merged_into for each in records],
        "opted_out": [each.opted_out for each in records],
    }


def _revised(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    return {each.name: each for each in given if each.name not in _KEYS}


def _from_row(row: Row[Any], emails: Sequence[str]) -> Record:
    return Record(
        platform=row.platform,
        remote_id=row.remote_id,
        contact=row.contact,
        emails=tuple(emails),
        attributes=stored_from_json(row.attributes),
        stamps={name: int(stamp) for name, stamp in stored_from_json(row.stamps).items()},
        changed_at=row.changed_at,
        created_at=row.created_at,
        modified_at=row.modified_at,
        recorded_at=row.recorded_at,
        removed_at=row.removed_at,
        merged_into=row.merged_into,
        opted_out=row.opted_out,
    )
