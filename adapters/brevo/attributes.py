"""The attributes of an account: what there is, and making one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.brevo.limits import CONTACTS
from adapters.brevo.wire import EMAIL
from adapters.http import Call
from adapters.plain_names import plain_name
from adapters.remembered import Remembered
from connector.domain.values import FieldType
from connector.errors import Problem, RejectedByPlatform
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.brevo.account import Account, Row

_FIXED = frozenset(
    {EMAIL, "SMS", "WHATSAPP", "LANDLINE_NUMBER", "EXT_ID", "DOUBLE_OPT-IN", "OPT_IN"}
)
"""What says who a contact is, or what they consented to: never written."""

_NAME = re.compile(r"[A-Z0-9][A-Z0-9_-]*", re.ASCII)
_TYPES: Mapping[str, FieldType] = {
    "text": FieldType.TEXT,
    "float": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATETIME,
    "multiple-choice": FieldType.TEXT,
    "id": FieldType.NUMBER,
    "user": FieldType.TEXT,
}
_MADE_AS: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.EMAIL: "text",
    FieldType.NUMBER: "float",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATETIME: "date",
}
_WRITABLE = frozenset({"normal", "category", "transactional"})
_NOBODY_WRITES = frozenset({"id", "user"})
_MAKE = "create an attribute"
_OTHERWISE = "LEAD_SCORE"
"""A name in place of one of which nothing is left."""


def is_fixed(name: str) -> bool:
    """Return whether an attribute is none of ours to change; Brevo has their names in capitals."""
    return name.strip().upper() in _FIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What an attribute is."""

    name: str
    category: str = "normal"
    type: str = "text"
    """In Brevo's words; `category` for those of that category."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of a category: label by value."""
    options: tuple[str, ...] | None = None
    """Of a multiple choice."""

    @property
    def is_writable(self) -> bool:
        """Return whether heatsync may write it, and Brevo lets anybody."""
        is_open = self.category in _WRITABLE and self.type not in _NOBODY_WRITES
        return is_open and not is_fixed(self.name)

    def as_field(self) -> RemoteField:
        """Return it in our words."""
        options = tuple(self.labels.values()) if self.type == "category" else self.options
        return RemoteField(
            name=self.name,
            type=_TYPES.get(self.type, FieldType.TEXT),
            is_writable=self.is_writable,
            options=options,
        )


class BrevoAttributes:
    """Keeps the part `fields` of the contract."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known = Remembered(account.clock, self._ask)
        self._making = asyncio.Lock()

    async def fields(self) -> Sequence[RemoteField]:
        """Return all attributes, and the address, which Brevo's application shows as one."""
        self.forget()
        known = await self.definitions()
        address = RemoteField(name=EMAIL, type=FieldType.EMAIL, is_writable=False)
        return (address, *(each.as_field() for each in known.values() if each.name != EMAIL))

    async def cannot_make(self, name: str) -> Problem | None:
        """Return that nothing can be called so."""
        if _NAME.fullmatch(name):
            return None
        other = plain_name(name).upper() or _OTHERWISE
        message = "the name of an attribute has capital letters, digits, _ and -"
        return Problem(message=message, hint=f"write to `{other}`")

    async def create_field(self, wanted: RemoteField) -> None:
        """Make an attribute; raises RejectedByPlatform where another has its name."""
        if why := await self.cannot_make(wanted.name):
            raise self.rejected(_MAKE, f"{why.message}: {why.hint}")
        async with self._making:
            await self._make(wanted)

    async def definitions(self) -> Mapping[str, Definition]:
        """Return the attributes by name, as they lately were."""
        return await self._known.get()

    def forget(self) -> None:
        """Ask for the attributes anew next time."""
        self._known.forget()

    def rejected(self, operation: str, reason: str) -> RejectedByPlatform:
        """Return the error of what this account will not take."""
        text = f"{self._account.name}: {operation}: {reason}"
        return RejectedByPlatform(text, platform=self._account.name, operation=operation)

    async def _make(self, wanted: RemoteField) -> None:
        """Make an attribute that is not there; Brevo refuses one whose name is taken."""
        self.forget()
        present = (await self.definitions()).get(wanted.name)
        if present is not None:
            if present.as_field().type is not wanted.type:
                reason = f"the attribute {wanted.name} is there already, as a {present.type}"
                raise self.rejected(_MAKE, reason)
            return
        call = Call(
            operation=_MAKE,
            method="POST",
            path=f"/contacts/attributes/normal/{quote(wanted.name, safe='')}",
            body={"type": _MADE_AS[wanted.type]},
            buckets=(CONTACTS,),
        )
        await self._account.session.send(call)
        self.forget()

    async def _ask(self) -> Mapping[str, Definition]:
        operation = "read attributes"
        call = Call(
            operation=operation, method="GET", path="/contacts/attributes", buckets=(CONTACTS,)
        )
        answer = await self._account.session.send(call)
        rows = self._account.rows(operation, answer.body, "attributes")
        found = [_definition(row) for row in rows if isinstance(row.get("name"), str)]
        # The same name may be an attribute of orders too; the contact's own counts.
        found.sort(key=lambda each: each.category not in _WRITABLE)
        known: dict[str, Definition] = {}
        for each in found:
            known.setdefault(each.name, each)
        return known


def _definition(row: Row) -> Definition:
    category = str(row.get("category", "normal"))
    options = row.get("multiCategoryOptions")
    return Definition(
        name=row["name"],
        category=category,
        type="category" if category == "category" else str(row.get("type", "text")),
        labels={_value_of(each): str(each.get("label", "")) for each in _objects(row)},
        options=tuple(map(str, options)) if isinstance(options, list) else None,
    )


def _objects(row: Row) -> Sequence[Row]:
    found = row.get("enumeration")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _value_of(option: Row) -> str:
    """Return the value of an option; its number is 0 where it is none (since May 2026)."""
    return str(option.get("valueStr") or option.get("value", ""))
