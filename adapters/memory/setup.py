"""The parts of the contract that set an account up: fields, lists and webhooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import RejectedByPlatform
from connector.ports.platform import RemoteList, RemoteWebhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.memory.account import Account
    from connector.errors import Problem
    from connector.ports.platform import RemoteField


@dataclass(frozen=True, slots=True)
class MemorySetup:
    """Fields, lists and webhooks of an account."""

    account: Account

    async def fields(self) -> Sequence[RemoteField]:
        """Return all fields."""
        with self.account.request("read fields"):
            return tuple(self.account.fields.values())

    async def cannot_make(self, name: str) -> Problem | None:  # noqa: ARG002 - all can
        """Return nothing: any name will do."""
        return None

    async def create_field(self, wanted: RemoteField) -> None:
        """Create a field; raises RejectedByPlatform when there is another of its name."""
        with self.account.request("create a field"):
            present = self.account.fields.setdefault(wanted.name, wanted)
            if present.type is not wanted.type:
                text = f"the field `{wanted.name}` is a {present.type.value}"
                raise RejectedByPlatform(text, platform=self.account.name, operation="create")
            if present.may_grow:
                options = dict.fromkeys((*(present.options or ()), *(wanted.options or ())))
                grown = replace(present, options=tuple(options))
                self.account.fields[wanted.name] = grown

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists."""
        with self.account.request("read lists"):
            return tuple(map(self._list, self.account.lists))

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, made if it was absent."""
        with self.account.request("create a list"):
            self.account.lists.setdefault(name, set())
            return self._list(name)

    async def webhooks(self) -> Sequence[RemoteWebhook]:
        """Return all webhooks."""
        with self.account.request("read webhooks"):
            return tuple(self.account.webhooks.values())

    async def register(self, url: str) -> Sequence[RemoteWebhook]:
        """Have `url` called, once however often this is asked for."""
        with self.account.request("register a webhook"):
            hook = RemoteWebhook(remote_id=f"hook:{url}", url=url, events=("*",))
            self.account.webhooks[hook.remote_id] = hook
            return (hook,)

    async def remove(self, remote_id: str) -> None:
        """Remove a webhook."""
        with self.account.request("remove a webhook"):
            self.account.webhooks.pop(remote_id, None)

    def _list(self, name: str) -> RemoteList:
        return RemoteList(name=name, remote_id=name, size=len(self.account.lists[name]))
