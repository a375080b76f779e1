"""Adopt whoever is in a list before we put them there: nobody but us may take them out again.

The platform says so itself of whom a write finds there, as long as it is the first. After one whose
answer was lost, or in which we died, it may have been us. So whoever the last reading found in a
list is adopted before anything is written, and is not once the platform did put them in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction


async def adopt(tx: Transaction, platform: str, rows: Sequence[Outbound]) -> Sequence[Outbound]:
    """Return rows that are to be written, the lists adopted in which they were read to be."""
    read = await tx.cursors.get(platform, "memberships")
    if read is None:
        return rows
    asked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        for name in _joined(row, read.updated_at):
            asked[name][row.remote_id] = row.contact
    adopted: defaultdict[int, set[str]] = defaultdict(set)
    for name, contacts in asked.items():
        for remote_id in await tx.contacts.members(platform, name, contacts):
            adopted[contacts[remote_id]].add(name)
    changed = {
        row.contact: replace(row, adopted=row.adopted | adopted[row.contact])
        for row in rows
        if row.contact in adopted
    }
    await tx.outbox.save(list(changed.values()))
    return [changed.get(row.contact, row) for row in rows]


def _joined(row: Outbound, read_at: datetime) -> Iterator[str]:
    """Yield the lists that a row is to be put into, where the reading says who put it there.

    After an attempt that nobody saw it may have been us; and of a list that we took it out of since
    they were `read_at`, the reading tells what was before.
    """
    if row.may_be_done:
        return
    for name, is_wanted in row.desired.lists.items():
        known = row.confirmed.lists.get(name)
        is_read = known is None or row.confirmed_at is None or row.confirmed_at < read_at
        if is_wanted and not known and is_read:
            yield name
