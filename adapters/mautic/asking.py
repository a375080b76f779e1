"""Conditions on rows, and contacts that keep them.

Conditions are flat: of nested ones Mautic's converter of columns stumbles over the outer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from os import getpid
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from adapters.http import Call
from adapters.mautic.limits import API

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.mautic.account import Account, Row

Clause: TypeAlias = "tuple[str, str, str | int | None]"
"""A column of the database, what it is compared by, and with what."""
Params: TypeAlias = "list[tuple[str, str | int | float | bool]]"

IDENTIFIED: Clause = ("date_identified", "isNotNull", None)
"""Whoever is a contact: visitors whom nobody knows are rows of the same table."""
MOST_IDS = 100
"""Of one condition that asks for contacts: an answer of so many is large enough."""
MOST_NUMBERS = 400
"""Of one condition, where rows are short."""

_COMMA = "%2C"
_PATH = "/api/contacts"
_BARE: Params = [("minimal", 1), ("select[]", "id")]
_LETTERS = 6_000
"""Of the values of one condition: every server takes an address of 8,000 letters."""
_UNLIKE = count(getpid())
_DIFFERENT = 1_000
"""More requests than these nobody makes in the time of that: Mautic keeps a file for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some rows of an answer, and how many there are behind the conditions in all."""

    rows: Sequence[Row]
    total: int | None

    def are_all(self, limit: int) -> bool:
        """Return whether no others are behind these, of whom an answer has `limit` at most.

        What is deleted meanwhile makes an answer short: how many there are counts, where it says.
        """
        if self.total is None:
            return len(self.rows) < limit
        return len(self.rows) >= self.total


def where(clauses: Sequence[Clause]) -> Params:
    """Return conditions that all have to be met, as parameters."""
    found: Params = []
    for number, (column, expression, value) in enumerate(clauses):
        found += [(f"where[{number}][col]", column), (f"where[{number}][expr]", expression)]
        if value is not None:
            found.append((f"where[{number}][val]", value))
    return found


def one_of(column: str, values: Sequence[str]) -> Clause:
    """Return the condition that a column has one of these values, which hold no commas."""
    return (column, "in", ",".join(values))


async def ask_contacts(
    account: Account,
    operation: str,
    clauses: Sequence[Clause],
    *,
    limit: int,
    is_bare: bool = False,
) -> Rows:
    """Return contacts that meet all conditions, by rising id; with their ids alone when bare.

    Fields cannot be chosen: what is selected brings none of those that somebody has added.
    """
    call = Call(
        operation=operation,
        method="GET",
        path=_PATH,
        params=[
            ("limit", limit),
            ("orderBy", "id"),
            ("orderByDir", "ASC"),
            *(_BARE if is_bare else ()),
            *where([*clauses, IDENTIFIED, _unlike_any()]),
        ],
        buckets=(API,),
    )
    body = (await account.send(call)).body
    rows = account.rows(operation, body, "contacts")
    return Rows(rows=rows, total=total_of(body))


def total_of(body: object) -> int | None:
    """Return how many rows an answer says there are, as a number or as its digits."""
    total = body.get("total") if isinstance(body, dict) else None
    if isinstance(total, str) and total.isascii() and total.isdecimal():
        return int(total)
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _unlike_any() -> Clause:
    """Return a condition that everybody meets, and that no request of the last seconds had.

    Some keep the number of rows of a query for some seconds, and show nobody where it was 0:
    whoever was made meanwhile would be missing from an answer to the same words.
    """
    return ("id", "neq", -1 - next(_UNLIKE) % _DIFFERENT)


def parts(values: Sequence[str], size: int = MOST_IDS) -> Iterator[Sequence[str]]:
    """Yield values without those that come again, so many at a time, fewer where they are long."""
    some: list[str] = []
    letters = 0
    for each in dict.fromkeys(values):
        more = len(quote(each, safe="")) + len(_COMMA)
        if some and (len(some) == size or letters + more > _LETTERS):
            yield some
            some, letters = [], 0
        some.append(each)
        letters += more
    if some:
        yield some
