"""The segments of an instance, as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.asking import total_of
from adapters.mautic.limits import API

if TYPE_CHECKING:
    from adapters.mautic.account import Account, Row

PAGE_SEGMENTS = 200
_OPERATION = "read segments"


async def all_segments(account: Account) -> list[Row]:
    """Return every segment, oldest first."""
    found: dict[str, Row] = {}
    start, is_last = 0, False
    while not is_last:
        call = Call(
            operation=_OPERATION,
            method="GET",
            path="/api/segments",
            params=[
                *(("start", start), ("limit", PAGE_SEGMENTS)),
                *(("orderBy", "id"), ("orderByDir", "ASC")),
            ],
            buckets=(API,),
        )
        body = (await account.send(call)).body
        rows, total = account.rows(_OPERATION, body, "lists"), total_of(body)
        with account.reading(_OPERATION, "a segment"):
            found |= {str(int(row["id"])): row for row in rows}
        start += len(rows)
        is_last = len(rows) < PAGE_SEGMENTS or start == total
    return list(found.values())


async def segment_ids(account: Account) -> dict[str, str]:
    """Return the id of each segment by its name; of two with one name the older one's."""
    found: dict[str, str] = {}
    for row in await all_segments(account):
        found.setdefault(str(row.get("name")), str(int(row["id"])))
    return found
