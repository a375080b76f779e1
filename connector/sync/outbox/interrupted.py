"""Take rows back from a process that died while it was writing them.

What it did is not known, so that a contact found in a list afterwards may have been put there by
us. Whoever was there before is known from what was last read, and only until the next reading.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.outbound import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction


async def take_back(tx: Transaction, ours: Collection[str]) -> None:
    """Make rows that a dead process was writing work again, and remember that in them.

    Lists in which contacts stood before it are adopted, but on platforms that are `ours` alone.
    """
    rows = [
        row
        for row in await tx.outbox.leased()
        # What was read since an earlier attempt that nobody saw may be the work of that one.
        if row.platform not in ours and not row.may_be_done
    ]
    for name in {row.platform for row in rows}:
        await _adopt(tx, name, [row for row in rows if row.platform == name])
    await tx.outbox.reclaim(INTERRUPTED)


async def _adopt(tx: Transaction, platform: str, rows: Sequence[Outbound]) -> None:
    read = await tx.cursors.get(platform, "memberships")
    if read is None:
        return
    asked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        for name in _joined(row, read.updated_at):
            asked[name][row.remote_id] = row.contact
    adopted: defaultdict[int, set[str]] = defaultdict(set)
    for name, contacts in asked.items():
        for remote_id in await tx.contacts.members(platform, name, contacts):
            adopted[contacts[remote_id]].add(name)
    await tx.outbox.save(
        [
            replace(row, adopted=row.adopted | adopted[row.contact])
            for row in rows
            if row.contact in adopted
        ]
    )


def _joined(row: Outbound, read_at: datetime) -> Iterator[str]:
    """Yield the lists that a row was to be put into, and was not in when they were `read_at`.

    Of one that we took it out of since then, the reading tells what was before.
    """
    for name, is_wanted in row.desired.lists.items():
        known = row.confirmed.lists.get(name)
        is_read = known is None or row.confirmed_at is None or row.confirmed_at < read_at
        if is_wanted and not known and is_read:
            yield name
