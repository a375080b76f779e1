"""Whether the tables and the activity of contacts tell of as much: both are of the same rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.events.activity import ask_activity, kind_of
from adapters.mautic.events.row_events import DOWNLOADS, HITS, MESSAGES, SUBMISSIONS
from adapters.mautic.spans import micros_of, stamp
from adapters.mautic.stats import ask_stats
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.mautic.account import Account

_DATES: Mapping[str, str] = {
    HITS: "date_hit",
    SUBMISSIONS: "date_submitted",
    DOWNLOADS: "date_download",
    MESSAGES: "date_sent",
}
"""By the table: the date that the activity shows."""
_SPAN = timedelta(days=1)
_MOST_APART = 20
"""Rows by which they may differ: some are made while both are asked."""


async def counts_that_differ(account: Account, table: str) -> tuple[int, int] | None:
    """Return what the table, and the activity, have of a day, where that is not as much.

    None where they agree, or where only one of them tells.
    """
    kind, column = kind_of(table), _DATES.get(table)
    if kind is None or column is None:
        return None
    since = to_micros(account.clock.now()) - micros_of(_SPAN)
    rows = await ask_stats(account, table, [(column, "gte", stamp(since))], limit=1, order=())
    _, told = await ask_activity(account, kind, since, page=1, limit=1)
    if rows.total is None or told is None or abs(rows.total - told) <= _MOST_APART:
        return None
    return rows.total, told
