"""Who is in the segments that matter.

Mautic keeps who came to a segment and when, but not who left it. So a segment is walked when the
number of its members or the last coming moved, and compared with who was in it before: the cursor
knows, packed, since nobody else can. Who came and went between two walks is in neither; so a
segment that was walked is told to be whole. Now and then all are walked whatever they look like,
since somebody who is put back by hand comes with the old date. And of a merge a segment shows
neither: the log of the instance is asked who took over whom.
"""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters import cursors
from adapters.mautic.merged_members import MERGES, after_merges, valid_merges
from adapters.mautic.segments import segment_ids
from adapters.mautic.spans import instant_of, micros_of
from adapters.mautic.stats import ask_stats
from adapters.resuming import LATER, resumed
from adapters.rosters import moves, packed_of, unpacked
from connector.domain.instants import from_micros, to_micros
from connector.domain.pages import Page
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause
    from connector.domain.contacts import Membership
    from connector.domain.pages import Cursor

TABLE = "lead_lists_leads"
PAGE_MEMBERS = 5000
"""Members of one answer: a row has five short columns."""
_SETTLES = timedelta(minutes=2)
"""A segment that moved so shortly before it was walked is walked again."""
_TRUSTED = timedelta(hours=12)
"""So long a segment that looks as before is as before."""
_MEMBERS_A_MINUTE = 8_000
"""A segment that moves is left alone a minute for so many members."""
_NAMES_LAST = timedelta(hours=6)
"""How long the id of a segment stands for its name."""
_LACK_LASTS = timedelta(hours=1)
"""How long a segment that was not there is taken to be missing."""
_PAGE = 5_000
"""Changes that are handed over at once."""
_NAMED = "named"
"""In a place: when the segments were asked for by name."""

Known: TypeAlias = "Sequence[Any]"
"""Of a segment: its id, its mark, its members packed, when it was walked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a segment was walked, so that a request that fails does not cost all before it."""

    name: str
    id: str
    mark: str
    """What moved when its members did; empty where that was so lately that it tells nothing."""
    began: int
    """When, in microseconds since the epoch."""
    at: int = 0
    """Up to which contact it was walked."""
    members: str = ""
    """Whom it met, packed."""
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticMemberships:
    """Keeps the part `memberships` of the contract."""

    account: Account
    page_rows: int = PAGE_MEMBERS

    def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield who came and went; a segment that is not there has no members."""
        pages, path = partial(self._memberships, list_names), f"{self.account.name}.memberships"
        return resumed(self.account.clock, since, pages, valid_part=_valid_part, path=path)

    async def _memberships(
        self, list_names: frozenset[str], place: Place
    ) -> AsyncGenerator[Page[Membership], None]:
        now = to_micros(self.account.clock.now())
        place, problems = await self._named(list_names, place, now)
        place = await after_merges(self.account, place, now)
        known: dict[str, Known] = place["lists"]
        under_way = place.pop("walk", {})
        for name in sorted(list_names):
            remote_id, seen = place["ids"].get(name), known.get(name)
            walk = await self._begun(name, remote_id, seen, under_way)
            if walk is None and (remote_id or seen is None):
                continue
            async for further in self._further(walk):
                walk = further
                yield Page(items=(), cursor=cursors.written({**place, "walk": asdict(walk)}))
            async for page in self._compared(name, seen, walk, place):
                yield page
        yield Page(items=(), cursor=cursors.written(place), problems=problems)

    async def _named(
        self, list_names: frozenset[str], place: Place, now: int
    ) -> tuple[Place, tuple[Problem, ...]]:
        """Return the place with the ids of the segments, and which names nobody bears."""
        lists = {name: each for name, each in place.get("lists", {}).items() if name in list_names}
        place = {"ids": {}, **place, "lists": lists}
        lasts = _NAMES_LAST if list_names <= place["ids"].keys() else _LACK_LASTS
        if place.get("asked_for") == sorted(list_names) and now - place[_NAMED] < micros_of(lasts):
            return place, ()
        ids = await segment_ids(self.account)
        present = {name: ids[name] for name in sorted(list_names) if name in ids}
        missing = tuple(
            Problem(message=f"{self.account.name} has no segment {name}", path=name)
            for name in sorted(list_names - ids.keys())
        )
        return {**place, "ids": present, "asked_for": sorted(list_names), _NAMED: now}, missing

    async def _begun(
        self, name: str, remote_id: str | None, seen: Known | None, under_way: Place
    ) -> Walk | None:
        """Return the walk of a segment, the one under way if it is; None where none is needed."""
        if remote_id is None:
            return None
        if under_way.get("name") == name and under_way.get("id") == remote_id:
            return Walk(**under_way)
        began = to_micros(self.account.clock.now())
        before, mark, packed, walked = seen or ("", "", "", 0)
        if before == remote_id and began - walked < _rest(packed):
            return None
        newest = (("date_added", "DESC"),)
        found = await ask_stats(self.account, TABLE, _inside(remote_id), limit=1, order=newest)
        with self.account.reading(f"read the table {TABLE}", "a row"):
            last = [instant_of(row["date_added"]) for row in found.rows]
        present = f"{found.total} {to_micros(last[0]) if last else ''}"
        is_trusted = began - walked < micros_of(_TRUSTED)
        if before == remote_id and mark == present and is_trusted:
            return None
        has_settled = not last or began - to_micros(last[0]) >= micros_of(_SETTLES)
        return Walk(name=name, id=remote_id, mark=present if has_settled else "", began=began)

    async def _further(self, walk: Walk | None) -> AsyncIterator[Walk]:
        """Yield a walk as it goes on to its end."""
        members = unpacked(walk.members) if walk else array("Q")
        while walk and not walk.is_whole:
            behind: Clause = ("lead_id", "gt", walk.at)
            found = await ask_stats(
                self.account,
                TABLE,
                [*_inside(walk.id), behind],
                limit=self.page_rows,
                order=(("lead_id", "ASC"),),
            )
            with self.account.reading(f"read the table {TABLE}", "a row"):
                ids = sorted({int(row["lead_id"]) for row in found.rows})
            if ids and ids[0] <= walk.at:
                raise self.account.unexpected("read members", "answered who was read before")
            members.extend(ids)
            walk = replace(
                walk,
                at=members[-1] if members else 0,
                members=packed_of(members),
                is_whole=not ids or found.are_all(self.page_rows),
            )
            yield walk

    async def _compared(
        self, name: str, seen: Known | None, walk: Walk | None, place: Place
    ) -> AsyncIterator[Page[Membership]]:
        """Yield who came and who left since a segment was walked before, and that it is whole."""
        known: dict[str, Known] = place["lists"]
        before = unpacked(seen[2] if seen else "")
        moved = moves(name, before, unpacked(walk.members if walk else ""))
        cursor = cursors.written({**place, "walk": asdict(walk)} if walk else place)
        while page := tuple(islice(moved, _PAGE)):
            # Until a segment is through, it is as it was: what is told twice does no harm.
            yield Page(items=page, cursor=cursor)
        known.pop(name, None)
        began = walk.began if walk else to_micros(self.account.clock.now())
        if walk:
            known[name] = (walk.id, walk.mark, walk.members, walk.began)
        whole = {name: self.account.clock.ours(from_micros(began))}
        yield Page(items=(), cursor=cursors.written(place), whole=whole)


def _inside(remote_id: str) -> Sequence[Clause]:
    """Return the conditions of being in a segment: whoever was taken out by hand stays listed."""
    return [("leadlist_id", "eq", remote_id), ("manually_removed", "eq", 0)]


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: who was in a segment stays known in any case."""
    latest = to_micros(now + LATER)
    if place.get(_NAMED, 0) > latest:
        place = {name: each for name, each in place.items() if name != _NAMED}
        place.pop("asked_for", None)
    if place.get("walk", {}).get("began", 0) > latest:
        place = {name: each for name, each in place.items() if name != "walk"}
    if MERGES in place:
        place = {**place, MERGES: valid_merges(place[MERGES], now)}
    if "lists" not in place:
        return place
    return {**place, "lists": {name: _still(seen, latest) for name, seen in place["lists"].items()}}


def _still(seen: Known, latest: int) -> Known:
    """Return what is known of a segment; as never walked where that was later than `latest`."""
    remote_id, _, packed, walked = seen
    return seen if walked <= latest else (remote_id, "", packed, 0)


def _rest(packed: str) -> int:
    """Return how long a segment with these members is left alone, in microseconds."""
    return len(unpacked(packed)) // _MEMBERS_A_MINUTE * micros_of(timedelta(minutes=1))
