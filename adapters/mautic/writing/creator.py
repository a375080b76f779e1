"""Creates contacts, and finds those who are there already under their address.

Mautic takes a new contact whose address it knows for the one it has, as long as addresses identify
people there; an administrator may decide otherwise. So whoever is there is looked up first. Nothing
but the address is sent: who is found all the same stays as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.asking import ask_contacts, one_of, parts
from adapters.mautic.limits import API
from adapters.mautic.wire import EMAIL, ContactWire, email_of
from adapters.mautic.writing.answers import shown_and_refused
from adapters.mautic.writing.entry import values_of
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact, Reading
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account, Row
    from connector.ports.platform import NewContact

CREATED_AT_ONCE = 50
_OPERATION = "create contacts"
_NEW = "/api/contacts/batch/new"


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticCreator:
    """Keeps the part `contact_creator` of the contract."""

    account: Account

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return, per item and in order, the record or why there is none.

        Raises PlatformError where nothing was answered.
        """
        found: dict[str, Contact | PlatformError] = {}
        for some in parts([each.email for each in wanted], CREATED_AT_ONCE):
            try:
                found |= await self._some(some)
            except PlatformError as error:
                if not found:
                    raise
                left = (each.email for each in wanted if each.email not in found)
                found |= dict.fromkeys(left, error)
                break
        answers = [found[each.email] for each in wanted]
        return [
            Outcome(error=each) if isinstance(each, PlatformError) else each for each in answers
        ]

    async def _some(self, emails: Sequence[str]) -> Mapping[str, Contact | PlatformError]:
        present = await self._present(emails)
        absent = [each for each in emails if each not in present]
        return {**present, **(await self._made(absent) if absent else {})}

    async def _present(self, emails: Sequence[str]) -> Mapping[str, Contact]:
        """Return who has one of these addresses; of two with one address the older one."""
        safe = [each for each in emails if "," not in each]
        if not safe:
            return {}
        rows = await ask_contacts(
            self.account,
            _OPERATION,
            [one_of(EMAIL, safe)],
            limit=2 * CREATED_AT_ONCE,
        )
        found: dict[str, Contact] = {}
        for each in self._read(rows.rows):
            for address in each.emails:
                found.setdefault(address, each)
        return found

    async def _made(self, emails: Sequence[str]) -> Mapping[str, Contact | PlatformError]:
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=_NEW,
            body=[{EMAIL: each} for each in emails],
            buckets=(API,),
        )
        body = (await self.account.send(call)).body
        answers = shown_and_refused(self.account, _OPERATION, body, emails, _address)
        silent = self.account.unexpected(_OPERATION, "says neither that it was done nor why not")
        return {
            email: answer
            if isinstance(answer, PlatformError)
            else self._read([answer])[0]
            if answer is not None
            else silent
            for email, answer in zip(emails, answers, strict=True)
        }

    def _read(self, rows: Sequence[Row]) -> Sequence[Contact]:
        with self.account.reading(_OPERATION, "a contact"):
            return _WIRE.contacts(rows)[0]


_WIRE = ContactWire(Reading())


def _address(row: Row) -> str:
    address = email_of(values_of(row).get(EMAIL))
    if address is None:
        msg = "has no address"
        raise ValueError(msg)
    return address
