"""Adopt whoever is in a list before we put them there: nobody but us may take them out again.

The platform says so itself of whom a write finds there, as long as it is the first. After one whose
answer was lost, or in which we died, it may have been us. So whoever the last reading found in a
list is adopted before anything is written, and is not once the platform did put them in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.sync.outbox.list_moves import list_moves, list_walks
from connector.sync.records.echoes import SLACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction


async def adopt(tx: Transaction, platform: str, rows: Sequence[Outbound]) -> Sequence[Outbound]:
    """Return rows that are to be written, the lists adopted in which they were read to be."""
    walks, moves = await list_walks(tx, platform), await list_moves(tx, platform)
    asked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        for name in _joined(row, walks, moves):
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


def _joined(
    row: Outbound, walks: Mapping[str, datetime], moves: Mapping[str, datetime]
) -> Iterator[str]:
    """Yield the lists that a row is to be put into, where the reading says who put it there.

    After an attempt that nobody saw it may have been us.
    """
    tried = row.unseen_lists
    for name, is_wanted in row.desired.lists.items():
        known = row.confirmed.lists.get(name)
        if not is_wanted or known or name in tried:
            continue
        if known is None or _is_read_since(row, name, walks, moves):
            yield name


def _is_read_since(
    row: Outbound, name: str, walks: Mapping[str, datetime], moves: Mapping[str, datetime]
) -> bool:
    """Return whether a list was read after we took the contact out of it.

    Of a list that is not walked the reading forgot them then.
    """
    if name not in walks or row.confirmed_at is None:
        return True
    left_at = min(row.confirmed_at, moves.get(name, row.confirmed_at))
    return left_at + SLACK <= walks[name]
