"""Who is in which list.

Brevo tells no comings and goings. But both move a contact's date of modification, and a contact
that is read says which lists it is in: so after one walk of the members of each list it is enough
to look at the contacts that changed, as they were just read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from adapters.brevo.contacts import PAGE_ROWS, changed, created
from adapters.brevo.cursor_validity import valid_part
from adapters.brevo.latest import Latest, list_ids_of
from adapters.brevo.limits import CONTACTS
from adapters.brevo.listing import list_ids
from adapters.brevo.spans import OVERLAP, micros_of
from adapters.brevo.walking import Footing, Listing, walk
from adapters.brevo.wire import remote_id_of
from adapters.cursors import written
from adapters.resuming import resumed
from connector.domain.contacts import Membership
from connector.domain.instants import to_micros
from connector.domain.pages import Page
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account, Row
    from adapters.cursors import Place
    from connector.domain.pages import Cursor

PAGE_MEMBERS = 500
"""The most members of one answer."""
_NAMES_LAST = timedelta(hours=6)
"""How long the id of a list stands for its name: lists are deleted and made anew by hand."""
_LACK_LASTS = timedelta(hours=1)
"""How long a list that was not there is taken to be missing: most are made soon after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoMemberships:
    """The members of an account's lists."""

    account: Account
    page_rows: int = PAGE_ROWS
    latest: Latest = field(default_factory=Latest)
    """What reading contacts has just brought."""

    def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield who changed, with the lists they are in; before that all members of new lists."""
        pages, path = partial(self._memberships, list_names), f"{self.account.name}.memberships"
        return resumed(self.account.clock, since, pages, valid_part=_valid_part, path=path)

    async def _memberships(
        self, list_names: frozenset[str], place: Place
    ) -> AsyncGenerator[Page[Membership], None]:
        place, problems = await self._named(list_names, place)
        place["began"] = place.get("began") or to_micros(self.account.clock.now())
        new = [name for name in sorted(place["lists"]) if name not in place["done"]]
        for name in new:
            async for page in self._members(name, place):
                yield page
        if "since" in place:
            async for page in self._changes(place):
                yield page
        if problems or "since" not in place:
            yield Page(items=(), cursor=_finished(place), problems=problems)

    async def _named(
        self, list_names: frozenset[str], place: Place
    ) -> tuple[Place, tuple[Problem, ...]]:
        """Return the place with the ids of the lists, and which names nobody bears."""
        now = to_micros(self.account.clock.now())
        is_all_there = list_names <= place.get("lists", {}).keys()
        lasts = micros_of(_NAMES_LAST if is_all_there else _LACK_LASTS)
        if "named" in place and now - place["named"] < lasts:
            return place, ()
        ids, known = await list_ids(self.account), place.get("lists", {})
        lists = {name: ids[name] for name in sorted(list_names) if name in ids}
        done = [name for name in place.get("done", ()) if lists.get(name) == known.get(name)]
        missing = tuple(
            Problem(message=f"{self.account.name} has no list {name}", path=name)
            for name in sorted(list_names - ids.keys())
        )
        return {**place, "lists": lists, "named": now, "done": done}, missing

    async def _members(self, name: str, place: Place) -> AsyncIterator[Page[Membership]]:
        """Yield the members of a list that was not walked yet."""
        start = Footing.of(place.get("at") if place.get("walking") == name else None)
        members = _members_of(place["lists"][name], min(PAGE_MEMBERS, self.page_rows))
        async for stretch in walk(self.account, members, start):
            place |= {"walking": name, "at": stretch.footing.plain()}
            if stretch.is_last:
                place["done"] = [*place["done"], name]
                place.pop("at")
            items = [
                Membership(list_name=name, remote_id=remote_id_of(row)) for row in stretch.rows
            ]
            yield Page(items=tuple(items), cursor=written(place), total=stretch.total)

    async def _changes(self, place: Place) -> AsyncIterator[Page[Membership]]:
        """Yield, of each contact that changed, which of the lists it is in and which not."""
        start = Footing.of(place.get("at") if place.get("walking") is None else None)
        now = to_micros(self.account.clock.now())
        glance = self.latest.covering(place["since"], now)
        if start == Footing() and glance is not None:
            before = written(place)
            place["began"] = min(place["began"], glance.began)
            for some, is_last in _parts(glance.lists, self.page_rows):
                cursor = _finished(place) if is_last else before
                yield Page(items=_standing(some, place["lists"]), cursor=cursor)
            return
        listing = changed(self.page_rows, place["since"] or None)
        async for stretch in walk(self.account, listing, start):
            place |= {"walking": None, "at": stretch.footing.plain()}
            items = _standing(self._inside(stretch.rows), place["lists"])
            cursor = _finished(place) if stretch.is_last else written(place)
            yield Page(items=items, cursor=cursor, total=stretch.total)

    def _inside(self, rows: Sequence[Row]) -> Mapping[str, frozenset[str]]:
        """Return the ids of the lists that each contact is in."""
        with self.account.reading("read contacts", "a contact"):
            return {remote_id_of(row): list_ids_of(row) for row in rows}


def _members_of(remote_id: str, page_rows: int) -> Listing:
    return Listing(
        operation="read members of a list",
        path=f"/contacts/lists/{remote_id}/contacts",
        bucket=CONTACTS,
        field="contacts",
        limit=page_rows,
        key=remote_id_of,
        order=created,
        params=(("sort", "asc"),),
        is_counted=True,
        # A list that was deleted has no members.
        may_lack=frozenset({404}),
    )


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`; instead of nothing one that looks at everybody."""
    everybody: Place = {"since": 0} if "since" in place else {}
    return valid_part(place, now) or everybody


def _standing(
    inside: Mapping[str, frozenset[str]], lists: Mapping[str, str]
) -> tuple[Membership, ...]:
    """Return of each contact which of the lists it is in and which not."""
    return tuple(
        Membership(list_name=name, remote_id=contact, is_member=remote_id in ids)
        for contact, ids in inside.items()
        for name, remote_id in lists.items()
    )


def _parts(
    inside: Mapping[str, frozenset[str]], size: int
) -> Iterator[tuple[Mapping[str, frozenset[str]], bool]]:
    """Yield contacts in parts, and whether each is the last; one part at least."""
    contacts = iter(inside.items())
    for left in range(len(inside), -1, -size):
        yield dict(islice(contacts, size)), left <= size
        if left <= size:
            return


def _finished(place: Place) -> Cursor:
    """Return where the next reading begins, once nothing is left of this one."""
    kept = {name: place[name] for name in ("lists", "named", "done")}
    return written({**kept, "since": place["began"] - micros_of(OVERLAP)})
