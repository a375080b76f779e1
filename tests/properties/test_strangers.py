"""Strangers are taken in as anybody is, only quicker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock, patch

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.contacts import Contact
from connector.domain.events import Event
from connector.domain.records import Person, Record, Subject
from connector.sync.records import ingest
from tests.unit.sync.intake import Intake

T = datetime(2026, 1, 15, tzinfo=UTC)
IDS = st.sampled_from(["1", "2", "10", "é", "x:y"])
EMAILS = st.sampled_from(["a@x.org", "b@x.org", "c@x.org", "d@x.org"])
CONTACTS = st.builds(
    Contact,
    remote_id=IDS,
    emails=st.lists(EMAILS, unique=True, max_size=2).map(tuple),
    attributes=st.fixed_dictionaries({}, optional={"EMAIL": st.none() | EMAILS}),
    created_at=st.none() | st.just(T - timedelta(days=9)),
    modified_at=st.none() | st.just(T),
    merged_ids=st.lists(IDS, max_size=1).map(tuple),
    opted_out=st.booleans(),
)
PAGES = st.lists(
    st.tuples(st.sampled_from(["crm", "mail"]), st.lists(CONTACTS, max_size=4)), max_size=4
)
SUBJECTS = st.lists(IDS | EMAILS, max_size=3)

Kept = tuple[dict[int, Person], Sequence[Record], Sequence[Subject]]


async def kept(pages: list[tuple[str, list[Contact]]], named: list[str]) -> Kept:
    """Return all that is known once pages were taken in, events of `named` before them."""
    intake = Intake()
    for subject in named:
        event = Event(id=subject, subject=subject, type="page.viewed", occurred_at=T)
        await intake.events("crm", event)
    for platform, contacts in pages:
        await intake.contacts(platform, *contacts)
    async with intake.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        persons = dict(await tx.contacts.persons(range(1, 50)))
        records = await tx.contacts.records_of(persons)
        subjects = await tx.contacts.subjects_by_id(range(1, 50))
    assert set(numbers) <= persons.keys()
    return persons, records, subjects


@settings(max_examples=60)
@given(pages=PAGES, named=SUBJECTS)
def test_who_is_a_stranger_makes_no_difference(
    pages: list[tuple[str, list[Contact]]], named: list[str]
) -> None:
    quickly = asyncio.run(kept(pages, named))
    with patch.object(ingest, "welcome", AsyncMock(return_value=False)):
        slowly = asyncio.run(kept(pages, named))

    assert quickly == slowly
