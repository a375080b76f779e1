"""Who is in the lists that matter.

HubSpot tells who is in a list, and of the list when it last changed, but not who left. So a list is
walked when something about it moved, and compared with who was in it before: the cursor knows,
packed, since nobody else can.
"""

from __future__ import annotations

import zlib
from array import array
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from heapq import merge
from itertools import accumulate, chain, groupby, islice, pairwise, repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.http import Call, Json
from adapters.hubspot.asking import next_of, rows_of, unexpected
from adapters.hubspot.limits import REQUEST
from connector.domain.contacts import Membership
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from adapters.hubspot.account import Account
    from connector.domain.pages import Cursor

CONTACT_TYPE = "0-1"
LISTS_PAGE = 500
_MEMBERS_PAGE = 250
_PAGES_KEPT = 4
"""Pages of members after which the cursor knows them."""
_PAGE = 5_000
"""Changes that are handed over at once."""
_MARKS = ("hs_list_size", "hs_last_record_added_at", "hs_last_record_removed_at")
_FIND = "find lists"
_READ = "read a list"
_NOT_FOUND = 404
_FIRST = itemgetter(0)


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
    after: str | None = None
    packed: str = ""
    """Who was met so far."""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class MembershipReader:
    """Keeps the part `memberships` of the contract."""

    account: Account

    async def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield pages of who came and went; a list that is not there has no members."""
        place = cursors.read(since)
        walked: dict[str, list[str]] = place.get("lists", {})
        known = {name: seen for name, seen in walked.items() if name in list_names}
        present = await self._rosters(list_names)
        for name in sorted(list_names):
            roster = present.get(name)
            identity, mark, packed = known.get(name, ("", "", ""))
            if roster and mark and (identity, mark) == (roster.id, roster.mark):
                continue
            walk = place.get("walk") or {}
            here = Walk(**walk) if walk.get("name") == name else Walk(name=name)
            while roster and not here.is_whole:
                here = await self._further(roster, here)
                yield Page(items=(), cursor=_cursor(known, here))
            moves = _moves(name, unpacked(packed), unpacked(here.packed))
            while page := tuple(islice(moves, _PAGE)):
                # Until a list is through, it is as it was: what is told twice does no harm.
                yield Page(items=page, cursor=_cursor(known, here))
            known.pop(name, None)
            if roster:
                known[name] = [roster.id, here.mark, here.packed]
        yield Page(items=(), cursor=_cursor(known, None))

    async def _rosters(self, list_names: frozenset[str]) -> Mapping[str, Roster]:
        """Return those of the lists that there are."""
        found: dict[str, Roster] = {}
        offset = 0
        while not found.keys() >= list_names:
            call = Call(
                operation=_FIND,
                method="POST",
                path=f"{self.account.paths.lists}/search",
                body={
                    "query": "",
                    "count": LISTS_PAGE,
                    "offset": offset,
                    "additionalProperties": list(_MARKS),
                },
                buckets=REQUEST,
            )
            body = (await self.account.session.send(call)).body
            lists = body.get("lists") if isinstance(body, dict) else None
            if not isinstance(lists, list):
                raise unexpected(self.account, _FIND, "answered no lists")
            found |= {each["name"]: _roster(each) for each in lists if _is_of_contacts(each)}
            if not body.get("hasMore") or not lists:
                break
            offset += len(lists)
        return {name: roster for name, roster in found.items() if name in list_names}

    async def _further(self, roster: Roster, walk: Walk) -> Walk:
        """Return a walk some pages on; one of a list that moved meanwhile begins anew."""
        if walk.mark != roster.mark or walk.id != roster.id:
            walk = Walk(name=walk.name, id=roster.id, mark=roster.mark)
        ids = set(unpacked(walk.packed))
        after = walk.after
        for _ in range(_PAGES_KEPT):
            rows, following = await self._members(roster.id, after)
            ids.update(rows)
            if following is not None and following == after:
                raise unexpected(self.account, _READ, "goes round in a circle")
            after = following
            if after is None:
                break
        packed = packed_of(sorted(ids))
        return replace(walk, packed=packed, after=after, is_whole=after is None)

    async def _members(self, list_id: str, after: str | None) -> tuple[Sequence[int], str | None]:
        """Return a page of members, and where the next one begins."""
        call = Call(
            operation=_READ,
            method="GET",
            path=f"{self.account.paths.lists}/{list_id}/memberships",
            params=[("limit", _MEMBERS_PAGE), *([("after", after)] if after else [])],
            buckets=REQUEST,
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == _NOT_FOUND:  # deleted since it was found
            return (), None
        rows = rows_of(self.account, _READ, answer.body)
        try:
            return [int(row["recordId"]) for row in rows], next_of(answer.body)
        except (KeyError, TypeError, ValueError):
            raise unexpected(self.account, _READ, "answered what is no member") from None


def _cursor(known: Mapping[str, Sequence[str]], walk: Walk | None) -> Cursor:
    under_way = {"walk": asdict(walk)} if walk else {}
    return cursors.written({"lists": known, **under_way})


def packed_of(ids: Sequence[int]) -> str:
    """Return ids in rising order as short text: an id is a byte or two."""
    steps = array("Q", (later - earlier for earlier, later in pairwise(chain((0,), ids))))
    return b64encode(zlib.compress(steps.tobytes())).decode()


def unpacked(text: str) -> array[int]:
    """Return the ids that `packed_of` packed."""
    steps = array("Q", zlib.decompress(b64decode(text)) if text else b"")
    return array("Q", accumulate(steps))


def _moves(name: str, before: array[int], after: array[int]) -> Iterator[Membership]:
    """Yield who came and who left; both are in rising order, and may be large."""
    for remote_id, sides in groupby(merge(zip(before, repeat(0)), zip(after, repeat(1))), _FIRST):
        # Whoever is on both sides stayed.
        match [is_after for _, is_after in sides]:
            case [is_after]:
                yield Membership(list_name=name, remote_id=str(remote_id), is_member=bool(is_after))


def _is_of_contacts(found: object) -> bool:
    is_list = isinstance(found, dict) and {"name", "listId"} <= found.keys()
    return is_list and found.get("objectTypeId", CONTACT_TYPE) == CONTACT_TYPE  # type: ignore[attr-defined]


def _roster(found: Mapping[str, Json]) -> Roster:
    more = found.get("additionalProperties")
    size, *dates = [more.get(each) for each in _MARKS] if isinstance(more, dict) else [None]
    # A size alone does not tell that one came for another who left.
    is_told = size is not None and (any(dates) or str(size) == "0")
    mark = " ".join(str(each) for each in (size, *dates)) if is_told else ""
    return Roster(id=str(found["listId"]), mark=mark)
