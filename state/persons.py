"""Persons across platforms, and whether they wait to be scored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    type_coerce,
    union_all,
    update,
)

from connector.domain.frames import CONTACT, CREATED_AT, INSTANT, contact_schema, in_list_column
from connector.domain.records import Person
from connector.domain.search_words import search_words
from connector.domain.values import FieldType
from state.codec import stored_from_json, stored_to_json
from state.counters import TOUCHES, next_of
from state.decoding import columns
from state.lookup import find
from state.recording import remove_scores
from state.schema import MEMBERSHIPS, PERSONS, RECORDS, STANDINGS, SUBJECTS
from state.statements import among, frame_of, is_sqlite, put, upsert
from state.word_index import index_words, words_changing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from state.database import Session

_TEXTS = frozenset({FieldType.TEXT, FieldType.EMAIL})


class Persons:
    """The part of ContactStore about persons. Those merged away have no standing."""

    _session: Session

    async def create(self, persons: Sequence[Person]) -> Sequence[int]:
        """Insert persons, whatever number they have, and return their numbers in order."""
        latest = {person.key: person for person in persons}

        def work(connection: Connection) -> Sequence[int]:
            numbers = _numbers(connection, latest)
            _save(connection, [replace(latest[key], contact=n) for key, n in numbers.items()])
            new = [person for key, person in latest.items() if key not in numbers]
            numbers |= zip((each.key for each in new), _insert(connection, new), strict=True)
            return [numbers[person.key] for person in persons]

        return await self._session.run(work)

    async def persons(self, contacts: Collection[int]) -> Mapping[int, Person]:
        """Return the persons with these numbers."""
        if not contacts:
            return {}

        def work(connection: Connection) -> Mapping[int, Person]:
            query = select(PERSONS).where(among(connection, PERSONS.c.contact, contacts))
            return {row.contact: _from_row(row) for row in connection.execute(query)}

        return await self._session.run(work)

    async def save_persons(self, persons: Sequence[Person]) -> None:
        """Replace what is known of these persons."""
        latest = {person.contact: person for person in persons}
        await self._session.run(lambda connection: _save(connection, list(latest.values())))

    async def find(self, text: str) -> Person | None:
        """Return whom an e-mail address, our id, or ``<platform>:<id>`` names, merges followed."""

        def work(connection: Connection) -> Person | None:
            row = find(connection, text)
            return None if row is None else _from_row(row)

        return await self._session.run(work)

    async def all_numbers(self) -> Sequence[int]:
        """Return the numbers of all persons that were not merged away, ascending."""
        query = select(STANDINGS.c.contact).order_by(STANDINGS.c.contact)
        return await self._session.run(lambda connection: list(connection.execute(query).scalars()))

    async def touch(self, contacts: Collection[int]) -> None:
        """Mark persons stale; one that is stale already becomes so anew."""
        if not contacts:
            return

        def work(connection: Connection) -> None:
            connection.execute(
                update(STANDINGS)
                .values(stale=next_of(connection, TOUCHES))
                .where(among(connection, STANDINGS.c.contact, contacts))
            )

        await self._session.run(work)

    async def waiting(
        self,
        at: datetime,
        model: str,
        chosen: Collection[int] | None = None,
        *,
        unread: Collection[str] = (),
    ) -> Mapping[int, int]:
        """Return the persons to be scored at `at`, each with its present staleness."""

        def work(connection: Connection) -> Mapping[int, int]:
            query = waiting_query(at, model)
            if chosen is not None:
                these = among(connection, STANDINGS.c.contact, chosen)
                query = select(STANDINGS.c.contact, STANDINGS.c.stale).where(
                    these, waits(at, model)
                )
            if unread:
                query = query.where(STANDINGS.c.model != NEVER, *_unknown_to(unread))
            return {row.contact: row.stale for row in connection.execute(query)}

        return await self._session.run(work)

    async def frame(
        self,
        contacts: Collection[int] | None,
        attributes: Mapping[str, FieldType],
        lists: Collection[tuple[str, str]] = (),
    ) -> pl.LazyFrame:
        """Return persons (all that were not merged away when None) as `contact_schema` says."""

        def work(connection: Connection) -> pl.DataFrame:
            return _frame(connection, contacts, attributes, lists)

        return (await self._session.run(work)).lazy()

    async def unmerged(self, contacts: Collection[int]) -> Sequence[int]:
        """Return those of these numbers, in order, who were not merged away."""

        def work(connection: Connection) -> Sequence[int]:
            query = select(STANDINGS.c.contact).order_by(STANDINGS.c.contact)
            chosen = query.where(among(connection, STANDINGS.c.contact, contacts))
            return list(connection.execute(chosen).scalars())

        return await self._session.run(work)

    async def count(self) -> int:
        """Return how many persons there are."""
        query = select(func.count()).select_from(STANDINGS)
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())


NEVER = ""
"""The model of whom none has scored yet."""


def waits(at: datetime, model: str) -> ColumnElement[bool]:
    """Return the condition that somebody waits, for questions about a few."""
    return or_(STANDINGS.c.stale > 0, STANDINGS.c.model != model, STANDINGS.c.next_change_at <= at)


def _unknown_to(platforms: Collection[str]) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that none of these platforms has a record or an event of somebody."""
    return [
        ~exists().where(table.c.contact == STANDINGS.c.contact, table.c.platform.in_(platforms))
        for table in (RECORDS, SUBJECTS)
    ]


def waiting_query(at: datetime, model: str) -> Select[tuple[int, int]]:
    """Return the query of who waits: four ranges of three indexes."""
    number = STANDINGS.c.contact
    # The zero is written out, since a partial index is used only where its condition is seen.
    stale = select(number).where(STANDINGS.c.stale > literal_column("0"))
    older = select(number).where(STANDINGS.c.model < model)
    newer = select(number).where(STANDINGS.c.model > model)
    due = select(number).where(STANDINGS.c.next_change_at <= at)
    waiting = union_all(stale, older, newer, due)
    return select(number, STANDINGS.c.stale).where(number.in_(waiting))


def waiting_apart(at: datetime, model: str) -> Sequence[ColumnElement[bool]]:
    """Return conditions of which each who waits meets one, for counts: ranges of three indexes."""
    # As a part of something longer the model is no reason to look at all who were scored by it.
    is_of_model = STANDINGS.c.model.concat("") == model
    return [
        STANDINGS.c.model < model,
        STANDINGS.c.model > model,
        and_(STANDINGS.c.stale > literal_column("0"), is_of_model),
        and_(STANDINGS.c.next_change_at <= at, STANDINGS.c.stale == 0, is_of_model),
    ]


def _numbers(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    query = select(PERSONS.c.key, PERSONS.c.contact).where(among(connection, PERSONS.c.key, keys))
    return {row.key: row.contact for row in connection.execute(query)}


def _save(connection: Connection, persons: Sequence[Person]) -> None:
    if not persons:
        return
    away = [person.contact for person in persons if person.merged_into is not None]
    rows = [_to_row(person) for person in persons]
    with words_changing(connection, {row["contact"]: row["words"] for row in rows}):
        upsert(connection, PERSONS, rows, keys=["contact"], keep=["key"])
    _stand(connection, {person.contact for person in persons} - set(away))
    if away:
        remove_scores(connection, away)
        connection.execute(delete(STANDINGS).where(among(connection, STANDINGS.c.contact, away)))


def _insert(connection: Connection, persons: Sequence[Person]) -> Sequence[int]:
    """Insert persons who are new; return their numbers in order."""
    if not persons:
        return ()
    # One transaction writes at a time: numbers given here are nobody else's.
    numbers = _unused(connection, len(persons))
    columns: dict[str, list[Any]] = {
        "contact": numbers,
        "key": [each.key for each in persons],
        "email": [each.email for each in persons],
        "attributes": [stored_to_json(each.attributes) for each in persons],
        "created_at": [each.created_at for each in persons],
        "merged_into": [each.merged_into for each in persons],
        "words": [_words(each) for each in persons],
    }
    put(connection, PERSONS, columns)
    index_words(connection, numbers)
    given = zip(persons, numbers, strict=True)
    _stand(connection, [number for person, number in given if person.merged_into is None])
    return numbers


def _unused(connection: Connection, count: int) -> list[int]:
    """Return numbers that no person ever had."""
    if is_sqlite(connection):
        given = text("SELECT seq FROM sqlite_sequence WHERE name = 'persons'")
        first = (connection.execute(given).scalar() or 0) + 1
        return list(range(first, first + count))
    series = text(
        "SELECT nextval(pg_get_serial_sequence('persons', 'contact')) "
        "FROM generate_series(1, :count)"
    )
    return list(connection.execute(series, {"count": count}).scalars())


def _stand(connection: Connection, contacts: Collection[int]) -> None:
    """Let persons have a standing; one that has keeps it."""
    numbers = list(contacts)
    columns: dict[str, list[Any]] = {
        "contact": numbers,
        "stale": [0] * len(numbers),
        "model": [""] * len(numbers),
    }
    put(connection, STANDINGS, columns, keys=["contact"])


def _frame(
    connection: Connection,
    contacts: Collection[int] | None,
    attributes: Mapping[str, FieldType],
    lists: Collection[tuple[str, str]],
) -> pl.DataFrame:
    query = select(
        PERSONS.c.contact,
        type_coerce(PERSONS.c.created_at, BigInteger),
        PERSONS.c.email,
        PERSONS.c.attributes,
    ).order_by(PERSONS.c.contact)
    if contacts is None:
        query = query.join(STANDINGS, STANDINGS.c.contact == PERSONS.c.contact)
    else:
        query = query.where(among(connection, PERSONS.c.contact, contacts))
    members = {in_list_column(*each): _members(connection, *each) for each in lists}

    def build(found: list[Sequence[Any]]) -> Iterable[pl.Series]:
        numbers, created, emails, texts = found
        number = pl.Series(CONTACT, numbers, dtype=pl.Int64)
        yield number
        yield pl.Series(CREATED_AT, created, dtype=pl.Int64).cast(INSTANT)
        for column in columns(texts, attributes):
            # The address to show stands in, where no field of a platform was read as `email`.
            is_shown = column.name == "email" and attributes["email"] in _TEXTS
            yield column.fill_null(pl.Series(emails, dtype=pl.String)) if is_shown else column
        for name, contacts_in in members.items():
            yield number.is_in(contacts_in).alias(name)

    return frame_of(connection, query, contact_schema(attributes, lists), build)


def _members(connection: Connection, platform: str, name: str) -> list[int]:
    """Return the persons with a record that the platform reports in a list."""
    query = (
        select(RECORDS.c.contact)
        .join(
            MEMBERSHIPS,
            and_(
                MEMBERSHIPS.c.platform == RECORDS.c.platform,
                MEMBERSHIPS.c.remote_id == RECORDS.c.remote_id,
            ),
        )
        .where(
            MEMBERSHIPS.c.platform == platform,
            MEMBERSHIPS.c.list_name == name,
            RECORDS.c.removed_at.is_(None),
        )
        .distinct()
    )
    return list(connection.execute(query).scalars())


def _to_row(person: Person) -> dict[str, Any]:
    return {
        "contact": person.contact,
        "key": person.key,
        "email": person.email,
        "attributes": stored_to_json(person.attributes),
        "created_at": person.created_at,
        "merged_into": person.merged_into,
        "words": _words(person),
    }


def _words(person: Person) -> str | None:
    """Return by what a person is found; whoever was merged away is not."""
    if person.merged_into is not None:
        return None
    return search_words(person.email, person.attributes)


def _from_row(row: Row[Any]) -> Person:
    return Person(
        contact=row.contact,
        key=row.key,
        email=row.email,
        attributes=stored_from_json(row.attributes),
        created_at=row.created_at,
        merged_into=row.merged_into,
    )
