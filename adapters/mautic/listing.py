"""Whole lists of what an administrator made: fields, stages, groups of points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.asking import total_of
from adapters.mautic.limits import API

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Account, Row

PAGE_ROWS = 200


async def all_of(account: Account, operation: str, path: str, name: str) -> list[Row]:
    """Return every row under `name` of the answers of `path`, oldest first.

    Raises UnexpectedAnswer where an answer has no rows, or full pages come again and again.
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
        body = (await account.send(call)).body
        rows, total = account.rows(operation, body, name), total_of(body)
        found += rows
        if len(rows) < PAGE_ROWS or len(found) == total:
            return found
        if rows == before:
            raise account.unexpected(operation, "goes round in a circle: a page came twice")
        before = rows
