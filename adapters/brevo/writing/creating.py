"""Contacts made of addresses, by a request each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.contacts import rows_of
from adapters.brevo.limits import CONTACTS
from adapters.brevo.wire import ContactWire
from adapters.http import Call
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact, Reading
from connector.errors import PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.brevo.account import Account, Row
    from connector.ports.platform import NewContact

OPERATION = "create a contact"
_BAD_REQUEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoContactCreator:
    """Keeps the part `contact_creator` of the contract."""

    account: Account

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return the contacts, made where none has the address.

        Nothing but the address is sent: a contact that exists is left as it is, and what somebody
        consented to is theirs to say.
        """
        answers = await ask_each(wanted, self._create)
        return [
            Outcome(error=each) if isinstance(each, PlatformError) else each for each in answers
        ]

    async def _create(self, wanted: NewContact) -> Contact:
        call = Call(
            operation=OPERATION,
            method="POST",
            path="/contacts",
            body={"email": wanted.email, "updateEnabled": False},
            buckets=(CONTACTS,),
            reads=frozenset({_BAD_REQUEST}),
        )
        answer = await self.account.session.send(call)
        made = answer.body.get("id") if isinstance(answer.body, dict) else None
        is_refused = answer.status == _BAD_REQUEST
        # Of an address that is taken Brevo says one thing or another: looking for it is surer.
        rows = await rows_of(self.account, [wanted.email if is_refused else str(made)])
        if rows:
            return self._contact(rows[0])
        if is_refused:
            raise self._rejected()
        raise self.account.unexpected(OPERATION, "made a contact that is not there")

    def _contact(self, row: Row) -> Contact:
        with self.account.reading(OPERATION, "a contact"):
            (contact,), _ = ContactWire(Reading()).contacts([row])
            return contact

    def _rejected(self) -> RejectedByPlatform:
        text = f"{self.account.name}: {OPERATION}: the address is not taken"
        return RejectedByPlatform(
            text, platform=self.account.name, operation=OPERATION, status=_BAD_REQUEST
        )
