"""Who is gone: deleted or merged, as the log of the instance tells.

What was done to others than contacts is left out by the conditions. A contact that another one
took over is deleted right after it: both are told. Where the log may not be read the walk of all
ids misses whoever is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.cursors import written
from adapters.mautic.cursor_validity import ASKED
from adapters.mautic.numbered import ID, read_numbered, valid_part
from adapters.mautic.spans import micros_of, stamp
from adapters.mautic.stats import PAGE_ROWS, TableLacking, ask_stats
from adapters.resuming import resumed
from connector.domain.contacts import Removal
from connector.domain.instants import to_micros
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause
    from connector.domain.pages import Cursor

TABLE = "audit_log"
_OPERATION = "read who is gone"
_DELETED, _MERGED = "delete", "merge"
_OF_CONTACTS: tuple[Clause, ...] = (
    ("bundle", "eq", "lead"),
    ("object", "eq", "lead"),
    ("action", "in", f"{_DELETED},{_MERGED}"),
)
_FIRST = timedelta(days=7)
"""How far the first reading goes back: whoever was gone before was never read here."""
_INTO = re.compile(r"merged_into\"?[;:]\s*(?:i:|s:[0-9]+:)?\"?([0-9]{1,18})", re.ASCII)
"""Details are written as PHP serialises them, or as JSON."""
_ASKED_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticRemovals:
    """Keeps the part `removals` of the contract."""

    account: Account
    page_rows: int = PAGE_ROWS

    def removals(self, since: Cursor | None) -> AsyncIterator[Page[Removal]]:
        """Yield who was deleted or merged; some are told again."""
        path = f"{self.account.name}.removals"
        return resumed(self.account.clock, since, self._removals, valid_part=valid_part, path=path)

    async def _removals(self, place: Place) -> AsyncGenerator[Page[Removal], None]:
        now = to_micros(self.account.clock.now())
        if now - place.get(ASKED, 0) < micros_of(_ASKED_AGAIN):
            return
        place = {name: value for name, value in place.items() if name != ASKED}
        try:
            if ID not in place:
                place = {**place, ID: await self._first(now)}
            rows = read_numbered(self.account, TABLE, _OF_CONTACTS, place, limit=self.page_rows)
            async for some, here in rows:
                with self.account.reading(_OPERATION, "a row"):
                    gone = _removals_of(some)
                place = here
                yield Page(items=tuple(gone.values()), cursor=written(here))
        except TableLacking:
            yield Page(items=(), cursor=written({**place, ASKED: now}))

    async def _first(self, now: int) -> int:
        """Return the number behind which the log is read at first."""
        since: Clause = ("date_added", "gte", stamp(now - micros_of(_FIRST)))
        oldest = await ask_stats(
            self.account, TABLE, [since], limit=1, order=(("date_added", "ASC"),)
        )
        newest = (
            oldest
            if oldest.rows
            else await ask_stats(self.account, TABLE, limit=1, order=(("id", "DESC"),))
        )
        with self.account.reading(_OPERATION, "a row"):
            number = int(newest.rows[0]["id"]) if newest.rows else 0
        return number - 1 if oldest.rows else number


def merges_of(rows: Iterable[Row]) -> Mapping[str, str]:
    """Return the id that took over each one merged away; raises KeyError, TypeError or ValueError.

    `rows` are of the log.
    """
    return {
        str(int(row["object_id"])): into[1]
        for row in rows
        if row["action"] == _MERGED and (into := _INTO.search(str(row.get("details"))))
    }


def _removals_of(rows: Sequence[Row]) -> Mapping[str, Removal]:
    """Return who is gone, by id; raises KeyError, TypeError or ValueError."""
    merged = merges_of(rows)
    gone = [str(int(row["object_id"])) for row in rows if row["action"] == _DELETED]
    return {old: Removal(remote_id=old, merged_into=merged.get(old)) for old in [*merged, *gone]}
