"""Who is gone: deleted contacts from their list, merged ones from those that took them over.

The list of deleted contacts knows no time, and nothing says that it has grown. So the living are
counted: one search tells how many of those that were there before are there now. Only when their
number moved, and once a day, the list is walked. Whom HubSpot erased for privacy is in no list:
webhooks and the journal tell of them, and the walk of all ids misses them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.hubspot.asking import (
    ID,
    LIST_PAGE,
    Search,
    Span,
    ask_search,
    batch_read,
    list_page,
    rows_of,
    search,
    unexpected,
)
from adapters.hubspot.changes import SETTLED
from adapters.hubspot.contacts import KIND, MODIFIED
from adapters.hubspot.cursor_validity import valid_part
from adapters.hubspot.journal import OFFSET, JournalUnusable
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from adapters.hubspot.turns import Turns
from adapters.hubspot.wire import MERGED, instant_of, merged_ids
from adapters.resuming import resumed
from connector.domain.contacts import Removal
from connector.domain.pages import Page
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from adapters.hubspot.journal import Journal
    from connector.domain.pages import Cursor

_CREATED = "createdate"
_COUNT = "count contacts"
_PASSED = "passed"
"""In a place: how many pulls passed since the living were counted."""
_COUNTED = ("before", "count", "walked", OFFSET)
_EVERY = milliseconds_in(timedelta(days=1))
"""How seldom the list is walked although nobody seems to be gone: one may have come back."""


@dataclass(frozen=True, slots=True)
class RemovalReader:
    """Keeps the part `removals` of the contract."""

    account: Account
    journal: Journal | None = None
    turns: Turns = field(default_factory=Turns)

    def removals(self, since: Cursor | None) -> AsyncIterator[Page[Removal]]:
        """Yield pages of contacts that were deleted or merged; some are told again."""
        path = f"{self.account.name}.removals"
        return resumed(self.account.clock, since, self._removals, valid_part=_valid_part, path=path)

    async def _removals(self, place: Place) -> AsyncGenerator[Page[Removal], None]:
        problems: tuple[Problem, ...] = ()
        # Who is gone when the journal is first followed only the number of the living tells.
        is_new = OFFSET not in place
        if self.journal is not None and "walk" not in place:
            try:
                async for page, here in self._journalled(self.journal, place):
                    if not is_new:
                        yield page
                    place = here
            except JournalUnusable as error:
                problems = (Problem(message=str(error), path=f"{self.account.name}.removals"),)
                place = {name: value for name, value in place.items() if name != OFFSET}
            is_told = place.get(OFFSET) and not is_new
            if is_told and self._now() - place.get("walked", 0) < _EVERY:
                return
        if "walk" not in place:
            is_begun = is_new and OFFSET in place
            waits = not is_begun and self._waits(place)
            place = _passed(place) if waits else await self._census(place)
        if "walk" not in place:
            yield Page(items=(), cursor=cursors.written(place), problems=problems)
            return
        async for page in self._walk(place):
            yield replace(page, problems=problems)
            problems = ()

    async def _journalled(
        self, journal: Journal, place: Place
    ) -> AsyncIterator[tuple[Page[Removal], Place]]:
        """Yield who is gone by what the journal says."""
        async for entries, here in journal.behind(place):
            # Whoever was restored since is told of by a later file, perhaps one read before.
            ids = [each.remote_id for each in entries.removals]
            alive = {str(row["id"]) for row in await batch_read(self.account, ids, [ID], kind=KIND)}
            gone = tuple(each for each in entries.removals if each.remote_id not in alive)
            yield Page(items=gone, cursor=cursors.written(here)), here

    async def _census(self, place: Place) -> Place:
        """Return the place after counting; a walk begins there when somebody may be gone."""
        now = self._now()
        total, of_them = await self._count(place.get("before", now), now)
        counted: Place = {
            **place,
            _PASSED: 0,
            "before": now,
            "count": total,
            "walked": place.get("walked"),
        }
        walked = place.get("walked")
        if walked is not None and of_them == place["count"] and now - walked < _EVERY:
            return counted
        return {**counted, "walk": "deleted", "after": None, "started": now}

    def _waits(self, place: Place) -> bool:
        """Return whether it is not yet the turn of the living to be counted."""
        if place.get("walked") is None or self._now() - place["walked"] >= _EVERY:
            return False
        since = self._now() - place["before"]
        return not self.turns.is_for_deletions(place.get(_PASSED, 0), since)

    def _now(self) -> int:
        return milliseconds(self.account.clock.now())

    async def _count(self, before: int, now: int) -> tuple[int, int]:
        """Return how many contacts there are, and how many of them were made by `before`."""
        sorts = [{"propertyName": _CREATED, "direction": "DESCENDING"}]
        body = await ask_search(
            self.account, KIND, _COUNT, sorts=sorts, properties=[_CREATED], limit=LIST_PAGE
        )
        rows, total = rows_of(self.account, _COUNT, body), self._total(body)
        try:
            made = [milliseconds(instant_of(row["createdAt"])) for row in rows]
        except (KeyError, TypeError, ValueError):
            raise unexpected(self.account, _COUNT, "answered what is no contact") from None
        later = sum(each > before for each in made)
        if later == len(rows) < total:
            filters = [{"propertyName": _CREATED, "operator": "LTE", "value": str(before)}]
            body = await ask_search(self.account, KIND, _COUNT, filters=filters, limit=1)
            return total, self._total(body)
        return total - sum(each > now for each in made), total - later

    def _total(self, body: object) -> int:
        total = body.get("total") if isinstance(body, dict) else None
        if not isinstance(total, int):
            raise unexpected(self.account, _COUNT, "answered no number")
        return total

    async def _walk(self, place: Place) -> AsyncIterator[Page[Removal]]:
        if place["walk"] != "merged":
            async for page in self._deleted(place):
                yield page
        async for page in self._merged(place):
            yield page

    async def _deleted(self, place: Place) -> AsyncIterator[Page[Removal]]:
        after = place["after"]
        while True:
            listed = await list_page(self.account, [ID], after, archived=True)
            after = listed.after
            gone = tuple(Removal(remote_id=str(row["id"])) for row in listed.rows)
            place |= {"after": after} if after is not None else {"walk": "merged", "after": 0}
            yield Page(items=gone, cursor=cursors.written(place))
            if after is None:
                return

    async def _merged(self, place: Place) -> AsyncIterator[Page[Removal]]:
        started, walked = place["started"], place["walked"]
        wanted = Search(
            kind=KIND,
            modified=MODIFIED,
            spans=[Span(start=0 if walked is None else walked - SETTLED, end=started)],
            properties=[MERGED],
            others=[{"propertyName": MERGED, "operator": "HAS_PROPERTY"}],
        )
        done = {name: place[name] for name in _COUNTED if name in place} | {"walked": started}
        async for found in search(self.account, wanted, place["after"]):
            gone = tuple(
                Removal(remote_id=old, merged_into=str(row["id"]))
                for row in found.rows
                for old in merged_ids(str(row["id"]), row["properties"].get(MERGED))
            )
            here = done if found.is_last else {**place, "after": found.last_id}
            yield Page(items=gone, cursor=cursors.written(here))


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`; an offset of the journal is no instant."""
    journalled = {OFFSET: place[OFFSET]} if OFFSET in place else {}
    return valid_part(place, now) or journalled


def _passed(place: Place) -> Place:
    return {**place, _PASSED: place.get(_PASSED, 0) + 1}
