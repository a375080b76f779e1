"""Puts contacts into lists and takes them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from adapters.http import Call
from adapters.hubspot.asking import rows_of, unexpected
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.lists import CONTACT_TYPE, MEMBERS_PAGE, members_page
from connector.domain.changes import Outcome
from connector.errors import ContactGone, NotSetUp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.http import Json
    from adapters.hubspot.account import Account
    from adapters.hubspot.lists import HubspotLists
    from connector.domain.changes import ListChange
    from connector.ports.platform import RemoteList

LIST_BATCH = 500
"""How many one call may carry is not said: 100,000 is the limit of other calls of that kind."""

_OPERATION = "write a list"
_LOOK = "read a list"
_DONE = ("recordsIdsAdded", "recordIdsAdded", "recordIdsRemoved", "recordsIdsRemoved")
"""HubSpot writes `recordsIdsAdded`, and the other one otherwise."""
_MISSING = ("recordIdsMissing", "recordsIdsMissing")


@dataclass(frozen=True, slots=True)
class HubspotListWriter:
    """Keeps the part `list_writer` of the contract."""

    account: Account
    lists: HubspotLists

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Put contacts into one list, or take them out.

        Raises NotSetUp when the account has no such list, or one with a filter.
        """
        name, is_member = changes[0].list_name, changes[0].is_member
        found = await self.lists.find(name)
        if found is None or not found.is_writable:
            # Somebody may make it, or another one under its name, at any time.
            self.lists.forget(name)
            reason = "decides itself who is in the list" if found else "has no list"
            raise self._not_set_up(f"HubSpot {reason} `{name}`")
        ids = [each.to.remote_id for each in changes]
        told = await self._send(found, ids, is_member=is_member)
        done, missing = _named(told, _DONE), _named(told, _MISSING)
        silent = set(ids) - done - missing
        # HubSpot says nothing of whom there is nothing to do for: whether it did anything at all
        # is seen by those that it does name.
        unseen = silent if silent == set(ids) else set()
        members = await self._members_among(found, unseen) if unseen else frozenset()
        outcomes: list[Outcome] = []
        for each in ids:
            if each in done:
                outcomes.append(Outcome())
            elif each in missing:
                outcomes.append(self._gone())
            elif each in unseen and (each in members) is not is_member:
                outcomes.append(
                    Outcome(error=unexpected(self.account, _OPERATION, "had no effect"))
                )
            else:
                outcomes.append(Outcome(is_unchanged=True))
        return outcomes

    async def _send(self, found: RemoteList, ids: Sequence[str], *, is_member: bool) -> Json:
        action = "add" if is_member else "remove"
        call = Call(
            operation=_OPERATION,
            method="PUT",
            path=f"{self.account.paths.lists}/{found.remote_id}/memberships/{action}",
            buckets=REQUEST,
            body=list(ids),
            reads=frozenset({httpx.codes.NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == httpx.codes.NOT_FOUND:
            self.lists.forget(found.name)
            raise self._not_set_up(f"HubSpot has no list `{found.name}`")
        return answer.body

    async def _members_among(self, found: RemoteList, ids: set[str]) -> frozenset[str]:
        """Return which of `ids` are in the list: asked one by one, or page by page."""
        pages = (found.size or 0) // MEMBERS_PAGE + 1
        if len(ids) <= pages:
            return frozenset([each for each in sorted(ids) if await self._is_member(found, each)])
        return frozenset(ids & await self._members(found))

    async def _is_member(self, found: RemoteList, remote_id: str) -> bool:
        record = f"{CONTACT_TYPE}/{quote(remote_id, safe='')}"
        path = f"{self.account.paths.lists}/records/{record}/memberships"
        call = Call(operation=_LOOK, method="GET", path=path, buckets=REQUEST)
        body = (await self.account.session.send(call)).body
        rows = rows_of(self.account, _LOOK, body)
        return any(str(row.get("listId")) == found.remote_id for row in rows)

    async def _members(self, found: RemoteList) -> set[str]:
        members: set[str] = set()
        after: str | None = None
        while True:
            page, after = await members_page(self.account, found.remote_id, after)
            members.update(map(str, page))
            if after is None:
                return members

    def _not_set_up(self, reason: str) -> NotSetUp:
        name = self.account.name
        return NotSetUp(f"{name}: {_OPERATION}: {reason}", platform=name, operation=_OPERATION)

    def _gone(self) -> Outcome:
        name = self.account.name
        text = f"{name}: {_OPERATION}: the contact is gone"
        return Outcome(error=ContactGone(text, platform=name, operation=_OPERATION))


def _named(told: object, keys: Iterable[str]) -> frozenset[str]:
    """Return the ids that an answer lists under any of `keys`."""
    body = told if isinstance(told, dict) else {}
    listed = (body.get(key) for key in keys)
    return frozenset(str(each) for ids in listed if isinstance(ids, list) for each in ids)
