"""The contacts of an account, found by every identifier that they go by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from adapters.brevo.simulator.attributes import PHONES, phone_of
from adapters.brevo.simulator.refusals import Refused
from adapters.simulation.messages import compact_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount

KINDS: Mapping[str, str] = {
    "email_id": "email",
    "phone_id": "SMS",
    "ext_id": "EXT_ID",
    "whatsapp_id": "WHATSAPP",
    "landline_number_id": "LANDLINE_NUMBER",
}
"""The attribute that an identifier type is kept in, beside `contact_id`."""


class Unleft(Enum):
    """What is told, as `listUnsubscribed`, of a contact that left no list; which is unverified."""

    EMPTY = "an empty list"
    NULL = "null"
    ABSENT = "nothing"


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """A contact."""

    id: int
    email: str | None
    values: dict[str, object] = field(default_factory=dict)
    """By name of an attribute; what has no value is not there."""
    created_at: datetime
    modified_at: datetime
    is_email_blocked: bool = False
    is_sms_blocked: bool = False
    list_ids: set[int] = field(default_factory=set)
    left_ids: set[int] = field(default_factory=set)
    """The lists that the contact unsubscribed from."""
    json: bytes | None = None
    """As an answer tells it, until something changes."""


class People:
    """All contacts, oldest first."""

    def __init__(self, account: BrevoAccount) -> None:
        self.by_id: dict[int, Person] = {}
        self.version = 0
        """Moves with every change of any contact."""
        self._by_identifier: dict[tuple[str, str], int] = {}
        self._account = account

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.by_id.values())

    def find(self, kind: str, identifier: str) -> Person | None:
        """Return who goes by an identifier; `kind` is an identifier type."""
        if kind == "contact_id":
            if not identifier.isascii() or not identifier.isdigit():
                raise Refused("Invalid contact_id passed")
            return self.by_id.get(int(identifier))
        if KINDS[kind] in PHONES:
            identifier = phone_of(identifier) or identifier
        found = self._by_identifier.get((KINDS[kind], identifier.lower()))
        return None if found is None else self.by_id[found]

    def guess(self, identifier: str) -> Person | None:
        """Return who goes by an identifier of which nothing is said."""
        if "@" in identifier:
            return self.find("email_id", identifier)
        if identifier.isascii() and identifier.isdigit():
            found = self.find("contact_id", identifier)
            if found:
                return found
        return self.find("phone_id", identifier)

    def add(self, person: Person) -> None:
        """Take in a new contact."""
        self.by_id[person.id] = person
        self._index(person)
        self.version += 1

    def remove(self, person: Person) -> None:
        """Let go of a contact."""
        self._unindex(person)
        del self.by_id[person.id]
        self.version += 1

    def clashes(self, identifiers: Mapping[str, str], *, but: Person | None) -> dict[str, Person]:
        """Return who else goes by these identifiers, by the attribute of each."""
        found = {
            name: self.by_id[self._by_identifier[name, value.lower()]]
            for name, value in identifiers.items()
            if (name, value.lower()) in self._by_identifier
        }
        return {name: person for name, person in found.items() if person is not but}

    def change(self, person: Person, change: Callable[[], object], at: datetime) -> None:
        """Change a contact, and note when."""
        self._unindex(person)
        change()
        person.modified_at = at
        person.json = None
        self._index(person)
        self.version += 1

    def told(self, person: Person) -> bytes:
        """Return a contact as JSON."""
        if person.json is None:
            person.json = compact_json(self._as_json(person))
        return person.json

    def identifiers(self, person: Person) -> dict[str, str]:
        """Return what a contact goes by, by the attribute of each."""
        found = {"email": person.email} | {
            name: value for name, value in person.values.items() if name in KINDS.values()
        }
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def _as_json(self, person: Person) -> Mapping[str, object]:
        # Who has a telephone number only gets an address of Brevo's own.
        told_at = self._account.told_at
        email = person.email or (
            f"{sms}@mailin-sms.com" if (sms := person.values.get("SMS")) else ""
        )
        told: dict[str, object] = {"email": email} if email else {}
        unleft = self._account.unleft
        if self._account.unsubscribes_by_list and (person.left_ids or unleft is not Unleft.ABSENT):
            left = sorted(person.left_ids)
            told["listUnsubscribed"] = None if unleft is Unleft.NULL and not left else left
        return told | {
            "id": person.id,
            "emailBlacklisted": person.is_email_blocked,
            "smsBlacklisted": person.is_sms_blocked,
            "whatsappBlacklisted": False,
            "createdAt": told_at(person.created_at),
            "modifiedAt": told_at(person.modified_at),
            "attributes": person.values,
            "listIds": sorted(person.list_ids),
        }

    def _index(self, person: Person) -> None:
        for name, value in self.identifiers(person).items():
            self._by_identifier[name, value.lower()] = person.id

    def _unindex(self, person: Person) -> None:
        for name, value in self.identifiers(person).items():
            del self._by_identifier[name, value.lower()]
