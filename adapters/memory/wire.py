"""The account's own shapes, translated into our words; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.contacts import Contact
from connector.domain.emails import BadEmail, read_email
from connector.domain.events import EVENT_COLUMNS, Event, canonical_type, derived_id
from connector.domain.instants import parse_instant
from connector.domain.values import Misfit, read_value
from connector.errors import Problem

if TYPE_CHECKING:
    from adapters.memory.account import Payload, Person
    from connector.domain.contacts import Reading
    from connector.domain.values import Value


def contact_of(person: Person, reading: Reading) -> tuple[Contact, tuple[Problem, ...]]:
    """Return a record as a contact, and which of its values do not fit."""
    attributes: dict[str, Value | None] = {}
    problems = []
    for name, kind in reading.fields.items():
        try:
            attributes[name] = read_value(person.values.get(name), kind)
        except Misfit as error:
            problems.append(Problem(message=f"of contact {person.id} {error}", path=name))
    contact = Contact(
        remote_id=person.id,
        emails=_emails(person),
        attributes=attributes,
        created_at=person.created_at,
        modified_at=person.modified_at,
        merged_ids=person.merged_ids,
        opted_out=person.opted_out,
    )
    return contact, tuple(problems)


def event_of(payload: Payload) -> Event:
    """Return a payload `{id, contact, type, at, ...properties}` as an event.

    Raises KeyError, ValueError or TypeError when it is none.
    """
    subject, kind = str(payload["contact"]), canonical_type(str(payload["type"]))
    occurred_at = parse_instant(payload["at"])
    fields: dict[str, Value] = {}
    for name, raw in payload.items():
        if name not in {"id", "contact", "type", "at"} and isinstance(raw, (str, int, float)):
            value = read_value(raw, EVENT_COLUMNS[name]) if name in EVENT_COLUMNS else raw
            if value is not None:
                fields[name] = value
    return Event(
        id=str(payload.get("id") or derived_id(subject, kind, occurred_at, fields)),
        subject=subject,
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )


def _emails(person: Person) -> tuple[str, ...]:
    try:
        return (read_email(person.email),) if person.email else ()
    except BadEmail:
        return ()
