"""Lists of an account: found by name, made where they are absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from adapters.http import Call
from adapters.hubspot.asking import unexpected
from adapters.hubspot.complaints import refusal
from adapters.hubspot.limits import REQUEST
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Answer, Json
    from adapters.hubspot.account import Account

CONTACT_TYPE = "0-1"
"""What HubSpot calls the object type of contacts in lists."""
PAGE = 500

_MANUAL = "MANUAL"
_WRITABLE = frozenset({_MANUAL, "SNAPSHOT"})
"""Whose members are not decided by a filter: those of DYNAMIC lists are HubSpot's to choose."""
_SIZE = "hs_list_size"
_TAKEN = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.CONFLICT})


@dataclass(slots=True)
class HubspotLists:
    """The lists of contacts."""

    account: Account
    _known: dict[str, RemoteList] = field(default_factory=dict)
    """Kept while the connection lasts, since a name is asked for with every batch."""

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists of contacts."""
        found: list[RemoteList] = []
        offset = 0
        while True:
            body = await self._search(offset)
            found += [
                _list(each) for each in body["lists"] if each.get("objectTypeId") == CONTACT_TYPE
            ]
            following = body.get("offset")
            if not body.get("hasMore"):
                return found
            if not isinstance(following, int) or following <= offset:
                raise unexpected(self.account, "read lists", "goes round in a circle")
            offset = following

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

    async def _search(self, offset: int) -> dict[str, Any]:
        body = {"count": PAGE, "offset": offset, "query": "", "additionalProperties": [_SIZE]}
        answer = (await self._send("read lists", "POST", "/search", body)).body
        rows = answer.get("lists") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise unexpected(self.account, "read lists", "answered no lists")
        found: dict[str, Any] = answer
        return found

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


def _list(row: Mapping[str, Any]) -> RemoteList:
    told = row.get("additionalProperties")
    size = row.get("size", told.get(_SIZE) if isinstance(told, dict) else None)
    return RemoteList(
        name=str(row.get("name", "")),
        remote_id=str(row.get("listId", "")),
        is_writable=row.get("processingType") in _WRITABLE,
        size=int(size) if str(size).isdecimal() else None,
    )
