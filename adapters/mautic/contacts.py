"""Contacts: who is new, who changed, by id, and every id there is.

Nothing tells by itself who is new and who changed. Up to 5.1 the date of modification is empty
until somebody is edited, and an import may bring any date of creation: so whoever has a higher id
than all before is read, whoever was added lately, since ids are given before rows can be seen, and
whoever was modified.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.cursors import read, written
from adapters.mautic.asking import MOST_IDS, Rows, ask_contacts, one_of, parts
from adapters.mautic.cursor_validity import BEGAN, SINCE, valid_part
from adapters.mautic.limits import AT_ONCE
from adapters.mautic.spans import OVERLAP, micros_of, stamp
from adapters.mautic.wire import ContactWire, remote_id_of
from adapters.resuming import resumed
from adapters.together import ask_all
from connector.domain.instants import to_micros
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause
    from connector.domain.contacts import Contact, Reading
    from connector.domain.pages import Cursor
    from connector.errors import Problem

PAGE_ROWS = 200
"""Contacts of one answer: each of them costs Mautic several questions to its database."""
_READ = "read contacts"
_LAST = "last"
"""In a place: the highest id that was read."""
_WALK = "walk"
"""In a place: what is being looked for."""
_AT = "at"
"""In a place: up to which id it was."""
_NEW = "new"
_WALKS: Mapping[str, str | None] = {_NEW: None, "added": "date_added", "modified": "date_modified"}
"""What is looked for in turn, and by which column."""
_ASKED_AGAIN = 2
"""An answer that has nobody though it counts some: whoever it was may have gone meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticContacts:
    """Keeps the parts `contacts`, `lookup` and `ids` of the contract."""

    account: Account
    page_rows: int = PAGE_ROWS

    def contacts(self, reading: Reading, since: Cursor | None) -> AsyncIterator[Page[Contact]]:
        """Yield who is new and who changed; some of them more than once."""
        pages, path = partial(self._contacts, reading), f"{self.account.name}.contacts"
        return resumed(self.account.clock, since, pages, valid_part=valid_part, path=path)

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of a whole walk."""
        at, is_last = read(since).get(_AT, 0), False
        while not is_last:
            found = await self._behind(at, (), is_bare=True)
            with self.account.reading(_READ, "a contact"):
                ids = tuple(remote_id_of(row) for row in found.rows)
            at, is_last = _highest(at, ids), found.are_all(self.page_rows)
            yield Page(items=ids, cursor=written({_AT: at}), total=found.total)

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the contacts that exist."""
        wire = ContactWire(reading)
        numbers = [each for each in remote_ids if each.isascii() and each.isdecimal()]

        async def ask(some: Sequence[str]) -> Sequence[Row]:
            clauses = [one_of("id", some)]
            operation = "read contacts by id"
            found = await ask_contacts(self.account, operation, clauses, limit=MOST_IDS)
            return found.rows

        answers = await ask_all(list(parts(numbers)), ask, at_once=AT_ONCE)
        return self._read(wire, [row for rows in answers for row in rows])[0]

    async def _contacts(
        self, reading: Reading, place: Place
    ) -> AsyncGenerator[Page[Contact], None]:
        wire = ContactWire(reading)
        now = to_micros(self.account.clock.now())
        place = {BEGAN: now, _LAST: 0, **place}
        place = {_WALK: _NEW, _AT: place[_LAST], **place}
        walks = list(_WALKS) if SINCE in place else [_NEW]
        for walk in walks[walks.index(place[_WALK]) :]:
            if walk != place[_WALK]:
                place |= {_WALK: walk, _AT: 0}
            async for items, problems, total in self._walk(wire, place):
                is_new = walk == _NEW
                place[_AT] = _highest(place[_AT], [each.remote_id for each in items])
                if is_new:
                    place[_LAST] = place[_AT]
                yield Page(items=items, cursor=written(place), problems=problems, total=total)
        end = {SINCE: place[BEGAN] - micros_of(OVERLAP), _LAST: place[_LAST]}
        yield Page(items=(), cursor=written(end))

    async def _walk(
        self, wire: ContactWire, place: Place
    ) -> AsyncIterator[tuple[tuple[Contact, ...], tuple[Problem, ...], int | None]]:
        """Yield whoever is found behind the id of a place, which the caller moves along."""
        column = _WALKS[place[_WALK]]
        clauses: list[Clause] = [(column, "gte", stamp(place[SINCE]))] if column else []
        is_last = False
        while not is_last:
            found = await self._behind(place[_AT], clauses)
            is_last = found.are_all(self.page_rows)
            if found.rows:
                yield *self._read(wire, found.rows), found.total

    async def _behind(
        self,
        at: int,
        clauses: Sequence[Clause],
        *,
        is_bare: bool = False,
    ) -> Rows:
        """Return those with higher ids than `at` that meet the conditions."""
        for _ in range(_ASKED_AGAIN):
            found = await ask_contacts(
                self.account,
                _READ,
                [("id", "gt", at), *clauses],
                limit=self.page_rows,
                is_bare=is_bare,
            )
            if found.rows:
                with self.account.reading(_READ, "a contact"):
                    is_behind = all(int(remote_id_of(row)) > at for row in found.rows)
                if not is_behind:
                    raise self.account.unexpected(_READ, "answered whom it was not asked for")
            if found.rows or not found.total:
                return found
        raise self.account.unexpected(_READ, f"answered none of {found.total} contacts")

    def _read(
        self, wire: ContactWire, rows: Iterable[Row]
    ) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        with self.account.reading(_READ, "a contact"):
            return wire.contacts(rows)


def _highest(at: int, ids: Iterable[str]) -> int:
    return max([at, *map(int, ids)])
