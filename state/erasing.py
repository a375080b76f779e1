"""Everything the database holds of persons: found, and deleted."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select, update

from connector.domain.forgetting import Traces, without_them
from connector.domain.outbound import NOT_YET
from state.columnar import changes
from state.moves import erase_moves
from state.recording import remove_scores
from state.schema import (
    EVENTS,
    FIRINGS,
    INBOUND,
    MEMBERSHIPS,
    OUTBOUND,
    OVERRIDES,
    PERSONS,
    RECORD_CHANGES,
    RECORD_EMAILS,
    RECORDS,
    SCORE_HISTORY,
    STANDINGS,
    SUBJECTS,
    TRIGGER_STATES,
)
from state.statements import among, change
from state.word_index import merge_words, words_changing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Table

    from connector.domain.forgetting import Name

_BY_PERSON = {
    "history": SCORE_HISTORY,
    "overrides": OVERRIDES,
    "deliveries": OUTBOUND,
    "triggers": TRIGGER_STATES,
    "actions": FIRINGS,
}
_BY_RECORD = {
    "memberships": MEMBERSHIPS,
    "changes": RECORD_CHANGES,
    "addresses": RECORD_EMAILS,
}
_LISTED = MEMBERSHIPS.c.platform
_CALL = (INBOUND.c.platform == bindparam("of_platform")) & (INBOUND.c.id == bindparam("of_id"))
_DROPPED = (
    update(INBOUND)
    .where(_CALL)
    .values(body=b"", headers="{}", processed_at=bindparam("at"), is_dead=False)
)
_CUT = update(INBOUND).where(_CALL).values(body=bindparam("left"))


def traces(connection: Connection, contacts: Collection[int]) -> Traces:
    """Return by what these persons are found, everybody merged with them included."""
    numbers = _household(connection, contacts)
    records = _records(connection, numbers)
    subjects = connection.execute(
        select(SUBJECTS.c.platform, SUBJECTS.c.ref, SUBJECTS.c.email).where(
            among(connection, SUBJECTS.c.contact, numbers)
        )
    ).all()
    emails = {row.email for row in subjects if row.email}
    emails.update(_addresses(connection, numbers, records))
    keys = select(PERSONS.c.key).where(among(connection, PERSONS.c.contact, numbers))
    return Traces(
        contacts=frozenset(numbers),
        records=frozenset(records | {(row.platform, row.ref) for row in subjects}),
        emails=frozenset(emails - _carried_by_others(connection, numbers, emails)),
        keys=frozenset(connection.execute(keys).scalars()),
    )


def erase(connection: Connection, traces: Traces, at: datetime) -> dict[str, int]:
    """Delete all rows of these persons; return how many, by kind."""
    numbers = traces.contacts
    # The copy may hold their events until it is rewritten; nobody reads them there from here on.
    changes.record(connection, numbers)
    subjects = _subjects(connection, traces)
    counts = {"events": _delete(connection, EVENTS, EVENTS.c.subject, subjects)}
    counts["names"] = _delete(connection, SUBJECTS, SUBJECTS.c.id, subjects)
    for kind, table in _BY_RECORD.items():
        conditions = _of_records(connection, table, traces.records)
        counts[kind] = sum(
            connection.execute(delete(table).where(it)).rowcount for it in conditions
        )
    counts["memberships"] += _erase_strangers(connection, traces)
    counts["moves"] = erase_moves(connection, traces)
    for kind, table in _BY_PERSON.items():
        counts[kind] = _delete(connection, table, table.c.contact, numbers)
    remove_scores(connection, numbers)
    _delete(connection, STANDINGS, STANDINGS.c.contact, numbers)
    counts["records"] = _delete(connection, RECORDS, RECORDS.c.contact, numbers)
    with words_changing(connection, dict.fromkeys(numbers)):
        counts["persons"] = _delete(connection, PERSONS, PERSONS.c.contact, numbers)
    if counts["persons"]:
        merge_words(connection)
    counts["calls"] = _cut_calls(connection, traces, at)
    return counts


def _erase_strangers(connection: Connection, traces: Traces) -> int:
    """Delete memberships of those who have no record, and whom tools call by their addresses."""
    platforms = _platforms(connection) if traces.emails else ()
    named = {(platform, email) for platform in platforms for email in traces.emails}
    conditions = _of_records(connection, MEMBERSHIPS, named)
    return sum(connection.execute(delete(MEMBERSHIPS).where(it)).rowcount for it in conditions)


def _platforms(connection: Connection) -> Iterator[str]:
    """Yield the platforms that have lists: each is looked up, since they are few."""
    following = select(func.min(_LISTED))
    last: str | None = ""
    while (last := connection.execute(following.where(last < _LISTED)).scalar()) is not None:
        yield last


def _household(connection: Connection, contacts: Collection[int]) -> set[int]:
    """Return the persons, who they became, and everybody who became them."""
    known: set[int] = set()
    fresh = set(contacts)
    while fresh:
        known |= fresh
        among_fresh = or_(
            among(connection, PERSONS.c.contact, fresh),
            among(connection, PERSONS.c.merged_into, fresh),
        )
        query = select(PERSONS.c.contact, PERSONS.c.merged_into).where(among_fresh)
        fresh = {
            number for row in connection.execute(query) for number in row if number is not None
        } - known
    return known


def _records(connection: Connection, numbers: Collection[int]) -> set[Name]:
    known = select(RECORDS.c.platform, RECORDS.c.remote_id)
    known = known.where(among(connection, RECORDS.c.contact, numbers))
    written = select(OUTBOUND.c.platform, OUTBOUND.c.remote_id)
    written = written.where(
        among(connection, OUTBOUND.c.contact, numbers), OUTBOUND.c.remote_id != NOT_YET
    )
    return {tuple(row) for query in (known, written) for row in connection.execute(query)}


def _addresses(
    connection: Connection, numbers: Collection[int], records: Collection[Name]
) -> Iterator[str]:
    """Yield the addresses that these persons have and had."""
    for table in (PERSONS, OUTBOUND):
        query = select(table.c.email).where(
            among(connection, table.c.contact, numbers), table.c.email.is_not(None)
        )
        yield from connection.execute(query).scalars()
    for condition in _of_records(connection, RECORD_EMAILS, records):
        yield from connection.execute(select(RECORD_EMAILS.c.email).where(condition)).scalars()
    for condition in _of_records(connection, RECORD_CHANGES, records):
        query = select(RECORD_CHANGES.c.before, RECORD_CHANGES.c.after)
        query = query.where(condition, RECORD_CHANGES.c.what == "emails")
        for row in connection.execute(query):
            for text in filter(None, row):
                yield from json.loads(text) or ()


def _carried_by_others(
    connection: Connection, numbers: Collection[int], emails: Collection[str]
) -> set[str]:
    """Return those of the addresses that somebody else carries now."""
    if not emails:
        return set()
    here = (RECORD_EMAILS.c.platform == RECORDS.c.platform) & (
        RECORD_EMAILS.c.remote_id == RECORDS.c.remote_id
    )
    query = (
        select(RECORD_EMAILS.c.email)
        .join(RECORDS, here)
        .where(
            among(connection, RECORD_EMAILS.c.email, emails),
            ~among(connection, RECORDS.c.contact, numbers),
        )
    )
    return set(connection.execute(query).scalars())


def _subjects(connection: Connection, traces: Traces) -> set[int]:
    """Return the subjects that are theirs, and those of nobody that name them."""
    named = [
        *_of_records(connection, SUBJECTS, traces.records, "ref"),
        among(connection, SUBJECTS.c.email, traces.emails),
    ]
    conditions = [
        *(each & SUBJECTS.c.contact.is_(None) for each in named),
        among(connection, SUBJECTS.c.contact, traces.contacts),
    ]
    return {
        number
        for condition in conditions
        for number in connection.execute(select(SUBJECTS.c.id).where(condition)).scalars()
    }


def _of_records(
    connection: Connection, table: Table, records: Iterable[Name], called: str = "remote_id"
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions, one per platform, that a row is of one of these records."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for platform, remote_id in records:
        ids[platform].append(remote_id)
    for platform, remote_ids in ids.items():
        yield (table.c.platform == platform) & among(connection, table.c[called], remote_ids)


def _delete(
    connection: Connection, table: Table, column: ColumnElement[Any], numbers: Collection[int]
) -> int:
    if not numbers:
        return 0
    return connection.execute(delete(table).where(among(connection, column, numbers))).rowcount


def _cut_calls(connection: Connection, traces: Traces, at: datetime) -> int:
    """Take what is about them out of calls that wait or are dead; return how many had any."""
    query = select(INBOUND.c.platform, INBOUND.c.id, INBOUND.c.body)
    dropped: list[dict[str, Any]] = []
    cut: list[dict[str, Any]] = []
    for row in connection.execute(query.where(INBOUND.c.processed_at.is_(None))):
        ids = traces.ids_on(row.platform)
        left = without_them(row.body, ids=ids, emails=traces.emails)
        place = {"of_platform": row.platform, "of_id": row.id}
        if left is None:
            dropped.append({**place, "at": at})
        elif left != row.body:
            cut.append({**place, "left": left})
    change(connection, _DROPPED, dropped)
    change(connection, _CUT, cut)
    return len(dropped) + len(cut)
