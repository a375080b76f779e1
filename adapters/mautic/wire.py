"""Mautic's contacts, translated into our words; pure.

This runs for each contact of a pull, so it makes few calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.mautic.groups import is_group
from connector.domain.contacts import Contact
from connector.domain.emails import BadEmail, read_email
from connector.domain.instants import parse_instant
from connector.domain.values import Misfit, read_value
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.mautic.account import Row
    from connector.domain.contacts import Reading
    from connector.domain.values import FieldType, Value

EMAIL = "email"
_CHANNEL = "email"


class ContactWire:
    """Reads contacts as one `Reading` wants them."""

    def __init__(self, reading: Reading) -> None:
        self._email = reading.email or EMAIL
        # The points of groups are in no answer about contacts: nothing is said of them here.
        fields = {name: kind for name, kind in reading.fields.items() if not is_group(name)}
        self._fields = tuple(fields.items())

    def contacts(self, rows: Iterable[Row]) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        """Return rows of an answer as contacts, and which of their values do not fit.

        Raises KeyError, TypeError or ValueError when a row is no contact.
        """
        problems: list[Problem] = []
        return tuple([self._contact(row, problems) for row in rows]), tuple(problems)

    def _contact(self, row: Row, problems: list[Problem]) -> Contact:
        remote_id, values = remote_id_of(row), row["fields"]["all"]
        attributes: dict[str, Value | None] = {}
        for name, kind in self._fields:
            # A field that is lacking, or not published, is in no answer: nobody cleared it.
            if name not in values:
                continue
            try:
                attributes[name] = _value(values[name], kind)
            except Misfit as error:
                problems.append(Problem(message=f"of contact {remote_id} {error}", path=name))
        address = email_of(values.get(self._email))
        return Contact(
            remote_id=remote_id,
            emails=(address,) if address else (),
            attributes=attributes,
            created_at=parse_instant(added) if (added := row.get("dateAdded")) else None,
            modified_at=parse_instant(changed) if (changed := row.get("dateModified")) else None,
            opted_out=is_opted_out(row.get("doNotContact")),
        )


def remote_id_of(row: Row) -> str:
    """Return the id of a contact as text; raises KeyError, TypeError or ValueError."""
    number = row["id"]
    if isinstance(number, bool) or not isinstance(number, (int, str)):
        msg = "an id is a number"
        raise TypeError(msg)
    return str(int(number))


def email_of(raw: object) -> str | None:
    """Return an address, normalised; None where there is none."""
    try:
        return read_email(raw) if isinstance(raw, str) and raw else None
    except BadEmail:
        return None


def is_opted_out(entries: object) -> bool:
    """Return whether somebody is not to be written to by e-mail, for whatever reason."""
    found: Iterable[object] = ()
    if isinstance(entries, list):
        found = entries
    elif isinstance(entries, dict):
        found = entries.values()
    return any(_forbids(each) for each in found if isinstance(each, dict))


def _forbids(entry: Mapping[str, object]) -> bool:
    return entry.get("channel") == _CHANNEL and str(entry.get("reason", 0)) != "0"


def _value(raw: object, kind: FieldType) -> Value | None:
    value = read_value(raw, kind)
    if isinstance(value, str) and "\0" in value:
        msg = "has a character that cannot be kept"
        raise Misfit(msg)
    return value
