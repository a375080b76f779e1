"""HubSpot's contacts, translated into our words; pure.

Every value is a text there. This runs for each contact of a pull, so it makes few calls.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapters.hubspot.milliseconds import instant_at
from connector.domain.contacts import Contact
from connector.domain.emails import BadEmail, read_email
from connector.domain.values import FieldType, Misfit, Value, read_value
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from connector.domain.contacts import Reading

EMAIL = "email"
MORE_EMAILS = "hs_additional_emails"
MERGED = "hs_merged_object_ids"
"""Ids of the records merged into this one; `hs_calculated_merged_vids` knows fewer of them."""
OPTED_OUT = "hs_email_optout"

_MILLISECONDS = re.compile(r"-?[0-9]{1,17}", re.ASCII)


class ContactWire:
    """Reads contacts as one `Reading` wants them."""

    def __init__(self, reading: Reading) -> None:
        self._email = reading.email or EMAIL
        self._readers = [(name, _READERS[kind]) for name, kind in reading.fields.items()]
        own = (self._email, MORE_EMAILS, MERGED, OPTED_OUT)
        self.properties: Sequence[str] = tuple(dict.fromkeys((*own, *reading.fields)))
        """What to ask for of each contact."""

    def contacts(
        self, rows: Iterable[Mapping[str, Any]]
    ) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        """Return rows of an answer as contacts, and which of their values do not fit.

        Raises KeyError, TypeError or ValueError when a row is no contact.
        """
        problems: list[Problem] = []
        return tuple([self._contact(row, problems) for row in rows]), tuple(problems)

    def _contact(self, row: Mapping[str, Any], problems: list[Problem]) -> Contact:
        values, remote_id = row["properties"], str(row["id"])
        attributes: dict[str, Value | None] = {}
        for name, read in self._readers:
            raw = values.get(name)
            try:
                attributes[name] = read(raw) if raw else None
            except Misfit as error:
                problems.append(Problem(message=f"of contact {remote_id} {error}", path=name))
        merged = values.get(MERGED)
        return Contact(
            remote_id=remote_id,
            emails=_emails(values.get(self._email), values.get(MORE_EMAILS)),
            attributes=attributes,
            created_at=instant_of(created) if (created := row.get("createdAt")) else None,
            modified_at=instant_of(modified) if (modified := row.get("updatedAt")) else None,
            merged_ids=merged_ids(remote_id, merged) if merged else (),
            opted_out=values.get(OPTED_OUT) == "true",
        )


def merged_ids(remote_id: str, text: str | None) -> tuple[str, ...]:
    """Return the ids that a record had before; its own may be among those HubSpot tells."""
    ids = [each.strip() for each in (text or "").split(";")]
    return tuple(each for each in ids if each.isdecimal() and each != remote_id)


def instant_of(text: str) -> datetime:
    """Return the instant of an answer's own dates; raises TypeError or ValueError."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError:
        msg = "is not an instant"
        raise ValueError(msg) from None


def read_instant(raw: object) -> Value | None:
    """Return a date or an instant; a number counts milliseconds, whatever its size."""
    if isinstance(raw, str) and _MILLISECONDS.fullmatch(raw.strip()):
        try:
            return instant_at(int(raw))
        except ValueError as error:
            msg = "is not an instant"
            raise Misfit(msg) from error
    return read_value(raw, FieldType.DATETIME)


def _emails(email: str | None, more: str | None) -> tuple[str, ...]:
    if more:
        found = [_address(each) for each in (email or "", *more.split(";"))]
        return tuple(dict.fromkeys(each for each in found if each))
    address = _address(email) if email else None
    return (address,) if address else ()


def _address(raw: str) -> str | None:
    try:
        return read_email(raw) if raw else None
    except BadEmail:
        return None


def _text(raw: object) -> Value | None:
    return raw.strip() or None if isinstance(raw, str) else read_value(raw, FieldType.TEXT)


def _typed(kind: FieldType) -> Callable[[object], Value | None]:
    return lambda raw: read_value(raw, kind)


_READERS: Mapping[FieldType, Callable[[object], Value | None]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _typed(FieldType.NUMBER),
    FieldType.BOOLEAN: _typed(FieldType.BOOLEAN),
    FieldType.DATETIME: read_instant,
    FieldType.EMAIL: _typed(FieldType.EMAIL),
}
