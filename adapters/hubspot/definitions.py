"""The properties of an account's contacts, as HubSpot defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.http import Call
from adapters.hubspot.asking import rows_of
from adapters.hubspot.limits import REQUEST
from connector.domain.values import FieldType
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.hubspot.account import Account

OF_CONTACTS = "contacts"

_TYPES: Mapping[str, FieldType] = {
    "number": FieldType.NUMBER,
    "bool": FieldType.BOOLEAN,
    "date": FieldType.DATETIME,
    "datetime": FieldType.DATETIME,
}
_TRUTH = "booleancheckbox"
_CHOICE = "enumeration"
_FIXED_BY = ("readOnlyDefinition", "readOnlyOptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One property."""

    name: str
    kind: str
    """HubSpot's `type`, such as ``enumeration``."""
    shape: str = ""
    """Its `fieldType`, such as ``booleancheckbox``."""
    options: tuple[str, ...] = ()
    """The internal values it takes, in the order in which HubSpot shows them."""
    is_writable: bool = True
    may_grow: bool = False
    """Whether options may be added to it."""
    has_others: bool = False
    """Whether it takes values that are not among its options, such as the ids of owners."""

    @property
    def is_choice(self) -> bool:
        """Return whether it takes its options and nothing else."""
        return self.kind == _CHOICE and self.type is FieldType.TEXT and not self.has_others

    @property
    def type(self) -> FieldType:
        """Return the type of its values."""
        if self.kind == _CHOICE and self.shape == _TRUTH:
            return FieldType.BOOLEAN
        return _TYPES.get(self.kind, FieldType.TEXT)

    def field(self) -> RemoteField:
        """Return it in our words."""
        is_choice = self.kind == _CHOICE and self.type is FieldType.TEXT
        return RemoteField(
            name=self.name,
            type=self.type,
            is_writable=self.is_writable,
            options=self.options if is_choice else None,
            may_grow=self.is_choice and self.may_grow,
        )


@dataclass(slots=True)
class Definitions:
    """The properties as they were when somebody first asked for one of them.

    They are kept while the connection lasts: writing instants and life cycle stages looks at them
    before every batch, and a type never changes.
    """

    account: Account
    _known: dict[str, Definition] = field(default_factory=dict)

    async def all(self) -> Sequence[Definition]:
        """Return every property, as it is now."""
        paths = self.account.paths
        call = Call(
            operation="read properties",
            method="GET",
            path=f"{paths.properties}/{OF_CONTACTS}",
            buckets=REQUEST,
        )
        body = (await self.account.session.send(call)).body
        results = rows_of(self.account, call.operation, body)
        found = [definition_of(each) for each in results]
        self._known = {each.name: each for each in found}
        return found

    @property
    def known(self) -> Mapping[str, Definition]:
        """Return the properties as they were when somebody last asked for all."""
        return self._known

    async def of(self, names: Collection[str]) -> Mapping[str, Definition]:
        """Return the definitions of `names`; those that the account lacks are left out."""
        if not self._known.keys() >= set(names):
            await self.all()
        return {name: self._known[name] for name in names if name in self._known}


def definition_of(row: Mapping[str, Any]) -> Definition:
    """Return the property that HubSpot describes so."""
    told = row.get("modificationMetadata")
    changes: Mapping[str, Any] = told if isinstance(told, dict) else {}
    is_read_only = changes.get("readOnlyValue") is True
    is_fixed = any(changes.get(each) is True for each in _FIXED_BY)
    listed = row.get("options")
    options = [each for each in listed or () if isinstance(each, dict)]
    ordered = sorted(options, key=lambda each: _order(each.get("displayOrder")))
    return Definition(
        name=str(row.get("name", "")),
        kind=str(row.get("type", "")),
        shape=str(row.get("fieldType", "")),
        options=tuple(str(each.get("value", "")) for each in ordered),
        # What HubSpot itself defines may have meanings of its own.
        may_grow=not (is_fixed or row.get("hubspotDefined") is True),
        has_others=row.get("externalOptions") is True,
        is_writable=not is_read_only and row.get("calculated") is not True,
    )


def _order(shown_at: object) -> float:
    """Return where an option stands; those without a place come last, as they were given."""
    return shown_at if isinstance(shown_at, int) and shown_at >= 0 else float("inf")
