"""Creates contacts, each of them once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from adapters.rest.account import Asked
from adapters.rest.paging import Walk
from adapters.rest.rows import Rows
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact, Reading
from connector.errors import PlatformError, Recovery, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mapped.expressions import Json
    from adapters.mapped.mappings import ContactMapping
    from adapters.rest.account import Account
    from adapters.rest.language.writing import CreateConfig
    from adapters.rest.writing.sending import Context
    from adapters.rest.writing.values import Spelling
    from connector.ports.platform import NewContact

_OPERATION = "create a contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCreator:
    """Keeps the part `contact_creator` of the contract."""

    account: Account
    config: CreateConfig
    record: ContactMapping
    spelling: Spelling
    fixed: frozenset[str]
    _creating: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return the records, found by their address or made, or why there is none."""
        found: list[Contact | Outcome] = []
        for each in wanted:
            try:
                # Of two that look at the same time, both would find nobody.
                async with self._creating:
                    found.append(await self._one(each))
            except PlatformError as error:
                if error.recovery is not Recovery.SKIP and not found:
                    raise
                found.append(Outcome(error=error))
        return found

    async def _one(self, wanted: NewContact) -> Contact:
        context: Context = {
            "contact": {"id": None, "email": wanted.email},
            **self.spelling.all_of(
                {
                    name: value  # type: ignore[misc]  # what is written has these types
                    for name, value in wanted.attributes.items()
                    if name not in self.fixed
                }
            ),
        }
        if (known := await self._find(context, wanted.email)) is not None:
            return known
        try:
            answer = await self.account.ask(_OPERATION, self.config, Asked(context=context))
        except RejectedByPlatform as error:
            known = await self._find(context, wanted.email)
            if error.status != httpx.codes.CONFLICT or known is None:
                raise
            return known
        item = self.account.found(_OPERATION, self.config.item, answer.body)
        made = _with(wanted.email, self._contacts([item], self.config.record or self.record))
        if made is None:
            raise self.account.unexpected(_OPERATION, "answered no contact with that address")
        return made

    async def _find(self, context: Context, email: str) -> Contact | None:
        """Return who has an address; None for nobody, or where that cannot be asked."""
        config = self.config.find
        if config is None:
            return None
        told = {"contact": context["contact"]}
        walk = Walk(account=self.account, operation=_OPERATION, stream=config, context=told)
        record = config.record or self.record
        async for stretch in walk.pages():
            contacts = self._contacts(stretch.items, record)
            if (found := _with(email, contacts)) is not None:
                return found
            if stretch.items and not any(each.emails for each in contacts):
                # Whoever is there already would be made once more.
                what = "`find` found items in which `record` sees no address"
                raise self.account.unexpected(_OPERATION, what)
        return None

    def _contacts(self, items: Sequence[Json], record: ContactMapping) -> Sequence[Contact]:
        path = f"{self.account.name}.contacts"
        rows = Rows(received_at=self.account.clock.now(), path=path, reading=Reading())
        return rows.contacts(items, record)[0]


def _with(email: str, contacts: Sequence[Contact]) -> Contact | None:
    return next((each for each in contacts if email in each.emails), None)
