"""Walk the pages of a stream, whatever leads from one to the next.

A place in a walk is what its cursor keeps: of rows a short digest, of addresses no key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import httpx

from adapters.mapped.expressions import Inapplicable
from adapters.rest.account import Asked
from adapters.rest.counting import Footing
from adapters.rest.related import with_related
from connector.domain.cells import is_storable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from adapters.http import Answer
    from adapters.mapped.expressions import Json
    from adapters.rest.account import Account
    from adapters.rest.language.paging import PagerConfig
    from adapters.rest.language.streams import StreamConfig
    from connector.errors import UnexpectedAnswer

Place: TypeAlias = "str | int | list[Json] | None"
"""Where a walk goes on; None at its start."""

MOST_IDLE = 50
"""Answers in a row without a new row: more of them is going round in circles."""
_MOST_SAME = 2
"""Times that a page further on may hold what the one before did: rows may have come before it."""
_MOST_RESTARTS = 3
"""Times that a walk which counts rows begins all over again."""
_DIGEST = 6
_LONGEST_MARK = 8_000
"""Characters of what leads to the next page, of an address too."""
_HIGHEST_MARK = 10**40


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The new rows of one answer."""

    items: Sequence[Json]
    place: Place
    """Where to go on after them; None where that was the end."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk through all pages of a stream."""

    account: Account
    operation: str
    stream: StreamConfig
    context: Mapping[str, Json] = field(default_factory=dict)
    """What the texts of its requests take in."""
    key: str | None = None
    """What tells a row from all others, where something does: all of it otherwise."""
    _seen: set[str] = field(default_factory=set)
    """Places where this walk was."""
    _contents: set[str] = field(default_factory=set)
    """Pages that came, by the keys of their rows."""

    async def pages(self, start: Place = None) -> AsyncGenerator[Stretch, None]:
        """Yield the rows behind `start`, to the end; raises PlatformError.

        A row that was there all the time is yielded at least once with every type of pager that
        does not count pages, whatever is deleted meanwhile.
        """
        pager = self.stream.pager
        start = start if pager is not None and _suits(pager, start) else None
        if pager is None:
            yield Stretch(
                items=self._items(await self._ask(Asked(context=self.context))), place=None
            )
        elif pager.type == "offset":
            async for stretch in self._counted(pager, start):
                yield stretch
        else:
            async for stretch in self._followed(pager, start):
                yield stretch

    async def _followed(self, pager: PagerConfig, place: Place) -> AsyncGenerator[Stretch, None]:
        """Follow what each answer says of the next one."""
        before, idle, known = "", 0, 0
        while idle <= MOST_IDLE:
            asked = self._asked(pager, place)
            answer = await self._ask(asked)
            items = self._items(answer)
            content = _digest([self._key(each) for each in items])
            # Of one page alone, rows that came before it may have moved it back.
            known = known + 1 if items and content in self._contents else 0
            is_same = known > _MOST_SAME or (known > 0 and content == before)
            self._contents.add(content)
            place = self._next(pager, place, asked, answer, items)
            if place is not None and (self._is_known(place) or is_same):
                raise self._round(pager)
            yield Stretch(items=items, place=place)
            if place is None:
                return
            before, idle = content, 0 if items else idle + 1
        raise self.account.unexpected(self.operation, "it comes to no end")

    async def _counted(self, pager: PagerConfig, place: Place) -> AsyncGenerator[Stretch, None]:
        """Go on behind the rows that were read, each time from the last of them on."""
        footing = Footing.of(place, pager.first or 0)
        before, at, most, idle, restarts, same = "", footing.first, 0, 0, 0, 0
        while idle <= MOST_IDLE and restarts <= _MOST_RESTARTS:
            begin = footing.begin
            answer = await self._ask(self._asked(pager, begin))
            items = self._items(answer)
            keys = [self._key(each) for each in items]
            content, most = _digest(keys), max(most, len(items))
            same = same + 1 if begin > at and content == before and len(items) > 1 else 0
            if same > _MOST_SAME:
                raise self._round(pager)
            if not footing.stands_on(keys):
                footing, idle = footing.back(), idle + 1
                continue
            pairs = zip(items, keys, strict=True)
            fresh = [item for item, key in pairs if key not in footing.marks]
            # A page as full as any that holds nothing new is no end: others may follow.
            is_end = not items or (not fresh and len(items) < most)
            is_end = is_end or self._says_end(pager, answer, begin + len(items))
            restarts += footing.is_restart
            is_alone = most == 1 and not fresh
            footing = footing.behind(keys, is_alone=is_alone)
            yield Stretch(items=fresh, place=None if is_end else footing.plain())
            if is_end:
                return
            before, at, idle = content, begin, 0 if fresh else idle + 1
        raise self.account.unexpected(self.operation, "it comes to no end")

    def _says_end(self, pager: PagerConfig, answer: Answer, offset: int) -> bool:
        if pager.more is not None and not self._has_more(pager.more, answer):
            return True
        if pager.total is None:
            return False
        total = self.account.found(self.operation, pager.total, answer.body)
        if isinstance(total, bool) or not isinstance(total, int):
            raise self.account.unexpected(self.operation, "its `total` is no whole number")
        return offset - (pager.first or 0) >= total

    def _has_more(self, expression: str, answer: Answer) -> bool:
        return is_so(self.account.found(self.operation, expression, answer.body))

    def _next(
        self, pager: PagerConfig, place: Place, asked: Asked, answer: Answer, items: Sequence[Json]
    ) -> Place:
        """Return where an answer says that it goes on, None where it is the last one."""
        if pager.more is not None and not self._has_more(pager.more, answer):
            return None
        if pager.type == "page":
            here = place if isinstance(place, int) else _first_page(pager)
            return here + 1 if items else None
        if pager.type == "keyset":
            return self._scalar(pager, items[-1], is_needed=True) if items else None
        if pager.type == "cursor":
            return self._scalar(pager, answer.body)
        if pager.type == "link_header":
            links = httpx.Response(answer.status, headers=answer.headers).links
            address: str | int | None = links.get("next", {}).get("url")
        else:
            address = self._scalar(pager, answer.body)
        if not address:
            return None
        return self.account.next_address(self.operation, self.stream, asked, str(address))

    def _scalar(
        self, pager: PagerConfig, where: Json, *, is_needed: bool = False
    ) -> str | int | None:
        found = self.account.found(self.operation, pager.next or "", where)
        if found in (None, "", False) and not is_needed:
            return None
        if not isinstance(found, (str, int)) or not _is_sendable(found):
            what = f"`{pager.next}` names no next page"
            raise self.account.unexpected(self.operation, what)
        return found

    def _asked(self, pager: PagerConfig, place: Place) -> Asked:
        if pager.type in ("next_url", "link_header"):
            address = place if isinstance(place, str) else None
            return Asked(context=self.context, address=address)
        if place is None and pager.type == "page":
            place = _first_page(pager)
        if place is None:
            return Asked(context=self.context)
        told = {pager.param or "": place}
        if pager.inside == "body":
            return Asked(context=self.context, body=told)
        return Asked(context=self.context, params=told)

    async def _ask(self, asked: Asked) -> Answer:
        return await self.account.ask(self.operation, self.stream, asked)

    def _items(self, answer: Answer) -> Sequence[Json]:
        """Return the rows of an answer; raises UnexpectedAnswer where it has none, not even []."""
        items = self.account.found(self.operation, self.stream.items, answer.body)
        if not isinstance(items, list):
            what = f"there is no list where `{self.stream.items}` should be"
            raise self.account.unexpected(self.operation, what)
        try:
            return with_related(self.stream.related, answer.body, items)
        except Inapplicable as error:
            raise self.account.unexpected(self.operation, str(error)) from None

    def _key(self, item: Json) -> str:
        key = self.account.found(self.operation, self.key, item) if self.key else None
        return _digest(item if key is None else key)

    def _round(self, pager: PagerConfig) -> UnexpectedAnswer:
        told = f"; does the API know the parameter `{pager.param}`?" if pager.param else ""
        what = f"the answers go round in circles: a page came twice{told}"
        return self.account.unexpected(self.operation, what)

    def _is_known(self, place: Place) -> bool:
        """Return whether a walk has been here before, and take note that it has."""
        key = _digest(place)
        is_known = key in self._seen
        self._seen.add(key)
        return is_known


def _suits(pager: PagerConfig, place: Place) -> bool:
    """Return whether a place may be one of this pager: the entry may have had another one."""
    match pager.type:
        case "page":
            return isinstance(place, int)
        case "offset":
            return isinstance(place, list)
        case "next_url" | "link_header":
            return isinstance(place, str) and place.startswith("/")
        case _:
            return isinstance(place, (str, int))


def _is_sendable(mark: str | int) -> bool:
    """Return whether a mark can be part of a request, and of a cursor."""
    if isinstance(mark, int):
        return not isinstance(mark, bool) and abs(mark) < _HIGHEST_MARK
    return len(mark) <= _LONGEST_MARK and is_storable(mark)


def is_so(value: Json) -> bool:
    """Return whether what was found means yes, as JMESPath has it."""
    return value is not None and value is not False and value not in ("", [], {})


def _first_page(pager: PagerConfig) -> int:
    return 1 if pager.first is None else pager.first


def _digest(content: Json) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST).hexdigest()
