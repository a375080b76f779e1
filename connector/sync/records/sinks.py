"""Platforms where nobody has a record: everybody who is somewhere is written to, by our id.

Whoever is nowhere any more, or goes on as somebody else, is taken out of what was written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.changes import Addressee
from connector.sync.records.leftovers import ended

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction


async def persons_there(tx: Transaction, contacts: Sequence[int]) -> Mapping[int, Addressee]:
    """Return who of `contacts` has a live record on any platform, by our id."""
    records = await tx.contacts.records_of(contacts)
    alive = {each.contact for each in records if each.removed_at is None}
    persons = await tx.contacts.persons(alive)
    return {
        contact: Addressee(remote_id=each.key, email=each.email)
        for contact, each in persons.items()
    }


async def end_in_sinks(tx: Transaction, sinks: Collection[str], persons: Collection[int]) -> None:
    """Let sinks show nothing of `persons` any more, who go on as others."""
    for platform in sinks:
        await end(tx, (await tx.outbox.rows(platform, persons)).values())


async def end(tx: Transaction, rows: Collection[Outbound]) -> None:
    """Clear what was written of these, and take them out of lists and tags."""
    over = [(row, ended(row, is_ours=True)) for row in rows]
    await tx.outbox.save([after for row, after in over if not _is_over(row, after)])


def _is_over(row: Outbound, after: Outbound) -> bool:
    """Return whether nothing is left to be cleared, or it is being cleared already."""
    present, known = row.desired, row.confirmed
    is_empty = not any(value is not None for value in known.attributes.values())
    is_out = not any((*known.lists.values(), *known.tags.values()))
    is_idle = not row.may_be_done and present == known
    return (is_empty and is_out and is_idle) or present == after.desired
