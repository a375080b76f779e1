"""Sets the points that contacts have in groups: exactly, a contact and a group at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.writing.answers import error_of
from adapters.mautic.writing.editor import AT_ONCE
from adapters.together import ask_each
from connector.errors import NotSetUp, PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.mautic.account import Account
    from adapters.mautic.groups import PointGroups

_OPERATION = "set points"
_NOT_FOUND = httpx.codes.NOT_FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Sets points and reads them."""

    account: Account
    groups: PointGroups

    async def set(
        self, wanted: Sequence[tuple[str, Mapping[str, int]]]
    ) -> list[PlatformError | None]:
        """Return for each contact, in order, why its points are not what they should be.

        Raises PlatformError where nothing was answered.
        """

        async def tell(each: tuple[str, Mapping[str, int]]) -> None:
            remote_id, points = each
            ids = await self.groups.ids(frozenset(points))
            for name, number in points.items():
                await self._set(remote_id, name, ids.get(name), number)

        return await ask_each(wanted, tell, at_once=AT_ONCE)

    async def of(self, remote_id: str, names: frozenset[str]) -> Mapping[str, int | None]:
        """Return the points of a contact by the name of their field; None where it has none."""
        ids = await self.groups.ids(names)
        if not names & ids.keys():
            return dict.fromkeys(names)
        path = f"/api/contacts/{remote_id}/points/groups"
        call = Call(operation="read points", method="GET", path=path, buckets=(API,))
        body = (await self.account.send(call)).body
        with self.account.reading("read points", "points"):
            rows = self.account.rows("read points", body, "groupScores")
            found = {int(row["group"]["id"]): int(row["score"]) for row in rows}
        return {name: found.get(ids[name]) if name in ids else None for name in names}

    async def _set(self, remote_id: str, name: str, group: int | None, number: int) -> None:
        if group is None:
            raise self._missing(name)
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=f"/api/contacts/{remote_id}/points/groups/{group}/set/{number}",
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            # Mautic answers the same of a contact and of a group that is gone.
            self.groups.forget()
            if name not in await self.groups.ids(frozenset({name})):
                raise self._missing(name)
            raise error_of(self.account, _OPERATION, answer.status, {})
        if _score(answer.body) != number:
            raise self.account.unexpected(_OPERATION, "the answer does not show the points")

    def _missing(self, name: str) -> NotSetUp:
        text = f"{self.account.name}: {_OPERATION}: there is no point group `{name}`"
        return NotSetUp(text, platform=self.account.name, operation=_OPERATION)


def _score(body: Json) -> int | None:
    told = body.get("groupScore") if isinstance(body, dict) else None
    score = str(told.get("score")) if isinstance(told, dict) else ""
    return int(score) if score.removeprefix("-").isdecimal() else None
