"""A program that writes pages until it is killed: rows, events and a cursor in each transaction."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from connector.domain.events import Event
from connector.domain.ledger import StoredCursor
from connector.domain.records import Person, Record
from connector.ports.store import State
from state.opening import open_state

T = datetime(2026, 1, 15, tzinfo=UTC)
PAGE = 20


async def write_page(state: State, number: int) -> None:
    """Save the page of this number, whole or not at all."""
    names = [f"{number}-{row}" for row in range(PAGE)]
    async with state.write() as tx:
        persons = await tx.contacts.create([Person(contact=0, key=name) for name in names])
        records = [
            Record(
                platform="crm",
                remote_id=name,
                contact=person,
                emails=(f"{name}@example.com",),
                changed_at=T,
                recorded_at=T,
            )
            for name, person in zip(names, persons, strict=True)
        ]
        await tx.contacts.save_records(records)
        subjects = await tx.contacts.add_subjects(
            "crm", [(name, None, person) for name, person in zip(names, persons, strict=True)]
        )
        events = [
            (subject.id, Event(id=name, subject=name, type="page.viewed", occurred_at=T))
            for name, subject in subjects.items()
        ]
        await tx.events.save("crm", events, T + timedelta(seconds=number))
        cursor = StoredCursor(
            platform="crm", stream="contacts", cursor=str(number), reading="r", updated_at=T
        )
        await tx.cursors.put(cursor)


async def main(url: str) -> None:
    """Go on from where the last one was killed, and say how far it is."""
    state = await open_state(url)
    async with state.own_cycles("writer"):
        async with state.read() as tx:
            before = await tx.cursors.get("crm", "contacts")
        number = int(before.cursor) if before else 0
        while True:
            number += 1
            await write_page(state, number)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
