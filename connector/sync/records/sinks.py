"""Platforms where nobody has a record: everybody who is somewhere is written to, by our id.

Whoever is nowhere any more, or goes on as somebody else, is taken out of what was written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.changes import Addressee
from connector.domain.outbound import NO_STAGE
from connector.sync.records.leftovers import ended

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.outbound import Desired, Outbound
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
    """Clear what was written of these, and take them out of lists, tags and their stage."""
    await tx.outbox.save([ended(row, is_ours=True) for row in rows if not _is_ended(row)])


def _is_ended(row: Outbound) -> bool:
    """Return whether nothing is desired of a row but the end of all that it holds."""
    wanted = row.desired
    let_go = {
        *(("attribute", name) for name, value in wanted.attributes.items() if value is None),
        *(("list", name) for name, is_in in wanted.lists.items() if not is_in),
        *(("tag", tag) for tag, is_set in wanted.tags.items() if not is_set),
        *([("stage", "")] if wanted.stage == NO_STAGE else ()),
    }
    return not _held(wanted) and _held(row.confirmed) <= let_go


def _held(state: Desired) -> set[tuple[str, str]]:
    return {
        *(("attribute", name) for name, value in state.attributes.items() if value is not None),
        *(("list", name) for name, is_in in state.lists.items() if is_in),
        *(("tag", tag) for tag, is_set in state.tags.items() if is_set),
        *([("stage", "")] if state.stage else ()),
    }
