"""Groups of points: numbers beside a contact's fields, which Mautic keeps exactly, 0 included.

Mautic has them from 5.1 on. A configuration names one as a field, `points:` and its name.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.listing import all_of
from adapters.remembered import Remembered
from connector.domain.values import FieldType
from connector.errors import RejectedByPlatform, RightMissing
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account
    from adapters.mautic.versions import Version

FIRST: Version = (5, 1)
"""The first version whose API sets them."""

_PREFIX = "points:"
_PATH = "/api/points/groups"
_READ, _MAKE = "read point groups", "create a point group"


def is_group(name: str) -> bool:
    """Return whether the field `name` is a group of points."""
    return name.startswith(_PREFIX)


def decimals_of(name: str) -> int | None:
    """Return how many decimals a field keeps, where its name tells: a group has whole numbers."""
    return 0 if is_group(name) else None


class PointGroups:
    """The groups as they lately were."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known = Remembered(account.clock, self._ask)
        self._making = asyncio.Lock()

    async def are_there(self) -> bool:
        """Return whether this version has groups of points."""
        version = await self._account.version()
        return version is not None and version >= FIRST

    async def fields(self) -> Sequence[RemoteField]:
        """Return the groups as fields; none where the account may not see them."""
        if not await self.are_there():
            return ()
        self._known.forget()
        try:
            known = await self._known.get()
        except RightMissing:
            return ()
        return [RemoteField(name=name, type=FieldType.NUMBER, decimals=0) for name in known]

    async def ids(self, names: frozenset[str]) -> Mapping[str, int]:
        """Return the ids by name of field; asked for anew where one is named that there was not."""
        if not names or not await self.are_there():
            return {}
        return await self._known.get(lambda known: known.keys() >= names)

    async def create(self, name: str) -> None:
        """Make the group of a field where there is none; raises RejectedByPlatform before 5.1."""
        if not await self.are_there():
            text = f"{self._account.name}: {_MAKE}: Mautic has point groups from 5.1 on"
            raise RejectedByPlatform(text, platform=self._account.name, operation=_MAKE)
        async with self._making:
            self._known.forget()
            if name not in await self._known.get():
                await self._make(name.removeprefix(_PREFIX))
                self._known.forget()

    def forget(self) -> None:
        """Ask for the groups anew next time."""
        self._known.forget()

    async def _make(self, name: str) -> None:
        call = Call(
            operation=_MAKE,
            method="POST",
            path=f"{_PATH}/new",
            body={"name": name, "isPublished": True},
            buckets=(API,),
        )
        body = (await self._account.send(call)).body
        made = body.get("pointGroup") if isinstance(body, dict) else None
        if not isinstance(made, dict) or made.get("name") != name:
            raise self._account.unexpected(_MAKE, "the answer shows no group")

    async def _ask(self) -> Mapping[str, int]:
        rows = await all_of(self._account, _READ, _PATH, "pointGroups")
        found: dict[str, int] = {}
        with self._account.reading(_READ, "a point group"):
            for row in rows:
                found.setdefault(f"{_PREFIX}{row['name']}", int(row["id"]))
        return found
