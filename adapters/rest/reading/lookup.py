"""Contacts by their id, and the values that stand there now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mapped.expressions import Inapplicable
from adapters.mapped.items import Refused
from adapters.rest.account import Asked
from adapters.rest.related import with_related
from adapters.rest.rows import Rows
from adapters.together import ask_all
from connector.domain.contacts import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.mapped.mappings import ContactMapping
    from adapters.rest.account import Account
    from adapters.rest.language.streams import LookupConfig
    from connector.domain.contacts import Contact

OPERATION = "look up contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestLookup:
    """Keeps the part `lookup` of the contract."""

    account: Account
    config: LookupConfig
    record: ContactMapping

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the contacts that exist."""
        answers = await self._answers(remote_ids)
        return [each for asked, items in answers for each in self._read(asked, items, reading)]

    async def values(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return, per contact that exists, the present values of fields as they are there."""
        found: dict[str, Mapping[str, object]] = {}
        rows = self._rows(Reading())
        for asked, items in await self._answers(remote_ids):
            for item in items:
                for contact in self._read(asked, [item], Reading()):
                    try:
                        found[contact.remote_id] = rows.raw_fields(item, self.record, names)
                    except Refused as error:
                        raise self.account.unexpected(OPERATION, str(error)) from None
        return {each: found[each] for each in remote_ids if each in found}

    def shows(self, name: str) -> bool:
        """Return whether a field of this name is read."""
        return name in self.record.attributes or self.record.fields is not None

    async def _answers(
        self, remote_ids: Sequence[str]
    ) -> Sequence[tuple[Sequence[str], Sequence[Json]]]:
        """Return what each request asked for, with what came."""
        size = self.config.batch
        ids = list(dict.fromkeys(remote_ids))
        parts = [ids[start : start + size] for start in range(0, len(ids), size)]
        answers = list(zip(parts, await ask_all(parts, self._ask), strict=True))
        for asked, items in answers:
            if len(items) > len(asked):
                # Whoever is not on a page of all contacts would be taken for gone.
                what = "answered more contacts than were asked for"
                raise self.account.unexpected(OPERATION, what)
        return answers

    async def _ask(self, ids: Sequence[str]) -> Sequence[Json]:
        one = {"contact": {"id": ids[0]}} if self.config.batch == 1 else {"ids": list(ids)}
        gone = frozenset(self.config.gone)
        answer = await self.account.ask(OPERATION, self.config, Asked(context=one), reads=gone)
        if answer.status in gone:
            return ()
        items = self.account.found(OPERATION, self.config.items, answer.body)
        if self.config.batch == 1 and isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            what = f"there is no contact where `{self.config.items}` should be"
            raise self.account.unexpected(OPERATION, what)
        try:
            return with_related(self.config.related, answer.body, items)
        except Inapplicable as error:
            raise self.account.unexpected(OPERATION, str(error)) from None

    def _read(
        self, asked: Sequence[str], items: Sequence[Json], reading: Reading
    ) -> Sequence[Contact]:
        contacts, problems = self._rows(reading).contacts(items, self.record)
        if len(contacts) < len(items) and self.record.when is None:
            raise self.account.unexpected(OPERATION, f"no contact came: {problems[0].message}")
        for each in contacts:
            if not {each.remote_id, *each.emails} & {*asked}:
                # Whoever was asked for would be taken for gone.
                what = "answered another contact than was asked for: is `record.id` what it takes?"
                raise self.account.unexpected(OPERATION, what)
        return contacts

    def _rows(self, reading: Reading) -> Rows:
        path = f"{self.account.name}.contacts"
        return Rows(received_at=self.account.clock.now(), path=path, reading=reading)
