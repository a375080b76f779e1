"""Creates contacts, and finds those who are there already under their address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.hubspot.asking import batch_read, rows_of, unexpected
from adapters.hubspot.complaints import AlreadyThere
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.wire import ContactWire
from adapters.hubspot.writing.batches import Batch
from adapters.hubspot.writing.fixed import EMAIL, is_fixed
from adapters.hubspot.writing.values import text_of
from connector.domain.changes import Outcome
from connector.domain.contacts import Reading
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.writing.batches import Row
    from connector.domain.contacts import Contact
    from connector.ports.platform import NewContact

_OPERATION = "create contacts"


@dataclass(frozen=True, slots=True)
class HubspotCreator:
    """Keeps the part `contact_creator` of the contract.

    HubSpot's own way of creating or updating by address refuses some accounts, so contacts are
    created, and whoever has the address already is looked up.
    """

    account: Account

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return, per item and in order, the record or why there is none.

        Raises RejectedByPlatform when HubSpot refuses the batch for somebody unknown.
        """
        try:
            answers = await self._create(wanted)
        except AlreadyThere as error:
            # One who is there has kept all from being made, and only the first is named.
            present = await self._present([each.email for each in wanted], [error.existing])
            absent = [each for each in wanted if each.email not in present]
            if len(absent) == len(wanted):
                raise
            made = iter(await self._create(absent) if absent else ())
            answers = [present.get(each.email) or next(made) for each in wanted]
        clashes = {
            each.email: answer.existing
            for each, answer in zip(wanted, answers, strict=True)
            if isinstance(answer, AlreadyThere)
        }
        present = await self._present(clashes, clashes.values()) if clashes else {}
        return [
            self._result(each.email, present.get(each.email) or answer)
            for each, answer in zip(wanted, answers, strict=True)
        ]

    async def _create(self, wanted: Sequence[NewContact]) -> Sequence[Contact | PlatformError]:
        batch = Batch(
            account=self.account,
            operation=_OPERATION,
            path=f"{self.account.paths.contacts}/batch/create",
            inputs=[{"properties": _properties(each)} for each in wanted],
            names=[each.email for each in wanted],
            name_of=_address,
        )
        return [
            row if isinstance(row, PlatformError) else self._read([row])[0]
            for row in await batch.send()
        ]

    async def _present(
        self, emails: Iterable[str], ids: Iterable[str | None]
    ) -> Mapping[str, Contact]:
        """Return who has one of these addresses, or is one of these records, by every address."""
        properties = _WIRE.properties
        told = [each for each in ids if each]
        rows = await batch_read(self.account, told, properties, kind="contacts") if told else []
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=f"{self.account.paths.contacts}/batch/read",
            body={
                "properties": list(properties),
                "idProperty": EMAIL,
                "inputs": [{"id": each} for each in emails],
            },
            buckets=REQUEST,
            # When none of them exists.
            reads=frozenset({404}),
        )
        answer = await self.account.session.send(call)
        if answer.status in range(200, 300):
            rows += rows_of(self.account, _OPERATION, answer.body)
        return {address: each for each in self._read(rows) for address in each.emails}

    def _read(self, rows: Sequence[Row]) -> Sequence[Contact]:
        try:
            return _WIRE.contacts(rows)[0]
        except (AttributeError, KeyError, TypeError, ValueError):
            raise unexpected(self.account, _OPERATION, "answered what is no contact") from None

    def _result(self, email: str, answer: Contact | PlatformError) -> Contact | Outcome:
        if isinstance(answer, PlatformError):
            return Outcome(error=answer)
        if email not in answer.emails:
            what = "answered a contact with another address"
            return Outcome(error=unexpected(self.account, _OPERATION, what))
        return answer


_WIRE = ContactWire(Reading())


def _properties(wanted: NewContact) -> Mapping[str, str]:
    """Return what a new contact is told to be; nothing about consent is ever said."""
    values = {
        name: text_of(value)  # type: ignore[arg-type]  # what is written has these types
        for name, value in wanted.attributes.items()
        if not is_fixed(name)
    }
    return {**values, EMAIL: wanted.email}


def _address(row: Row) -> object:
    return str(row["properties"][EMAIL]).lower()
