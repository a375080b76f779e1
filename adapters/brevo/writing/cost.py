"""What writing costs: how many changes go together, and how many requests they take; pure."""

from __future__ import annotations

from math import ceil

ATTRIBUTE_BATCH = 50_000
"""Changes of attributes of one call: as many as a push takes up at once. They share the walks
around an import, and one body of it is enough for them, unless their values are long."""
LIST_BATCH = 150
"""The most contacts of one request that moves members of a list."""
BULK_FROM = 500
"""Changes of attributes from which on they go by import. At ten requests a second so many take
53 s one by one, reading back included. An import takes two walks and two requests of a tight limit,
30 to 40 s where it is done at once; how long Brevo lets one wait, nobody says."""

READ_BACK = 20
"""Contacts that one request reads back."""
_PAGE = 1_000
_OF_AN_IMPORT = 2
"""Sending it, and looking whether it is done."""


def calls_of(kind: str, count: int) -> int:
    """Return how many requests so many changes of a kind take at least."""
    match kind:
        case "attribute" if count < BULK_FROM:
            return count + ceil(count / READ_BACK)
        case "attribute":
            return ceil(count / ATTRIBUTE_BATCH) * _OF_AN_IMPORT + 2 * ceil(count / _PAGE)
        case "alone":
            return count + ceil(count / READ_BACK)
        case "contact":
            # Made, and read.
            return 2 * count
        case "list_removal":
            return ceil(count / LIST_BATCH)
        case _:
            # Looked at, many by the page, and added.
            return ceil(count / _PAGE) + ceil(count / LIST_BATCH)
