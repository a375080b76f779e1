"""What calls tell of contacts without a date, where what is known is dated later than now.

It is of when it reached us. Where our clock was ahead meanwhile, all that reaches us until then
would pass for late: but what is told last is so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.instants import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact
    from connector.domain.records import Record
    from connector.ports.store import Transaction


async def not_late(
    tx: Transaction, platform: str, told: Sequence[tuple[Contact, datetime]], now: datetime
) -> Sequence[Contact]:
    """Return contacts, each told with when it reached us, none dated before what was foreseen."""
    undated = {each.remote_id for each, at in told if each.modified_at == at}
    known = await tx.contacts.records(platform, undated) if undated else {}
    latest = {name: max(_dates(record)) for name, record in known.items()}
    ahead = {name: at for name, at in latest.items() if at > now}
    return [
        replace(each, modified_at=ahead[each.remote_id])
        if each.modified_at == at and each.remote_id in ahead
        else each
        for each, at in told
    ]


def _dates(record: Record) -> Iterator[datetime]:
    """Yield the instants before which what is told of a record is late."""
    yield record.changed_at
    yield from (each for each in (record.modified_at, record.removed_at) if each is not None)
    yield from map(from_micros, record.stamps.values())
