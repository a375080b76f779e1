"""Take in people of whom nothing is known: most of a first pull, so that it had better be quick.

What comes of it is what `ingest` makes of anybody; it need not be found out who is whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.identity import person_key
from connector.domain.records import Person
from connector.sync.records.joining import Joined, relink
from connector.sync.records.revision import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.records import Record
    from connector.ports.store import Transaction


async def welcome(tx: Transaction, platform: str, records: Sequence[Record]) -> bool:
    """Store new records when each is a person of its own, and return whether that was so.

    They must be first sightings, which belong to nobody yet. Nothing is stored where an address is
    shared, among them or with a record that is known.
    """
    addresses = [address for each in records for address in each.emails]
    if len({*addresses}) < len(addresses) or await tx.contacts.carrying({*addresses}):
        return False
    # In the order in which persons get their numbers when they are found among others.
    founders = sorted(records, key=lambda each: each.remote_id)
    numbers = await tx.contacts.create([_alone(each) for each in founders])
    placed = [each.of(number) for each, number in zip(founders, numbers, strict=True)]
    await tx.contacts.save_records(placed, new={(platform, each.remote_id) for each in placed})
    newcomers = frozenset(numbers)
    await relink(
        tx, Joined(records=tuple(placed), before={}, persons=newcomers, newcomers=newcomers)
    )
    return True


def _alone(record: Record) -> Person:
    """Return the person that one record makes up; the number is still to be given."""
    return Person(
        contact=UNASSIGNED,
        key=person_key((record.platform, record.remote_id)),
        email=next(iter(record.emails), None),
        attributes=record.attributes,
        created_at=record.created_at,
    )
