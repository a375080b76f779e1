"""Segments that a merge brought somebody to, which neither their number nor their dates show.

Whoever fills in a form as a visitor takes over the contact that has the address: its memberships
get the new id and keep their dates. So the log of the instance is asked who took over whom, and
each segment that knows a winner unknown to us is walked again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.mautic.cursor_validity import ASKED
from adapters.mautic.numbered import ID, read_numbered, valid_part
from adapters.mautic.removals import TABLE as LOG
from adapters.mautic.removals import merges_of
from adapters.mautic.spans import micros_of
from adapters.mautic.stats import PAGE_ROWS, TableLacking, ask_stats
from adapters.rosters import unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause

MERGES = "merges"
"""In a place: up to where the log was read for merges."""

_MERGED: tuple[Clause, ...] = (
    ("bundle", "eq", "lead"),
    ("object", "eq", "lead"),
    ("action", "eq", "merge"),
)
_TABLE = "lead_lists_leads"
_ASKED_AT_ONCE = 100
"""Winners whose segments are asked for at once."""
_ROWS = 5000
_ASKED_AGAIN = timedelta(days=1)


async def after_merges(account: Account, place: Place, now: int) -> Place:
    """Return the place of a reading of members; whom a merge moved, of those the marks are gone."""
    merges: Place = place.get(MERGES, {})
    if now - merges.get(ASKED, 0) < micros_of(_ASKED_AGAIN):
        return place
    try:
        if ID not in merges:
            # What is walked from now on has all merges up to here.
            return {**place, MERGES: {ID: await _newest(account)}}
        winners = set[int]()
        async for rows, here in read_numbered(account, LOG, _MERGED, merges, limit=PAGE_ROWS):
            with account.reading(f"read the table {LOG}", "a row"):
                winners.update(int(each) for each in merges_of(rows).values())
            merges = here
        lists = await _unmarked(account, place.get("lists", {}), sorted(winners))
    except TableLacking:
        return {**place, MERGES: {ASKED: now}}
    return {**place, "lists": lists, MERGES: merges}


def valid_merges(merges: Place, now: datetime) -> Place:
    """Return what is left at `now` of how far the log was read."""
    return valid_part(merges, now)


async def _newest(account: Account) -> int:
    newest = await ask_stats(account, LOG, limit=1, order=((ID, "DESC"),))
    with account.reading(f"read the table {LOG}", "a row"):
        return int(newest.rows[0]["id"]) if newest.rows else 0


async def _unmarked(
    account: Account, lists: Mapping[str, Any], winners: Sequence[int]
) -> Mapping[str, Any]:
    """Return what is known of segments; no mark stands for one that has a winner unknown to it.

    Nor for any, where winners are in more segments than are told at once.
    """
    inside: dict[str, set[int]] = {}
    for first in range(0, len(winners), _ASKED_AT_ONCE):
        some = winners[first : first + _ASKED_AT_ONCE]
        clauses: list[Clause] = [
            ("lead_id", "in", ",".join(map(str, some))),
            ("manually_removed", "eq", 0),
        ]
        order = (("lead_id", "ASC"), ("leadlist_id", "ASC"))
        found = await ask_stats(account, _TABLE, clauses, limit=_ROWS, order=order)
        if len(found.rows) >= _ROWS:
            return {name: (it[0], "", *it[2:]) for name, it in lists.items()}
        with account.reading(f"read the table {_TABLE}", "a row"):
            for row in found.rows:
                inside.setdefault(str(int(row["leadlist_id"])), set()).add(int(row["lead_id"]))
    return {
        name: (remote_id, "", packed, walked)
        if inside.get(remote_id, set()) - set(unpacked(packed))
        else (remote_id, mark, packed, walked)
        for name, (remote_id, mark, packed, walked) in lists.items()
    }
