"""Leads page by page, in the order of a score, however many there are.

Where few fit a filter, these are looked up and put in order. Else those with the score are gone
through in its order, and whoever does not fit is left out: of so many for one page that it is
there in time, whatever is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, exists, select, tuple_

from connector.domain.leads import LeadPage, LeadPlace
from connector.domain.ledger import Lead
from state.schema import MEMBERSHIPS, PERSONS, RECORDS, SCORES
from state.statements import among
from state.word_index import has_words, with_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, FromClause, Row, Select

    from connector.domain.leads import LeadQuery

FEW = 20_000
"""Persons who fit, up to whom all are looked up."""
FEW_NAMED = 10_000
"""The same of those with some words: more of them are met soon enough."""
STRETCH = 20_000
"""Persons who are gone through for one page: a twenty-fifth of them first, then a fifth."""


def leads(connection: Connection, query: LeadQuery) -> LeadPage:
    """Return a page of the leads that are asked for."""
    scored = _scored(query)
    few = _few(connection, query)
    if few is not None:
        # Each is looked up: with the plain name, all with the score would be gone through in order.
        these = _scored(query, SCORES.c.name.concat(""))
        rows = _fitting(connection, these.where(among(connection, SCORES.c.contact, few)), query)
    else:
        rows = []
        for stretch in (STRETCH // 25, STRETCH // 5, STRETCH):
            if len(rows) <= query.limit:
                part = _in_order(scored, SCORES, query).limit(stretch)
                rows = _fitting(connection, part, query)
    following: LeadPlace | None = None
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        following = LeadPlace(value=rows[-1].value, contact=rows[-1].contact)
    elif few is None:
        following = _end(connection, scored, query)
    return LeadPage(leads=_named(connection, rows), following=following)


def _fitting(connection: Connection, scored: Select[Any], query: LeadQuery) -> Sequence[Row[Any]]:
    """Return those of `scored` who pass every filter: a page, and one more."""
    found = scored.subquery()
    fits = [exists(each.where(RECORDS.c.contact == found.c.contact)) for each in _filters(query)]
    if query.words:
        is_person = PERSONS.c.contact == found.c.contact
        fits.append(exists(select(PERSONS.c.contact).where(is_person, has_words(query.words))))
    page = _in_order(select(found).where(*fits), found, query).limit(query.limit + 1)
    return connection.execute(page).all()


def _scored(query: LeadQuery, name: ColumnElement[str] = SCORES.c.name) -> Select[Any]:
    """Return the query of those with the score, in the stage, behind where the last page ended."""
    scores = SCORES.c
    found = select(scores.contact, scores.value, scores.rounded, scores.stage).where(
        name == query.score, scores.value.is_not(None)
    )
    if query.stage is not None:
        found = found.where(scores.stage == query.stage)
    if query.contact is not None:
        found = found.where(scores.contact == query.contact)
    if query.after is None:
        return found
    place = tuple_(scores.value, scores.contact)
    last = tuple_(query.after.value, query.after.contact)
    return found.where(place > last if query.is_ascending else place < last)


def _in_order(found: Select[Any], of: FromClause, query: LeadQuery) -> Select[Any]:
    order = (of.c.value, of.c.contact)
    return found.order_by(*(each if query.is_ascending else each.desc() for each in order))


def _filters(query: LeadQuery) -> Iterator[Select[tuple[int]]]:
    """Yield queries of whose records fit, one per filter."""
    is_there = RECORDS.c.removed_at.is_(None)
    if query.platform is not None:
        yield select(RECORDS.c.contact).where(RECORDS.c.platform == query.platform, is_there)
    if query.in_list is not None:
        platform, name = query.in_list
        members = and_(
            MEMBERSHIPS.c.platform == RECORDS.c.platform,
            MEMBERSHIPS.c.remote_id == RECORDS.c.remote_id,
        )
        yield (
            select(RECORDS.c.contact)
            .join(MEMBERSHIPS, members)
            .where(MEMBERSHIPS.c.platform == platform, MEMBERSHIPS.c.list_name == name, is_there)
        )


def _few(connection: Connection, query: LeadQuery) -> Sequence[int] | None:
    """Return who fits the narrowest filter; None where too many do, or nothing is filtered."""
    narrowest: Sequence[int] | None = None
    filters = [(each, FEW) for each in _filters(query)]
    if query.words:
        filters.append((with_words(connection, query.words), min(FEW, FEW_NAMED)))
    for each, most in filters:
        found = [row.contact for row in connection.execute(each.limit(most + 1))]
        if len(found) <= most and (narrowest is None or len(found) < len(narrowest)):
            narrowest = found
    return narrowest


def _end(connection: Connection, scored: Select[Any], query: LeadQuery) -> LeadPlace | None:
    """Return whom a stretch ended with; None where it went to the end."""
    last = _in_order(scored, SCORES, query).offset(STRETCH - 1).limit(1)
    row = connection.execute(last).first()
    return None if row is None else LeadPlace(value=row.value, contact=row.contact)


def _named(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Lead]:
    """Return the leads of these rows, in their order."""
    numbers = [row.contact for row in rows]
    query = select(PERSONS.c.contact, PERSONS.c.key, PERSONS.c.email)
    query = query.where(among(connection, PERSONS.c.contact, numbers))
    persons = {row.contact: row for row in connection.execute(query)}
    return [
        Lead(
            contact=row.contact,
            key=persons[row.contact].key,
            email=persons[row.contact].email,
            value=row.value,
            rounded=row.value if row.rounded is None else row.rounded,
            stage=row.stage,
        )
        for row in rows
    ]
