"""One change of attributes on its way to Brevo, and what a contact shows of it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.writing.people import values_of
from adapters.brevo.writing.values import (
    Unready,
    is_for_import,
    is_kept_otherwise,
    sent_as,
    shows,
)
from connector.domain.changes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.brevo.account import Row
    from adapters.brevo.attributes import Definition
    from adapters.brevo.writing.values import Sent
    from connector.domain.changes import AttributeChange

OPERATION = "write attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change, as it is sent."""

    change: AttributeChange
    sent: Mapping[str, Sent]
    definitions: Mapping[str, Definition]
    unready: Mapping[str, str]
    """Attributes that are left out as the account lacks them or has them otherwise: why."""

    @classmethod
    def of(cls, change: AttributeChange, definitions: Mapping[str, Definition]) -> Entry:
        """Return the change as it is sent; raises Unfit where Brevo would drop a value of it."""
        sent: dict[str, Sent] = {}
        unready: dict[str, str] = {}
        for name, value in change.values.items():
            if name not in definitions:
                unready[name] = f"there is no attribute {name}"
                continue
            try:
                sent[name] = sent_as(value, definitions[name])
            except Unready as error:
                unready[name] = str(error)
        return cls(change=change, sent=sent, definitions=definitions, unready=unready)

    @property
    def remote_id(self) -> str:
        """Return the contact's id."""
        return self.change.to.remote_id

    @property
    def is_for_import(self) -> bool:
        """Return whether an import can be trusted with all of it."""
        return all(is_for_import(each, self.definitions[name]) for name, each in self.sent.items())

    def hidden_in(self, row: Row) -> list[str]:
        """Return the attributes of which a contact does not show what was sent."""
        raw = values_of(row)
        return [
            name
            for name, each in self.sent.items()
            if not shows(raw.get(name), each, self.definitions[name])
        ]

    def outcome(self, row: Row) -> Outcome:
        """Return the outcome of a change that a contact shows."""
        raw, values = values_of(row), self.change.values
        kept = {name for name in self.sent if is_kept_otherwise(raw.get(name), values[name])}
        return Outcome(kept=frozenset(kept))
