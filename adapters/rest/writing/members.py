"""Puts contacts into lists and takes them out; sets tags and clears them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.rest.writing.sending import Sender, Taken, of_contact
from connector.domain.changes import Outcome
from connector.errors import NotSetUp, PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.rest.account import Account
    from adapters.rest.language.writing import ListWritesConfig, TagWritesConfig
    from adapters.rest.reading.lists import RestLists
    from connector.domain.changes import ListChange, TagChange
    from connector.ports.platform import RemoteList

_LISTS, _TAGS = "write a list", "write tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestListWriter:
    """Keeps the part `list_writer` of the contract."""

    account: Account
    config: ListWritesConfig
    lists: RestLists

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Put contacts into one list, or take them out; raises NotSetUp when it is not there."""
        name, is_member = changes[0].list_name, changes[0].is_member
        found = await self._find(name)
        sender = Sender(
            account=self.account,
            operation=_LISTS,
            config=self.config.add if is_member else self.config.remove,
        )
        told = {"list": {"id": found.remote_id, "name": found.name}}
        try:
            sent = await sender.send([{**of_contact(each.to), **told} for each in changes])
        except RejectedByPlatform as error:
            if error.status == httpx.codes.NOT_FOUND:
                self.lists.forget()
                await self._find(name)
            raise
        return [_outcome(each) for each in sent]

    async def _find(self, name: str) -> RemoteList:
        found = await self.lists.find(name)
        if found is None:
            text = f"{self.account.name}: {_LISTS}: there is no list `{name}`"
            raise NotSetUp(text, platform=self.account.name, operation=_LISTS)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RestTagWriter:
    """Keeps the part `tag_writer` of the contract."""

    account: Account
    config: TagWritesConfig

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Set and clear tags, one after the other kind."""
        outcomes: dict[int, Outcome] = {}
        for is_set, config in ((True, self.config.add), (False, self.config.remove)):
            some = {place: each for place, each in enumerate(changes) if each.is_set is is_set}
            sender = Sender(account=self.account, operation=_TAGS, config=config)
            contexts = [{**of_contact(each.to), "tag": each.tag} for each in some.values()]
            sent = await sender.send(contexts) if contexts else ()
            outcomes.update(zip(some, map(_outcome, sent), strict=True))
        return [outcomes[place] for place in range(len(changes))]


def _outcome(sent: Taken | PlatformError) -> Outcome:
    return Outcome(error=sent) if isinstance(sent, PlatformError) else Outcome()
