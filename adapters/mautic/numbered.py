"""Tables whose rows are numbered, read by their numbers.

A number is given when a row is made, and the row is seen when whoever made it is through: a lower
one may come to be seen after a higher one. So each reading goes back to the number up to which was
read some minutes before; rows that are read again are as they were, or say more than they did.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.cursor_validity import MARKS, is_ahead
from adapters.mautic.spans import micros_of
from adapters.mautic.stats import ask_stats
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause

ID = "id"
"""In a place: up to this number no row is missing."""
AT = "at"
"""In a place: up to which number the reading under way has come."""
SETTLES = timedelta(minutes=5)
"""After so long every number that was given is seen, or never will be."""
_AGAIN = 5_000
"""Rows of a first reading that are read again: no more are made while one is on its way."""
_APART = timedelta(minutes=1)
"""Marks are no closer than this: a place stays short however often is read."""


async def read_numbered(
    account: Account, table: str, clauses: Sequence[Clause], place: Place, *, limit: int
) -> AsyncIterator[tuple[Sequence[Row], Place]]:
    """Yield the rows of a table behind a place, each part with the place behind it."""
    at: int = place[AT] if AT in place else place.get(ID, 0)
    is_last = False
    while not is_last:
        found = await ask_stats(account, table, [("id", "gt", at), *clauses], limit=limit)
        numbers = [_number(account, table, row) for row in found.rows]
        if any(each <= at for each in numbers):
            raise account.unexpected(f"read the table {table}", "answered what was read before")
        at = max([at, *numbers])
        is_last = not numbers or found.are_all(limit)
        yield found.rows, _settled(place, at, _now(account)) if is_last else {**place, AT: at}


def valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: numbers know no time, the rest does."""
    if not is_ahead(place, now):
        return place
    return {name: value for name, value in place.items() if name in {ID, AT}}


def _settled(place: Place, at: int, now: int) -> Place:
    """Return the place of a reading that came to its end."""
    marks: list[tuple[int, int]] = [(then, number) for then, number in place.get(MARKS, ())]
    passed = [each for each in marks if each[0] <= now - micros_of(SETTLES)]
    recent = marks[len(passed) :]
    if not recent or now - recent[-1][0] >= micros_of(_APART):
        recent.append((now, at))
    settled = passed[-1][1] if passed else place.get(ID, max(0, at - _AGAIN))
    rest = {name: value for name, value in place.items() if name not in {ID, AT, MARKS}}
    return {**rest, ID: settled, MARKS: recent}


def _number(account: Account, table: str, row: Row) -> int:
    with account.reading(f"read the table {table}", "a row"):
        return int(row["id"])


def _now(account: Account) -> int:
    return to_micros(account.clock.now())
