"""The fields of an instance's contacts, as Mautic defines them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mautic.listing import all_of
from adapters.mautic.writing.fixed import is_fixed
from adapters.remembered import Remembered
from connector.domain.values import FieldType
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.mautic.account import Account, Row

FIELDS_PATH = "/api/fields/contact"
NUMBER, BOOLEAN, DAY, SEVERAL = "number", "boolean", "date", "multiselect"

_OPERATION = "read fields"
_TYPES: Mapping[str, FieldType] = {
    NUMBER: FieldType.NUMBER,
    BOOLEAN: FieldType.BOOLEAN,
    DAY: FieldType.DATETIME,
    "datetime": FieldType.DATETIME,
    "email": FieldType.EMAIL,
}
_CHOICES = frozenset({"select", SEVERAL})
_UNIQUE = ("isUniqueIdentifier", "isUniqueIdentifer")
"""Mautic spells it in both ways."""
_NAMED = ("value", "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One field."""

    name: str
    """Its alias."""
    kind: str = "text"
    """Mautic's `type`, such as ``select``."""
    is_published: bool = True
    is_unique: bool = False
    """Whether it says who a contact is: two with one value are merged."""
    decimals: int = 0
    """Of a number: how many it shows."""
    options: tuple[str, ...] | None = None
    """Of a choice: the values it takes."""

    @property
    def type(self) -> FieldType:
        """Return the type of its values."""
        return _TYPES.get(self.kind, FieldType.TEXT)

    def as_field(self) -> RemoteField:
        """Return it in our words."""
        return RemoteField(
            name=self.name,
            type=self.type,
            is_writable=self.is_published and not self.is_unique and not is_fixed(self.name),
            options=self.options,
            decimals=self.decimals if self.kind == NUMBER else None,
        )


class Definitions:
    """The fields as they lately were."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known = Remembered(account.clock, self._ask)

    async def all(self) -> Sequence[Definition]:
        """Return every field as it is now."""
        self.forget()
        return list((await self._known.get()).values())

    async def of(self, names: Collection[str]) -> Mapping[str, Definition]:
        """Return the fields by alias; asked for anew where one is named that there was not."""
        return await self._known.get(lambda known: known.keys() >= set(names))

    def forget(self) -> None:
        """Ask for the fields anew next time."""
        self._known.forget()

    async def _ask(self) -> Mapping[str, Definition]:
        rows = await all_of(self._account, _OPERATION, FIELDS_PATH, "fields")
        with self._account.reading(_OPERATION, "a field"):
            return {each.name: each for each in map(definition_of, rows)}


def definition_of(row: Row) -> Definition:
    """Return the field that Mautic describes so; raises KeyError where it has no alias."""
    kind = str(row.get("type") or "text")
    told = row.get("properties")
    properties: Mapping[str, object] = told if isinstance(told, dict) else {}
    scale = str(properties.get("scale") or "0")
    return Definition(
        name=str(row["alias"]),
        kind=kind,
        is_published=row.get("isPublished") is not False,
        is_unique=any(row.get(each) is True for each in _UNIQUE),
        decimals=int(scale) if kind == NUMBER and scale.isdecimal() else 0,
        options=_options(properties.get("list")) if kind in _CHOICES else None,
    )


def _options(listed: object) -> tuple[str, ...] | None:
    """Return the values of a list of options, which old fields have as one text."""
    if isinstance(listed, str):
        return tuple(listed.split("|")) if listed else None
    if isinstance(listed, dict):
        listed = list(listed.values())
    if not isinstance(listed, list) or not listed:
        return None
    return tuple(map(_option, listed))


def _option(option: object) -> str:
    if not isinstance(option, dict):
        return str(option)
    return next((str(option[name]) for name in _NAMED if name in option), "")
