"""What can be written to Mautic, and how much at once."""

from __future__ import annotations

from math import ceil

from adapters.mautic.writing.attributes import ATTRIBUTE_BATCH
from adapters.mautic.writing.members import LIST_BATCH
from adapters.mautic.writing.sizes import FIRST
from connector.domain.values import FieldType

WRITABLE_TYPES = frozenset(
    {FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME, FieldType.EMAIL}
)
IN_FLIGHT = 2
"""Writes of one push that are under way at once: since 7 only the server itself limits us."""

_CREATED = 50


def calls_of(kind: str, count: int) -> int:
    """Return how many requests so many changes of a kind take at least."""
    match kind:
        case "alone" | "apart":
            return count
        case "contact":
            # Looked for, and made.
            return 2 * ceil(count / _CREATED)
        case "list":
            # Looked at, and added.
            return 2 * ceil(count / LIST_BATCH)
        case "list_removal":
            # Looked at, and taken out one by one.
            return ceil(count / LIST_BATCH) + count
        case _:
            return ceil(count / min(FIRST, ATTRIBUTE_BATCH))
