"""Who refuses to be written to; pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.domain.records import Record


def opted_out(records: Iterable[Record]) -> frozenset[int]:
    """Return who refuses mail on any platform; records that are gone speak where none is left."""
    by_platform: defaultdict[tuple[int, str], list[Record]] = defaultdict(list)
    for record in records:
        by_platform[record.contact, record.platform].append(record)
    return frozenset(
        contact
        for (contact, _), known in by_platform.items()
        if any(
            record.opted_out
            for record in [each for each in known if each.removed_at is None] or known
        )
    )
