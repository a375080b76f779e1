"""Lists of an account: found by name, made where they are absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from adapters.http import Call
from adapters.hubspot.asking import next_of, rows_of, unexpected
from adapters.hubspot.complaints import refusal
from adapters.hubspot.limits import REQUEST
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.http import Answer, Json
    from adapters.hubspot.account import Account
    from adapters.hubspot.asking import Row

CONTACT_TYPE = "0-1"
"""What HubSpot calls the object type of contacts in lists."""
LISTS_PAGE = 500
MEMBERS_PAGE = 250

_MANUAL = "MANUAL"
_WRITABLE = frozenset({_MANUAL, "SNAPSHOT"})
"""Whose members are not decided by a filter: those of DYNAMIC lists are HubSpot's to choose."""
_SIZE = "hs_list_size"
_FIND = "find lists"
_READ = "read a list"
_TAKEN = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.CONFLICT})


@dataclass(slots=True)
class HubspotLists:
    """The lists of contacts."""

    account: Account
    _known: dict[str, RemoteList] = field(default_factory=dict)
    """Kept while the connection lasts, since a name is asked for with every batch."""

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists of contacts."""
        return [_list(each) async for page in list_pages(self.account, [_SIZE]) for each in page]

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, made if it was absent: a manual one, with no members."""
        found = await self.find(name)
        if found is not None:
            return found
        body = {"name": name, "objectTypeId": CONTACT_TYPE, "processingType": _MANUAL}
        answer = await self._send("create a list", "POST", "", body, reads=_TAKEN)
        if answer.status not in _TAKEN:
            self._known[name] = self._read(answer, "create a list")
            return self._known[name]
        # Somebody may have made it meanwhile.
        found = await self.find(name)
        if found is None:
            raise refusal(self.account, "create a list", answer)
        return found

    async def find(self, name: str) -> RemoteList | None:
        """Return the list `name`, None when there is none."""
        if name in self._known:
            return self._known[name]
        path = f"/object-type-id/{CONTACT_TYPE}/name/{quote(name, safe='')}"
        missing = frozenset({httpx.codes.NOT_FOUND})
        answer = await self._send("find a list", "GET", path, reads=missing)
        if answer.status == httpx.codes.NOT_FOUND:
            return None
        self._known[name] = self._read(answer, "find a list")
        return self._known[name]

    def forget(self, name: str) -> None:
        """Look for the list again when it is next asked for: it is not where it was."""
        self._known.pop(name, None)

    def _read(self, answer: Answer, operation: str) -> RemoteList:
        row = answer.body.get("list") if isinstance(answer.body, dict) else None
        if not isinstance(row, dict) or not {"listId", "name"} <= row.keys():
            raise unexpected(self.account, operation, "the answer describes no list")
        return _list(row)

    async def _send(
        self,
        operation: str,
        method: str,
        path: str,
        body: Json = None,
        *,
        reads: frozenset[int] = frozenset(),
    ) -> Answer:
        call = Call(
            operation=operation,
            method=method,
            path=f"{self.account.paths.lists}{path}",
            buckets=REQUEST,
            body=body,
            reads=reads,
        )
        return await self.account.session.send(call)


async def list_pages(account: Account, properties: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
    """Yield all lists of contacts page by page, with these further properties of theirs."""
    offset = 0
    before: list[Row] = []
    while True:
        call = Call(
            operation=_FIND,
            method="POST",
            path=f"{account.paths.lists}/search",
            buckets=REQUEST,
            body={
                "query": "",
                "count": LISTS_PAGE,
                "offset": offset,
                "additionalProperties": list(properties),
            },
        )
        body = (await account.session.send(call)).body
        rows = body.get("lists") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise unexpected(account, _FIND, "answered no lists")
        yield [each for each in rows if _is_of_contacts(each)]
        if not body.get("hasMore"):
            return
        if not rows or rows == before:
            raise unexpected(account, _FIND, "goes round in a circle")
        offset, before = offset + len(rows), rows


async def members_page(
    account: Account, list_id: str, after: str | None
) -> tuple[Sequence[int], str | None]:
    """Return the ids of a page of members, and where the next one begins; a list gone has none."""
    call = Call(
        operation=_READ,
        method="GET",
        path=f"{account.paths.lists}/{list_id}/memberships",
        params=[("limit", MEMBERS_PAGE), *([("after", after)] if after else [])],
        buckets=REQUEST,
        reads=frozenset({httpx.codes.NOT_FOUND}),
    )
    answer = await account.session.send(call)
    if answer.status == httpx.codes.NOT_FOUND:
        return (), None
    rows, following = rows_of(account, _READ, answer.body), next_of(answer.body)
    if following is not None and following == after:
        raise unexpected(account, _READ, "goes round in a circle")
    try:
        return [int(row["recordId"]) for row in rows], following
    except (KeyError, TypeError, ValueError):
        raise unexpected(account, _READ, "answered what is no member") from None


def _is_of_contacts(row: Row) -> bool:
    is_list = {"name", "listId"} <= row.keys()
    return is_list and row.get("objectTypeId", CONTACT_TYPE) == CONTACT_TYPE


def _list(row: Row) -> RemoteList:
    told = row.get("additionalProperties")
    size = row.get("size", told.get(_SIZE) if isinstance(told, dict) else None)
    return RemoteList(
        name=str(row.get("name", "")),
        remote_id=str(row.get("listId", "")),
        is_writable=row.get("processingType") in _WRITABLE,
        size=int(size) if str(size).isdecimal() else None,
    )
