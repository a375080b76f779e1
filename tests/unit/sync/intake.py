"""A state that takes in pages, and what it makes of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from connector.domain.attributes import Attribute
from connector.domain.contacts import Contact, Membership, Removal
from connector.domain.events import Event
from connector.domain.frames import CONTACT, EVENT_ID
from connector.domain.records import Person, Record
from connector.domain.values import FieldType
from connector.sync.records.ingest import (
    ingest_contacts,
    ingest_events,
    ingest_memberships,
    ingest_removals,
)
from connector.sync.records.joining import Naming
from state.memory.database import MemoryState
from tests.builders import T

NAMING = Naming(
    attributes={
        "email": Attribute(name="email", type=FieldType.EMAIL, sources={"crm": "email"}),
        "job": Attribute(name="job", type=FieldType.TEXT, sources={"crm": "job", "mail": "JOB"}),
    },
    order=("crm", "mail"),
)


class Intake:
    """Takes pages in, each in a transaction and a minute after the one before."""

    def __init__(self, naming: Naming = NAMING) -> None:
        self.state = MemoryState()
        self.naming = naming
        self.now: datetime = T

    async def contacts(self, platform: str, *contacts: Contact) -> int:
        async with self.state.write() as tx:
            done = await ingest_contacts(tx, platform, contacts, self.naming, self._tick())
        return done.fresh

    async def removals(self, platform: str, *removals: Removal) -> int:
        async with self.state.write() as tx:
            gone = await ingest_removals(tx, platform, removals, self.naming, self._tick())
        return gone.fresh + gone.erased

    async def events(self, platform: str, *events: Event) -> int:
        async with self.state.write() as tx:
            return await ingest_events(tx, platform, events, self._tick())

    async def memberships(self, platform: str, *items: Membership) -> int:
        async with self.state.write() as tx:
            return await ingest_memberships(tx, platform, items, {"News"})

    async def settle(self) -> None:
        """Let everybody have been scored."""
        for number, standing in self.state._committed.standing.items():
            self.state._committed.standing[number] = type(standing)(model="d")

    async def stale(self) -> set[int]:
        async with self.state.read() as tx:
            return set(await tx.contacts.waiting(self.now, "d"))

    async def stale_people(self) -> set[frozenset[str]]:
        """Return the records (``platform:id``) of each stale person."""
        return {await self.keys_of(number) for number in await self.stale()}

    async def keys_of(self, number: int) -> frozenset[str]:
        async with self.state.read() as tx:
            records = await tx.contacts.records_of([number])
        return frozenset(f"{each.platform}:{each.remote_id}" for each in records)

    async def people(self) -> set[frozenset[str]]:
        """Return the records (``platform:id``) of each person."""
        async with self.state.read() as tx:
            numbers = await tx.contacts.all_numbers()
        return {await self.keys_of(number) for number in numbers}

    async def person(self, text: str) -> Person:
        async with self.state.read() as tx:
            found = await tx.contacts.find(text)
        assert found is not None
        return found

    async def record(self, platform: str, remote_id: str) -> Record:
        async with self.state.read() as tx:
            return (await tx.contacts.records(platform, [remote_id]))[remote_id]

    async def events_of(self, text: str) -> set[str]:
        """Return the ids of the events that count for a person."""
        return await self._event_ids([(await self.person(text)).contact])

    async def orphans(self) -> dict[str, int]:
        async with self.state.read() as tx:
            return {name: count for name, count in (await tx.contacts.orphans()).items() if count}

    async def _event_ids(self, contacts: Collection[int]) -> set[str]:
        async with self.state.read() as tx:
            frame = (await tx.events.frame(contacts, {})).select(CONTACT, EVENT_ID).collect()
        return set(frame[EVENT_ID])

    def _tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now
