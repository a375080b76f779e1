"""Brevo's contacts, translated into our words; pure.

This runs for each contact of a pull, so it makes few calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.contacts import Contact
from connector.domain.emails import BadEmail, read_email
from connector.domain.instants import parse_instant
from connector.domain.values import FieldType, Misfit, read_value
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.brevo.account import Row
    from connector.domain.contacts import Reading
    from connector.domain.values import Value

EMAIL = "EMAIL"
"""The address, which is no attribute of its own but is named as one in Brevo's application."""
OPTION_MARK = ";"
"""Stands between the options of a multiple choice."""

_MADE_UP = "@mailin-sms.com"
"""Brevo makes up an address of this domain for a contact of whom it has only a telephone."""


class ContactWire:
    """Reads contacts as one `Reading` wants them."""

    def __init__(self, reading: Reading) -> None:
        self._email = reading.email or EMAIL
        self._fields = tuple(reading.fields.items())

    def contacts(self, rows: Iterable[Row]) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        """Return rows of an answer as contacts, and which of their values do not fit.

        Raises KeyError, TypeError or ValueError when a row is no contact.
        """
        problems: list[Problem] = []
        return tuple([self._contact(row, problems) for row in rows]), tuple(problems)

    def _contact(self, row: Row, problems: list[Problem]) -> Contact:
        remote_id = remote_id_of(row)
        raw: Mapping[str, object] = {**row["attributes"], EMAIL: row.get("email")}
        attributes: dict[str, Value | None] = {}
        for name, kind in self._fields:
            try:
                attributes[name] = _value(raw.get(name), kind)
            except Misfit as error:
                problems.append(Problem(message=f"of contact {remote_id} {error}", path=name))
        address = email_of(raw.get(self._email))
        return Contact(
            remote_id=remote_id,
            emails=(address,) if address else (),
            attributes=attributes,
            created_at=parse_instant(row["createdAt"]),
            modified_at=parse_instant(row["modifiedAt"]),
            opted_out=row.get("emailBlacklisted") is True,
        )


def remote_id_of(row: Row) -> str:
    """Return the id of a contact as text."""
    number = row["id"]
    if isinstance(number, bool) or not isinstance(number, int):
        msg = "an id is a number"
        raise TypeError(msg)
    return str(number)


def email_of(raw: object) -> str | None:
    """Return an address, normalised; None where there is none, or only one that Brevo made up."""
    try:
        address = read_email(raw) if isinstance(raw, str) and raw else None
    except BadEmail:
        return None
    return None if address is None or address.endswith(_MADE_UP) else address


def plain_value(raw: object) -> object:
    """Return a value without Brevo's wrapping.

    Of a category the words count: since May 2026 its number is 0 where the words are no number.
    Several options become one text.
    """
    if isinstance(raw, dict):
        return raw.get("valueStr") or raw.get("label") or raw.get("value")
    if isinstance(raw, list):
        return OPTION_MARK.join(str(each) for each in raw)
    return raw


def _value(raw: object, kind: FieldType) -> Value | None:
    raw = plain_value(raw)
    value = read_value(raw, kind)
    if isinstance(value, str) and "\0" in value:
        msg = "has a character that cannot be kept"
        raise Misfit(msg)
    return value
