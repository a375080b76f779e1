"""Rows of the tables in which Mautic keeps what happened.

Whatever goes wrong there is told within an answer of 200, and a table that nobody keeps is
answered by the names of those there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.asking import Rows, total_of, where
from adapters.mautic.dialect import complaint_of
from adapters.mautic.limits import API
from connector.errors import RightMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.http import Json
    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause

PAGE_ROWS = 1000
"""Rows of one answer: they come as they lie in the table."""
_FORBIDDEN = 403
_DENIED = "do not have the view permission"


class TableLacking(RightMissing):
    """The instance has no such table, or nobody who asks like that may read it."""


async def ask_stats(
    account: Account,
    table: str,
    clauses: Sequence[Clause] = (),
    *,
    limit: int,
    order: Sequence[tuple[str, str]] = (("id", "ASC"),),
    start: int = 0,
) -> Rows:
    """Return rows of a table that meet all conditions, in order.

    Raises TableLacking where there are none to be had, now or ever.
    """
    operation = f"read the table {table}"
    params = [("start", start), ("limit", limit), *where(clauses)]
    for number, (column, direction) in enumerate(order):
        params += [(f"order[{number}][col]", column), (f"order[{number}][dir]", direction)]
    call = Call(
        operation=operation,
        method="GET",
        path=f"/api/stats/{table}",
        params=params,
        buckets=(API,),
    )
    body = (await account.send(call)).body
    _refuse(account, operation, body)
    return Rows(rows=account.rows(operation, body, "stats"), total=total_of(body))


def _refuse(account: Account, operation: str, body: Json) -> None:
    """Raise what an answer is, where it is none."""
    if not isinstance(body, dict) or "stats" in body:
        return
    words, _ = complaint_of(body)
    if words is None and "availableTables" not in body:
        return
    told = account.session.clean(words) if words else "there is no such table"
    if words is None or _code_of(body) == _FORBIDDEN or _DENIED in words:
        text = f"{account.name}: {operation}: {told}"
        raise TableLacking(text, platform=account.name, operation=operation, status=_FORBIDDEN)
    raise account.unexpected(operation, f"answered: {told}")


def _code_of(body: dict[str, Json]) -> object:
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return first.get("code") if isinstance(first, dict) else None
