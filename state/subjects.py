"""Whom events name, linked to persons or waiting for one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    func,
    select,
    update,
)

from connector.domain.records import Subject
from state.columnar import changes
from state.schema import EVENTS, SUBJECTS
from state.statements import among, change, insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from state.database import Session


_LAST = select(func.max(SUBJECTS.c.id))
"""Before the first event nobody is named: a first pull of contacts need not ask of whom it is."""


class Subjects:
    """The part of ContactStore about subjects."""

    _session: Session

    async def subjects(self, platform: str, refs: Collection[str]) -> Mapping[str, Subject]:
        """Return the known subjects by ref."""
        return await self._session.run(lambda connection: _by_ref(connection, platform, refs))

    async def subjects_named(
        self,
        records: Collection[tuple[str, str]],
        emails: Collection[str],
        contacts: Collection[int] = (),
    ) -> Sequence[Subject]:
        """Return subjects that name one of these records or addresses, or belong to `contacts`."""

        def work(connection: Connection) -> Sequence[Subject]:
            if connection.execute(_LAST).scalar() is None:
                return []
            found: dict[int, Subject] = {}
            for condition in _naming(connection, records, emails, contacts):
                for row in connection.execute(select(SUBJECTS).where(condition)):
                    found[row.id] = _from_row(row)
            return [found[number] for number in sorted(found)]

        return await self._session.run(work)

    async def subjects_by_id(self, ids: Collection[int]) -> Sequence[Subject]:
        """Return the subjects with these numbers."""

        def work(connection: Connection) -> Sequence[Subject]:
            query = select(SUBJECTS).where(among(connection, SUBJECTS.c.id, ids))
            return [_from_row(row) for row in connection.execute(query.order_by(SUBJECTS.c.id))]

        return await self._session.run(work)

    async def add_subjects(
        self, platform: str, refs: Sequence[tuple[str, str | None, int | None]]
    ) -> Mapping[str, Subject]:
        """Insert the subjects that are new; return all by ref."""

        def work(connection: Connection) -> Mapping[str, Subject]:
            known = _by_ref(connection, platform, [ref for ref, _, _ in refs])
            new: list[dict[str, Any]] = [
                {"platform": platform, "ref": ref, "email": email, "contact": contact}
                for ref, email, contact in refs
                if ref not in known
            ]
            insert_new(connection, SUBJECTS, new, keys=["platform", "ref"])
            added = _by_ref(connection, platform, [row["ref"] for row in new]) if new else {}
            return known | added

        return await self._session.run(work)

    async def link(self, links: Mapping[int, int | None]) -> None:
        """Say to which person each subject (by number) belongs now."""
        statement = (
            update(SUBJECTS)
            .where(SUBJECTS.c.id == bindparam("number"))
            .values(contact=bindparam("person"))
        )
        rows = [{"number": number, "person": person} for number, person in links.items()]

        def work(connection: Connection) -> None:
            changes.record_subjects(connection, links.keys())
            change(connection, statement, rows)
            changes.record_subjects(connection, links.keys())

        await self._session.run(work)

    async def orphans(self) -> Mapping[str, int]:
        """Return, per platform, the number of events whose subject nobody knows."""
        query = (
            select(SUBJECTS.c.platform, func.count().label("events"))
            .join(EVENTS, EVENTS.c.subject == SUBJECTS.c.id)
            .where(SUBJECTS.c.contact.is_(None), EVENTS.c.superseded_at.is_(None))
            .group_by(SUBJECTS.c.platform)
        )
        return await self._session.run(
            lambda connection: {row.platform: row.events for row in connection.execute(query)}
        )


def _naming(
    connection: Connection,
    records: Collection[tuple[str, str]],
    emails: Collection[str],
    contacts: Collection[int],
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions, each answered from one index."""
    refs: defaultdict[str, list[str]] = defaultdict(list)
    for platform, remote_id in records:
        refs[platform].append(remote_id)
    for platform, remote_ids in refs.items():
        yield (SUBJECTS.c.platform == platform) & among(connection, SUBJECTS.c.ref, remote_ids)
    if emails:
        yield among(connection, SUBJECTS.c.email, emails)
    if contacts:
        yield among(connection, SUBJECTS.c.contact, contacts)


def _by_ref(connection: Connection, platform: str, refs: Collection[str]) -> dict[str, Subject]:
    query = select(SUBJECTS).where(
        SUBJECTS.c.platform == platform, among(connection, SUBJECTS.c.ref, refs)
    )
    return {row.ref: _from_row(row) for row in connection.execute(query)}


def _from_row(row: Row[Any]) -> Subject:
    return Subject(
        id=row.id, platform=row.platform, ref=row.ref, email=row.email, contact=row.contact
    )
