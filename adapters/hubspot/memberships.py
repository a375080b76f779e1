"""Who is in the lists that matter.

HubSpot tells who is in a list, and of the list when it last changed, but not who left. So a list is
walked when something about it moved, and compared with who was in it before: the cursor knows,
packed, since nobody else can. Who came and went between two walks is in neither; so a list that was
walked is told to be whole. A long list that moves all the time is left alone for a while after each
walk.
"""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters import cursors
from adapters.hubspot.cursor_validity import valid_part
from adapters.hubspot.lists import list_pages, members_page
from adapters.hubspot.milliseconds import instant_at, milliseconds, milliseconds_in
from adapters.hubspot.turns import Turns
from adapters.resuming import LATER, resumed
from adapters.rosters import moves, packed_of, unpacked
from connector.domain.contacts import Membership
from connector.domain.pages import Page
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from adapters.hubspot.asking import Row
    from connector.domain.pages import Cursor

_PAGES_KEPT = 4
"""Pages of members after which the cursor knows them, at first."""
_GROWTH = 4
"""Later it is so small a part of what was read: all of it is written with each cursor."""
_MEMBERS_A_MINUTE = 8_000
"""A list is left alone a minute for so many members: half a million are walked once an hour."""
_MINUTE = milliseconds_in(timedelta(minutes=1))
_SETTLES = 2 * _MINUTE
"""A list that moved so shortly before it was walked is walked again: what is read may lag."""
_PAGE = 5_000
"""Changes that are handed over at once."""
_MARKS = ("hs_list_size", "hs_last_record_added_at", "hs_last_record_removed_at")

Known: TypeAlias = "Sequence[Any]"
"""Of a list that was walked: its id, its mark, its members packed, until when it is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A list as it was when it was walked."""

    id: str
    mark: str
    """What moves when its members do; empty where the account does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a list was walked, so that a request that fails does not cost all before it."""

    name: str
    id: str = ""
    mark: str = ""
    began: int = 0
    """When, in milliseconds: what was done to the list since then it may have missed."""
    after: str | None = None
    runs: tuple[str, ...] = ()
    """Who was met so far, packed as they came."""
    pages: int = 0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class MembershipReader:
    """Keeps the part `memberships` of the contract."""

    account: Account
    turns: Turns = field(default_factory=Turns)

    def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield pages of who came and went; a list that is not there has no members."""
        pages, path = partial(self._memberships, list_names), f"{self.account.name}.memberships"
        return resumed(self.account.clock, since, pages, valid_part=_valid_part, path=path)

    async def _memberships(
        self, list_names: frozenset[str], place: Place
    ) -> AsyncGenerator[Page[Membership], None]:
        now = milliseconds(self.account.clock.now())
        is_begun = "asked" in place and "walk" not in place
        if is_begun and not self.turns.is_for_lists(now - place["asked"]):
            return
        walked: dict[str, Known] = place.get("lists", {})
        known = {name: seen for name, seen in walked.items() if name in list_names}
        present = await self._rosters(list_names)
        for name in sorted(list_names):
            roster = present.get(name)
            identity, mark, packed, *rest = known.get(name, ("", "", "", 0))
            is_as_it_was = roster and mark and mark == roster.mark
            is_read = is_as_it_was or now < sum(rest) or name in self.turns.walked
            if roster and identity == roster.id and is_read:
                continue
            here = Walk(name=name, began=now)
            if roster:
                walk = place.get("walk") or {}
                here = Walk(**walk) if walk.get("name") == name else here
                async for further in self._further(roster, here):
                    here = further
                    yield Page(items=(), cursor=_cursor(known, here))
            members = _members(here)
            moved = moves(name, unpacked(packed), members)
            while page := tuple(islice(moved, _PAGE)):
                # Until a list is through, it is as it was: what is told twice does no harm.
                yield Page(items=page, cursor=_cursor(known, here))
            known.pop(name, None)
            if roster:
                rest_until = now + _rest(members)
                known[name] = (roster.id, _settled(here), packed_of(members), rest_until)
            if roster or identity:
                began = self.account.clock.ours(instant_at(here.began))
                whole = {name: began}
                self.turns.walked.add(name)
                yield Page(items=(), cursor=cursors.written({"lists": known}), whole=whole)
        self.turns.walked.clear()
        yield Page(items=(), cursor=cursors.written({"lists": known, "asked": now}))

    async def _rosters(self, list_names: frozenset[str]) -> Mapping[str, Roster]:
        """Return those of the lists that there are."""
        found: dict[str, Roster] = {}
        async for page in list_pages(self.account, _MARKS):
            found |= {each["name"]: _roster(each) for each in page}
            if found.keys() >= list_names:
                break
        return {name: roster for name, roster in found.items() if name in list_names}

    async def _further(self, roster: Roster, walk: Walk) -> AsyncIterator[Walk]:
        """Yield a walk as it goes on to its end; behind the last page read, when one fails.

        One that goes on has the mark with which it began, so that a list which moved meanwhile is
        walked again.
        """
        if walk.id != roster.id:
            now = milliseconds(self.account.clock.now())
            walk = Walk(name=walk.name, id=roster.id, mark=roster.mark, began=now)
        while not walk.is_whole:
            ids, read = list[int](), replace(walk)
            try:
                for _ in range(max(_PAGES_KEPT, walk.pages // _GROWTH)):
                    page, after = await members_page(self.account, roster.id, read.after)
                    ids += page
                    read = replace(read, after=after, pages=read.pages + 1, is_whole=after is None)
                    if read.is_whole:
                        break
            except PlatformError:
                if ids:
                    yield _with_run(read, ids)
                raise
            walk = _with_run(read, ids)
            yield walk


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: who was in a list stays known in any case."""
    kept = valid_part(place, now)
    if "lists" not in place:
        return kept
    latest = milliseconds(now + LATER)
    return {**kept, "lists": {name: _still(seen, latest) for name, seen in place["lists"].items()}}


def _still(seen: Known, latest: int) -> Known:
    """Return what is known of a list; without its mark where it was walked later than `latest`."""
    identity, _, packed, *rest = seen
    if sum(rest) <= latest or sum(rest) - _rest(unpacked(packed)) <= latest:
        return seen
    return identity, "", packed, 0


def _rest(members: array[int]) -> int:
    """Return how long a list with these members is left alone, in milliseconds."""
    return len(members) // _MEMBERS_A_MINUTE * _MINUTE


def _settled(walk: Walk) -> str:
    """Return the mark of a walk; an empty one, so that another follows, where it came too soon."""
    _, *dates = walk.mark.split(" ")
    moved = [int(each) for each in dates if each.isdecimal()]
    return walk.mark if max(moved, default=0) + _SETTLES <= walk.began else ""


def _with_run(walk: Walk, ids: Sequence[int]) -> Walk:
    return replace(walk, runs=(*walk.runs, packed_of(sorted(set(ids)))))


def _members(walk: Walk) -> array[int]:
    """Return whom a walk met, in rising order."""
    if len(walk.runs) == 1:
        return unpacked(walk.runs[0])
    return array("Q", sorted(set(chain.from_iterable(map(unpacked, walk.runs)))))


def _cursor(known: Mapping[str, Known], walk: Walk) -> Cursor:
    return cursors.written({"lists": known, "walk": asdict(walk)})


def _roster(found: Row) -> Roster:
    more = found.get("additionalProperties")
    size, *dates = [more.get(each) for each in _MARKS] if isinstance(more, dict) else [None]
    # A size alone does not tell that one came for another who left.
    is_told = size is not None and (any(dates) or str(size) == "0")
    mark = " ".join(str(each) for each in (size, *dates)) if is_told else ""
    return Roster(id=str(found["listId"]), mark=mark)
