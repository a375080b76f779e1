"""What was changed since it was last looked at, found by searches.

A search may miss a record for some time after its change, and says so nowhere. So every span of
time is searched twice: at once, and once more an hour later. Both are one query.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.hubspot.asking import Row, Search, Span, search
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account

SETTLED = milliseconds_in(timedelta(hours=1))
"""After so long every change can be found by a search."""
OVERLAP = milliseconds_in(timedelta(minutes=1))
"""How far a search at once reaches back: most of what it misses is late by less."""


async def changed(
    account: Account, wanted: Search, place: Place
) -> AsyncIterator[tuple[Sequence[Row], Place]]:
    """Yield pages of what changed after `place`, each with the place behind it.

    Everything there is, when the place is empty. Spans that `wanted` names are not looked at.
    """
    place = begun(account, place)
    walk = place["walk"]
    spans = [Span(start=start, end=end) for start, end in walk["spans"]]
    async for found in search(account, replace(wanted, spans=spans), walk["last"]):
        end: Place = {"seen": walk["seen"], "sure": walk["sure"]}
        yield found.rows, end if found.is_last else behind(place, found.last_id)


def begun(account: Account, place: Place) -> Place:
    """Return a place with a walk: the one under way, or the one that follows."""
    now = milliseconds(account.clock.now())
    return place if "walk" in place else {**place, "walk": _next(place, now)}


def behind(place: Place, last_id: int) -> Place:
    """Return a place whose walk has come to the record `last_id`."""
    return {**place, "walk": {**place["walk"], "last": last_id}}


def _next(place: Place, now: int) -> Place:
    """Return the walk that follows: its spans, and up to where it will have looked."""
    if "seen" not in place:
        return {"spans": [(0, now)], "seen": now, "sure": now - SETTLED, "last": 0}
    seen, sure, settled = place["seen"], place["sure"], now - SETTLED
    spans = [(seen - OVERLAP, max(now, seen))]
    if settled > sure:
        spans.insert(0, (sure, settled))
    return {"spans": spans, "seen": max(now, seen), "sure": max(sure, settled), "last": 0}
