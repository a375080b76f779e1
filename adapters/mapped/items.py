"""One item of JSON, as the contacts, events and removals that the configuration finds in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.mapped.expressions import Inapplicable, Json, found, holds
from adapters.mapped.named import values_by_name
from connector.domain.cells import is_storable, read_cell
from connector.domain.contacts import Contact, Membership, Reading, Removal
from connector.domain.emails import BadEmail, read_email
from connector.domain.events import EVENT_COLUMNS, Event, canonical_type, derived_id
from connector.domain.instants import BadInstant, parse_instant
from connector.domain.values import FieldType, Misfit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from adapters.mapped.mappings import (
        ContactMapping,
        EventMapping,
        ListMapping,
        RemovalMapping,
    )
    from connector.domain.values import Value

LONGEST_ID = 512
"""Characters of the longest name of a contact or an event."""


class Refused(ValueError):
    """An item that is not what the configuration takes it for; the sentence repeats no value."""


@dataclass(slots=True, kw_only=True)
class ItemReader:
    """Reads one item; what does not fit in it is left out, and told."""

    item: Json
    received_at: datetime
    reading: Reading | None
    """The fields that are read of contacts; None: all that are told, as they are."""
    misfits: list[str]
    """Takes what did not fit, in words."""
    is_whole: bool = False
    """Whether an item tells all of a contact: what is not in it is empty, and not left untold."""
    lacks: list[str] = field(default_factory=list)
    """What kept mappings that are for all items from finding anything in this one."""

    def contact(self, mapping: ContactMapping) -> Contact | None:
        """Return the contact that the item tells, None where it tells of none; raises Refused."""
        if not self._applies(mapping.when):
            return None
        address = self._raw(mapping.email)
        email = self._email(address)
        remote_id = self._name(mapping.id, "id") if mapping.id else email
        if remote_id is None:
            self._expect(mapping.when, "an id" if mapping.id else "an e-mail address")
            return None
        opted_out = self._opted_out(mapping)
        changed_at = self._instant(mapping.modified_at, "modified_at")
        return Contact(
            remote_id=address_or(remote_id),
            emails=(email,) if email else (),
            attributes=dict(self._attributes(mapping)),
            created_at=self._instant(mapping.created_at, "created_at"),
            modified_at=changed_at or (None if self.is_whole else self.received_at),
            opted_out=opted_out is True,
            tells=self._tells(mapping, address, email, opted_out=opted_out),
        )

    def event(self, mapping: EventMapping) -> Event | None:
        """Return the event that the item tells, None where it tells of none; raises Refused."""
        if not self._applies(mapping.when):
            return None
        kind = self._name(mapping.type, "type")
        subject = self._name(mapping.contact, "contact")
        if kind is None or subject is None:
            self._expect(mapping.when, "a type" if kind is None else "a contact")
            return None
        occurred_at = self._occurred_at(mapping)
        subject, kind = address_or(subject), canonical_type(kind)
        fields = dict(self._fields(mapping.fields))
        given = self._name(mapping.id, "id") if mapping.id else None
        return Event(
            id=given or derived_id(subject, kind, occurred_at, fields),
            subject=subject,
            type=kind,
            occurred_at=occurred_at,
            fields=fields,
        )

    def membership(self, mapping: ListMapping) -> Membership | None:
        """Return the membership that the item tells, None where it tells none; raises Refused."""
        if not self._applies(mapping.when):
            return None
        remote_id, name = self._name(mapping.contact, "contact"), self._name(mapping.list, "list")
        if remote_id is None or name is None:
            self._expect(mapping.when, "a contact" if remote_id is None else "a list")
            return None
        value = self._value("is_member", self._raw(mapping.is_member), FieldType.BOOLEAN)
        if mapping.is_member is not None and value is None:
            msg = "`is_member` is neither true nor false"
            raise Refused(msg)
        return Membership(
            list_name=name, remote_id=address_or(remote_id), is_member=value is not False
        )

    def removal(self, mapping: RemovalMapping) -> Removal | None:
        """Return the removal that the item tells, None where it tells of none; raises Refused."""
        if not self._applies(mapping.when):
            return None
        remote_id = self._name(mapping.contact, "contact")
        if remote_id is None:
            self._expect(mapping.when, "a contact")
            return None
        erased = self._raw(mapping.erased) is True
        return Removal(remote_id=address_or(remote_id), erased=erased)

    def _tells(
        self, mapping: ContactMapping, address: Json, email: str | None, *, opted_out: bool | None
    ) -> frozenset[str] | None:
        """Return what is told of a contact beside its fields; None where all of it is."""
        if self.is_whole:
            # Nobody's consent is made up of a word that was not understood.
            is_told = opted_out is not None or self._raw(mapping.opted_out) in (None, "")
            return None if is_told else frozenset({"emails"})
        tells_email = email is not None or self._is_cleared(mapping.email, address)
        named = {"emails": tells_email, "opted_out": opted_out is not None}
        return frozenset(name for name, is_told in named.items() if is_told)

    def raw_fields(
        self, mapping: ContactMapping, known: Collection[str] | None
    ) -> Iterator[tuple[str, Json]]:
        """Yield the fields among `known`, all of them for None, as they came; raises Refused."""
        for name, expression in mapping.attributes.items():
            if known is None or name in known:
                yield name, self._found(expression)
        others = values_by_name(self._raw(mapping.fields))
        if others is not None:
            for name in others if known is None else known:
                if name not in mapping.attributes:
                    yield name, others.get(name)

    def name(self, expression: str | None, what: str) -> str | None:
        """Return an id or a name that the item tells, None where there is none; raises Refused."""
        return None if expression is None else self._name(expression, what)

    def _occurred_at(self, mapping: EventMapping) -> datetime:
        if mapping.occurred_at is None:
            return self.received_at
        try:
            return parse_instant(self._found(mapping.occurred_at))
        except BadInstant as error:
            msg = f"`occurred_at` {error}"
            raise Refused(msg) from error

    def _applies(self, when: str | None) -> bool:
        try:
            return holds(when, self.item)
        except Inapplicable as error:
            msg = f"`when`: {error}"
            raise Refused(msg) from error

    def _expect(self, when: str | None, what: str) -> None:
        """Raise Refused for what is missing, unless the item may well tell of something else."""
        msg = f"it has not {what}"
        if when is not None:
            raise Refused(msg)
        self.lacks.append(msg)

    def _found(self, expression: str) -> Json:
        try:
            return found(expression, self.item)
        except Inapplicable as error:
            raise Refused(str(error)) from error

    def _raw(self, expression: str | None) -> Json:
        return None if expression is None else self._found(expression)

    def _name(self, expression: str, what: str) -> str | None:
        """Return an id or another name as a text, None where there is none; raises Refused."""
        raw = self._found(expression)
        if raw is None or raw == "":
            return None
        if isinstance(raw, bool) or not isinstance(raw, (str, int)):
            msg = f"`{what}` is neither a text nor a whole number"
            raise Refused(msg)
        text = str(raw).strip() if isinstance(raw, str) or abs(raw) < 10**18 else ""
        if not text or len(text) > LONGEST_ID or not is_storable(text):
            msg = f"`{what}` cannot be kept as a name"
            raise Refused(msg)
        return text

    def _email(self, raw: Json) -> str | None:
        if raw is None or raw == "":
            return None
        try:
            return read_email(raw if isinstance(raw, str) and len(raw) <= LONGEST_ID else "")
        except BadEmail as error:
            self.misfits.append(f"`email` {error}")
            return None

    def _is_cleared(self, expression: str | None, raw: Json) -> bool:
        """Return whether an address is told to be none, and not merely left out."""
        return expression is not None and raw == ""

    def _opted_out(self, mapping: ContactMapping) -> bool | None:
        value = self._value("opted_out", self._raw(mapping.opted_out), FieldType.BOOLEAN)
        return value if isinstance(value, bool) else None

    def _instant(self, expression: str | None, name: str) -> datetime | None:
        raw = self._raw(expression)
        try:
            return None if raw is None or raw == "" else parse_instant(raw)
        except BadInstant as error:
            self.misfits.append(f"`{name}` {error}")
            return None

    def _attributes(self, mapping: ContactMapping) -> Iterator[tuple[str, Value | None]]:
        """Yield the fields that are told; what is null or not there is not told."""
        known = self.reading.fields if self.reading else None
        for name, raw in self.raw_fields(mapping, known):
            if raw is None and not self.is_whole:
                continue
            if raw is None or raw == "":
                yield name, None
            elif (value := self._value(name, raw, known[name] if known else None)) is not None:
                yield name, value

    def _fields(self, wanted: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
        for name, expression in wanted.items():
            value = self._value(name, self._found(expression), EVENT_COLUMNS.get(name))
            if value is not None:
                yield name, value

    def _value(self, name: str, raw: Json, kind: FieldType | None) -> Value | None:
        try:
            return read_cell(raw, kind)
        except Misfit as error:
            self.misfits.append(f"`{name}` {error}")
            return None


def address_or(name: str) -> str:
    """Return a name that is an address in the form under which people are known."""
    try:
        return read_email(name) if "@" in name else name
    except BadEmail:
        return name
