"""The segments of an instance, as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.mautic.listing import all_of

if TYPE_CHECKING:
    from adapters.mautic.account import Account, Row

_OPERATION = "read segments"


async def all_segments(account: Account) -> list[Row]:
    """Return every segment, oldest first."""
    return await all_of(account, _OPERATION, "/api/segments", "lists")


async def segment_ids(account: Account) -> dict[str, str]:
    """Return the id of each segment by its name; of two with one name the older one's."""
    found: dict[str, str] = {}
    rows = await all_segments(account)
    with account.reading(_OPERATION, "a segment"):
        for row in rows:
            found.setdefault(str(row.get("name")), str(int(row["id"])))
    return found
