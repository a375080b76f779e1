"""Whole lists of what an administrator made: fields, stages, groups of points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.asking import total_of
from adapters.mautic.limits import API
from connector.errors import RightMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Answer
    from adapters.mautic.account import Account, Row

PAGE_ROWS = 200
_RIGHTS: Mapping[str, str] = {
    "fields": "View of Custom Fields",
    "lists": "View Others of Segments",
    "stages": "View of Stages",
    "pointGroups": "View of Groups of points",
    "hooks": "View Others of Webhooks",
}
"""As Mautic calls them where a role is edited."""


async def all_of(account: Account, operation: str, path: str, name: str) -> list[Row]:
    """Return every row under `name` of the answers of `path`, oldest first.

    Raises UnexpectedAnswer where an answer has no rows, or full pages come again and again, and
    RightMissing with the right that the role lacks.
    """
    found: list[Row] = []
    before: Sequence[Row] = ()
    while True:
        call = Call(
            operation=operation,
            method="GET",
            path=path,
            params=[
                *(("start", len(found)), ("limit", PAGE_ROWS)),
                *(("orderBy", "id"), ("orderByDir", "ASC")),
            ],
            buckets=(API,),
        )
        body = (await _answer(account, call, name)).body
        rows, total = account.rows(operation, body, name), total_of(body)
        found += rows
        if len(rows) < PAGE_ROWS or len(found) == total:
            return found
        if rows == before:
            raise account.unexpected(operation, "goes round in a circle: a page came twice")
        before = rows


async def _answer(account: Account, call: Call, name: str) -> Answer:
    try:
        return await account.send(call)
    except RightMissing as error:
        if right := _RIGHTS.get(name):
            reason = f"the role of the user may not: give it {right} in Mautic"
            error.args = (f"{account.name}: {call.operation}: {reason}",)
        raise
