"""Walk a list that Brevo pages by offset, while it changes.

The rows of an answer are counted from the start of the list, so every row that is deleted moves
all behind it a place forward, past a reader who goes on where the last page ended. There is no
cursor and no snapshot. So each page begins with the row that ended the one before. Where it does
not, rows may have been skipped, and the walk steps back until it stands on known ground again.
Rows that move the other way come twice, which is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.http import Call
from connector.errors import (
    LeftAlone,
    LimitUsedUp,
    PlatformError,
    RateLimited,
    Recovery,
    UnexpectedAnswer,
)
from connector.ports.budget import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from adapters.brevo.account import Account, Row

BREAKS = 5
"""So many answers in a row that come to nothing end a walk for good."""
_MOST_IDLE = 40
"""Requests in a row that brought nothing new: more of them is going round in circles."""
_ENDS_BELIEVED = 2
"""Ends in a row that are believed though there should be more: the number of rows may be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of an account, and how its rows are told apart and ordered."""

    operation: str
    path: str
    bucket: str
    field: str
    """Where an answer has its rows."""
    limit: int
    """Rows of a page: at least 2, since one is read twice."""
    key: Callable[[Row], str]
    order: Callable[[Row], int]
    """What never falls from one row to the next, such as the instant of creation."""
    params: tuple[tuple[str, str], ...] = ()
    may_lack: frozenset[int] = frozenset()
    """Statuses that say that the account has no such list: it is read as empty."""
    is_counted: bool = False
    """Whether each answer says how many rows there are: one that does not is no end."""
    is_bare_when_empty: bool = False
    """Whether an answer without rows may lack their field too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """How far a walk has come: the rows before `offset`, the last of which is known."""

    offset: int = 0
    last: str | None = None
    """The key of the last row read; None at the start."""
    order: int = 0

    def plain(self) -> list[int | str | None]:
        """Return it as it stands in a cursor."""
        return [self.offset, self.last, self.order]

    @classmethod
    def of(cls, plain: Sequence[object] | None) -> Footing:
        """Return what `plain` has written down; the start for None."""
        match plain:
            case [int(offset), str(last), int(order)]:
                return cls(offset=offset, last=last, order=order)
            case _:
                return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The rows of one answer that were not in the one before."""

    rows: Sequence[Row]
    footing: Footing
    """Where to go on after them."""
    is_last: bool
    total: int | None
    """How many rows the list has, where an answer says so."""


async def walk(account: Account, listing: Listing, start: Footing) -> AsyncIterator[Stretch]:
    """Yield the rows behind `start`, to the end of the list; the last stretch says so.

    A row that was there all the time is yielded at least once, whatever is deleted meanwhile.
    Raises UnexpectedAnswer when the list has no end.
    """
    footing, overlap, idle, ends = start, 1, 0, 0
    while idle <= _MOST_IDLE:
        offset = max(0, footing.offset - overlap) if footing.last is not None else 0
        page = await _ask(account, listing, offset)
        if offset and not page.continues(footing):
            overlap, idle = max(2 * overlap, listing.limit // 10), idle + 1
            continue
        fresh, total = page.behind(footing), page.total
        end = offset + len(page.rows)
        is_short = len(page.rows) < listing.limit
        ends = ends + 1 if is_short and not fresh else 0
        says_more = listing.is_counted if total is None else end < total
        is_last = is_short and (not says_more or ends == _ENDS_BELIEVED)
        if page.rows:
            footing = Footing(offset=end, last=page.keys[-1], order=page.orders[-1])
        yield Stretch(rows=fresh, footing=footing, is_last=is_last, total=total)
        if is_last:
            return
        # A page that only overlaps would be asked for over and over.
        overlap = min(overlap, max(1, listing.limit // 10))
        idle = 0 if fresh else idle + 1
    raise account.unexpected(listing.operation, "comes to no end")


async def walk_on(
    account: Account, listing: Listing, start: Footing | None = None
) -> AsyncIterator[Stretch]:
    """Yield the rows behind `start` as `walk` does, going on where the walk broke off.

    For a walk that is part of a write, whose caller could only begin all over again. Raises what
    it broke off with where that will not pass, or where nothing comes five times in a row.
    """
    footing, breaks = start or Footing(), 0
    while True:
        try:
            async for stretch in walk(account, listing, footing):
                footing, breaks = stretch.footing, 0
                yield stretch
        except PlatformError as error:
            breaks += 1
            wait = _wait_after(error, breaks)
            if wait is None or breaks == BREAKS:
                raise
            await account.clock.sleep(wait)
        else:
            return


def _wait_after(error: PlatformError, breaks: int) -> timedelta | None:
    """Return how long to wait before going on; None where that is not to be tried here."""
    if isinstance(error, LeftAlone | LimitUsedUp):
        return None
    wait = timedelta(seconds=2 ** (breaks - 1))
    if isinstance(error, RateLimited):
        wait = max(error.retry_after or wait, wait)
    # An answer cut off on its way is unexpected too, and has the status of one.
    is_cut = isinstance(error, UnexpectedAnswer) and error.status is not None
    may_pass = error.recovery is Recovery.RETRY or is_cut
    return wait if may_pass and wait <= LONGEST_WAIT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    rows: Sequence[Row]
    keys: Sequence[str] = ()
    orders: Sequence[int] = ()
    total: int | None = None

    def continues(self, footing: Footing) -> bool:
        """Return whether no row between those read before and these was skipped."""
        return bool(self.rows) and (self.orders[0] < footing.order or footing.last in self.keys)

    def behind(self, footing: Footing) -> Sequence[Row]:
        """Return the rows behind the last one read, all of them when it is not here."""
        if footing.last not in self.keys:
            return self.rows
        return self.rows[self.keys.index(footing.last) + 1 :]


async def _ask(account: Account, listing: Listing, offset: int) -> _Page:
    call = Call(
        operation=listing.operation,
        method="GET",
        path=listing.path,
        params=[("limit", listing.limit), ("offset", offset), *listing.params],
        buckets=(listing.bucket,),
        reads=listing.may_lack,
    )
    answer = await account.session.send(call)
    body = answer.body if answer.body is not None else {}
    if answer.status in listing.may_lack or (
        listing.is_bare_when_empty and isinstance(body, dict) and not body.get(listing.field)
    ):
        return _Page(rows=(), total=0)
    rows = account.rows(listing.operation, body, listing.field)
    with account.reading(listing.operation, "a row"):
        keys, orders = [listing.key(row) for row in rows], [listing.order(row) for row in rows]
    total = body.get("count")
    return _Page(
        rows=rows, keys=keys, orders=orders, total=total if isinstance(total, int) else None
    )
