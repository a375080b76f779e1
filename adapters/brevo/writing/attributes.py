"""Values of attributes: a few by a request each, many by an import."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.brevo.writing.bulk import BulkWriter
from adapters.brevo.writing.cost import BULK_FROM
from adapters.brevo.writing.crowd import Crowd
from adapters.brevo.writing.entry import OPERATION, Entry
from adapters.brevo.writing.imports import Imports
from adapters.brevo.writing.leavers import Leavers
from adapters.brevo.writing.people import people_of, values_of
from adapters.brevo.writing.single import SingleWriter
from adapters.brevo.writing.values import Unfit
from connector.domain.changes import Outcome
from connector.errors import NotSetUp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.brevo.account import Account
    from adapters.brevo.attributes import BrevoAttributes, Definition
    from adapters.brevo.lists import BrevoLists
    from connector.domain.changes import AttributeChange


class BrevoAttributeWriter:
    """Keeps the part `attribute_writer` of the contract."""

    def __init__(
        self,
        account: Account,
        attributes: BrevoAttributes,
        lists: BrevoLists,
        leavers: Leavers | None = None,
        *,
        bulk_from: int = BULK_FROM,
    ) -> None:
        self._account = account
        self._attributes = attributes
        self._single = SingleWriter(account=account)
        imports = Imports(account=account, lists=lists)
        self._bulk = BulkWriter(
            account=account,
            imports=imports,
            single=self._single,
            crowd=Crowd(account=account),
            leavers=leavers or Leavers(account=account),
        )
        self._bulk_from = bulk_from

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write values; done is only what the contacts show afterwards.

        What has no attribute, or one that does not take it as it is, is left out and waits.
        """
        definitions = await self._definitions({name for each in changes for name in each.values})
        found = dict(enumerate(self._entry(each, definitions) for each in changes))
        entries = {place: each for place, each in found.items() if isinstance(each, Entry)}
        outcomes = {place: each for place, each in found.items() if isinstance(each, Outcome)}
        outcomes |= {place: Outcome() for place, each in entries.items() if not each.sent}
        outcomes |= await self._sent({place: each for place, each in entries.items() if each.sent})
        if any(each.error and not each.error.status for each in outcomes.values()) or any(
            not each.unready.keys().isdisjoint(definitions) for each in entries.values()
        ):
            # Perhaps somebody changed an attribute.
            self._attributes.forget()
        return self._with_paused(outcomes, entries)

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the present values of these attributes."""
        numbers = [each for each in remote_ids if each.isascii() and each.isdecimal()]
        people = await people_of(self._account, numbers)
        return {
            remote_id: {name: values_of(row).get(name) for name in names}
            for remote_id, row in people.items()
        }

    async def _sent(self, entries: Mapping[int, Entry]) -> dict[int, Outcome]:
        """Write, by import or one by one; return what became of each by its place."""
        many = {place: each for place, each in entries.items() if each.is_for_import}
        if len(many) < self._bulk_from:
            many = {}
        few = {place: each for place, each in entries.items() if place not in many}
        outcomes: dict[int, Outcome] = {}
        if many:
            outcomes |= zip(many, await self._bulk.write(list(many.values())), strict=True)
        if few:
            write = self._single.write_beside if many else self._single.write
            outcomes |= zip(few, await write(list(few.values())), strict=True)
        return outcomes

    async def _definitions(self, names: Iterable[str]) -> Mapping[str, Definition]:
        """Return the attributes; asked for anew where one is named that there was not."""
        known = await self._attributes.definitions()
        if set(names) <= known.keys():
            return known
        self._attributes.forget()
        return await self._attributes.definitions()

    def _entry(
        self, change: AttributeChange, definitions: Mapping[str, Definition]
    ) -> Entry | Outcome:
        if not change.to.remote_id.isdecimal():
            return self._refused("the contact's id is none of Brevo's")
        try:
            return Entry.of(change, definitions)
        except Unfit as error:
            return self._refused(str(error))

    def _with_paused(
        self, outcomes: Mapping[int, Outcome], entries: Mapping[int, Entry]
    ) -> list[Outcome]:
        """Return the outcomes in order, with what was left out and why."""
        told: dict[str, NotSetUp] = {}
        found: list[Outcome] = []
        for place in range(len(outcomes)):
            outcome, entry = outcomes[place], entries.get(place)
            if entry is not None and entry.unready:
                paused = {
                    name: told.setdefault(why, self._not_set_up(why))
                    for name, why in entry.unready.items()
                }
                outcome = replace(outcome, paused=paused)
            found.append(outcome)
        return found

    def _not_set_up(self, why: str) -> NotSetUp:
        text = f"{self._account.name}: {OPERATION}: {why}"
        return NotSetUp(text, platform=self._account.name, operation=OPERATION)

    def _refused(self, reason: str) -> Outcome:
        return Outcome(error=self._attributes.rejected(OPERATION, reason))
