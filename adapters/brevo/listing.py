"""The lists and folders of an account, as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.brevo.limits import CONTACTS
from adapters.brevo.walking import Footing, Listing, walk

if TYPE_CHECKING:
    from adapters.brevo.account import Account, Row

PAGE_LISTS = 50
"""The most lists, and folders, of one answer."""


async def all_of(account: Account, what: str) -> list[Row]:
    """Return every one of the ``lists`` or ``folders``, oldest first."""
    listing = Listing(
        operation=f"read {what}",
        path=f"/contacts/{what}",
        bucket=CONTACTS,
        field=what,
        limit=PAGE_LISTS,
        key=lambda row: str(row["id"]),
        order=lambda row: int(row["id"]),
        params=(("sort", "asc"),),
        is_bare_when_empty=True,
    )
    found: dict[str, Row] = {}
    async for stretch in walk(account, listing, Footing()):
        found |= {str(row["id"]): row for row in stretch.rows}
    return list(found.values())


async def list_ids(account: Account) -> dict[str, str]:
    """Return the id of each list by its name; of two with one name the older one's."""
    found: dict[str, str] = {}
    for row in await all_of(account, "lists"):
        found.setdefault(str(row.get("name")), str(row["id"]))
    return found
