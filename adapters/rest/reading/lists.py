"""The lists of an account, by their names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.mapped.items import Refused
from adapters.remembered import Remembered
from adapters.rest.account import Asked
from adapters.rest.paging import Walk
from adapters.rest.rows import Rows
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.rest.account import Account
    from adapters.rest.language.streams import ListStreamConfig
    from adapters.rest.language.writing import ListCreateConfig

_READ, _CREATE = "read lists", "create a list"


@dataclass(slots=True, kw_only=True)
class RestLists:
    """Keeps the part `lists` of the contract, where the entry says how a list is made."""

    account: Account
    config: ListStreamConfig
    create: ListCreateConfig | None = None
    _known: Remembered[Sequence[RemoteList]] = field(init=False, repr=False)
    _creating: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    def __post_init__(self) -> None:
        """Remember what was read for a while."""
        self._known = Remembered(self.account.clock, self.lists)

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists; of two with one name the first counts."""
        walk = Walk(account=self.account, operation=_READ, stream=self.config, key=self._id)
        found: dict[str, RemoteList] = {}
        async for stretch in walk.pages():
            rows = Rows(received_at=self.account.clock.now(), path=f"{self.account.name}.lists")
            try:
                ids = rows.names(stretch.items, self._id, "id")
                names = rows.names(stretch.items, self.config.record.name, "name")
            except Refused as error:
                raise self.account.unexpected(_READ, str(error)) from None
            for remote_id, name in zip(ids, names, strict=True):
                found.setdefault(name, RemoteList(name=name, remote_id=remote_id))
        return tuple(found.values())

    async def find(self, name: str) -> RemoteList | None:
        """Return the list `name`, looked for anew where it was not there lately."""
        known = await self._known.get(lambda lists: any(each.name == name for each in lists))
        return next((each for each in known if each.name == name), None)

    def forget(self) -> None:
        """Look for lists anew next time."""
        self._known.forget()

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, made if it was absent."""
        async with self._creating:
            self._known.forget()
            if (found := await self.find(name)) is not None:
                return found
            if self.create is not None:
                told = Asked(context={"list": {"name": name}})
                await self.account.ask(_CREATE, self.create, told, is_status_enough=True)
            self._known.forget()
            made = await self.find(name)
        if made is None:
            raise self.account.unexpected(_CREATE, "it is not there afterwards")
        return made

    @property
    def _id(self) -> str:
        return self.config.record.id
