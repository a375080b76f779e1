"""The lists of an account: what there is, and making one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.brevo.limits import CONTACTS
from adapters.brevo.listing import all_of
from adapters.http import Call
from adapters.remembered import Remembered
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.http import Json

FOLDER = "heatsync"
"""Where the lists are put that heatsync makes; every list of Brevo is in a folder."""
IMPORT_LIST = "heatsync: import"
"""Every import needs a list. This one starts no automation, as long as nobody makes it."""

_MAKE = "create a list"


class BrevoLists:
    """Keeps the part `lists` of the contract."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known = Remembered(account.clock, self._ask)
        self._making = asyncio.Lock()

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists, oldest first; of two with one name both."""
        rows = await all_of(self._account, "lists")
        return [_list(row) for row in rows]

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, made in the folder of heatsync where there was none.

        Brevo makes a second list of the same name without a word, so one is made at a time.
        """
        async with self._making:
            self._known.forget()
            known = await self._known.get()
            return known[name] if name in known else await self._make(name)

    async def id_of(self, name: str) -> int | None:
        """Return the id of the list `name`, as it lately was; None where there is none."""
        known = await self._known.get(lambda lists: name in lists)
        return int(known[name].remote_id) if name in known else None

    def forget(self) -> None:
        """Ask for the lists anew next time."""
        self._known.forget()

    async def import_list(self) -> int:
        """Return the id of the list that imports go to, made where there was none."""
        known = await self.id_of(IMPORT_LIST)
        return known if known is not None else int((await self.create_list(IMPORT_LIST)).remote_id)

    async def _make(self, name: str) -> RemoteList:
        body = {"name": name, "folderId": await self._folder()}
        made = await self._made("/contacts/lists", body)
        self._known.forget()
        return RemoteList(name=name, remote_id=str(made))

    async def _ask(self) -> Mapping[str, RemoteList]:
        found: dict[str, RemoteList] = {}
        for each in await self.lists():
            found.setdefault(each.name, each)
        return found

    async def _folder(self) -> int:
        """Return the id of the folder of heatsync, made where there was none."""
        for row in await all_of(self._account, "folders"):
            if row.get("name") == FOLDER:
                return int(row["id"])
        return await self._made("/contacts/folders", {"name": FOLDER})

    async def _made(self, path: str, body: Json) -> int:
        """Make something; return its id."""
        call = Call(operation=_MAKE, method="POST", path=path, body=body, buckets=(CONTACTS,))
        answer = await self._account.session.send(call)
        made = answer.body.get("id") if isinstance(answer.body, dict) else None
        if not isinstance(made, int) or isinstance(made, bool):
            raise self._account.unexpected(_MAKE, "answered no id")
        return made


def _list(row: Row) -> RemoteList:
    """Return a list in our words. Brevo ceased to count members, and says 0 of most lists."""
    counted = [row.get(name) for name in ("uniqueSubscribers", "totalSubscribers")]
    size = max((each for each in counted if isinstance(each, int)), default=0)
    return RemoteList(name=str(row.get("name")), remote_id=str(row["id"]), size=size or None)
