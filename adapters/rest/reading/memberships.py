"""Who is in the lists that matter.

An API tells who is in a list, and not who left. So a list is read whole, each time, and compared
with who was in it before: the cursor knows, packed, since nobody else can.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.mapped.items import Refused, address_or
from adapters.rest.cursor_validity import valid_part
from adapters.rest.paging import Walk
from adapters.rest.rows import Rows
from adapters.resuming import resumed
from connector.domain.contacts import Membership
from connector.domain.pages import Page

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator
    from collections.abc import Set as AbstractSet

    from adapters.cursors import Place
    from adapters.rest.account import Account
    from adapters.rest.language.streams import MemberStreamConfig
    from adapters.rest.reading.lists import RestLists
    from connector.domain.pages import Cursor
    from connector.ports.platform import RemoteList

_READ = "read the members of a list"
_LISTS = "lists"
_PAGE = 5_000
"""Changes that are handed over at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestMemberships:
    """Keeps the part `memberships` of the contract."""

    account: Account
    lists: RestLists
    config: MemberStreamConfig

    def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield pages of who came and went; a list that is not there has no members."""
        pages = partial(self._memberships, list_names)
        path = f"{self.account.name}.memberships"
        return resumed(self.account.clock, since, pages, valid_part=valid_part, path=path)

    async def _memberships(
        self, list_names: frozenset[str], place: Place
    ) -> AsyncGenerator[Page[Membership], None]:
        before: dict[str, str] = place.get(_LISTS, {})
        known = {name: packed for name, packed in before.items() if name in list_names}
        present = {each.name: each for each in await self.lists.lists()}
        for name in sorted(list_names):
            began = self.account.clock.now()
            found = present.get(name)
            members = await self._members(found) if found else set()
            moves = _moves(name, unpacked(known.get(name, "")), members)
            while items := tuple(islice(moves, _PAGE)):
                # Until a list is through, it is as it was: what is told twice does no harm.
                yield Page(items=items, cursor=cursors.written({_LISTS: known}))
            is_told = found is not None or name in known
            known = {key: each for key, each in known.items() if key != name}
            if found is not None:
                known[name] = packed_of(members)
            whole = {name: self.account.clock.ours(began)} if is_told else {}
            yield Page(items=(), cursor=cursors.written({_LISTS: known}), whole=whole)

    async def _members(self, found: RemoteList) -> set[str]:
        walk = Walk(
            account=self.account,
            operation=_READ,
            stream=self.config,
            context={"list": {"id": found.remote_id, "name": found.name}},
            key=self.config.contact,
        )
        members: set[str] = set()
        rows = Rows(received_at=self.account.clock.now(), path=f"{self.account.name}.memberships")
        async for stretch in walk.pages():
            try:
                names = rows.names(stretch.items, self.config.contact, "contact")
            except Refused as error:
                raise self.account.unexpected(_READ, str(error)) from None
            members.update(map(address_or, names))
        return members


def _moves(name: str, before: AbstractSet[str], after: AbstractSet[str]) -> Iterator[Membership]:
    """Yield who came and who left."""
    for remote_id in sorted(before ^ after):
        yield Membership(list_name=name, remote_id=remote_id, is_member=remote_id in after)


def packed_of(members: AbstractSet[str]) -> str:
    """Return names as short text."""
    text = "\n".join(sorted(members))
    return b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()


def unpacked(text: str) -> frozenset[str]:
    """Return the names that `packed_of` packed."""
    if not text:
        return frozenset()
    names = zlib.decompress(b64decode(text)).decode("utf-8", "surrogatepass")
    return frozenset(names.split("\n")) if names else frozenset()
