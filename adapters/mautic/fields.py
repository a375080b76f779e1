"""Sets an instance up: fields of contacts and groups of points, made where they are absent."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.definitions import BOOLEAN, FIELDS_PATH, NUMBER
from adapters.mautic.groups import is_group
from adapters.mautic.limits import API
from adapters.plain_names import plain_name
from connector.domain.values import FieldType
from connector.errors import Problem, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.mautic.account import Account
    from adapters.mautic.definitions import Definition, Definitions
    from adapters.mautic.groups import PointGroups
    from connector.ports.platform import RemoteField

_MAKE = "create a field"
_LONGEST = 25
_ALIAS = re.compile(rf"(?![0-9]+\Z)[a-z0-9_]{{0,{_LONGEST - 1}}}[a-z0-9]", re.ASCII)
"""What Mautic leaves as it is: it cuts and changes other aliases without a word."""
_RULE = "an alias has up to 25 small letters, digits and _, with no _ at its end"
_OTHERWISE = "lead_score"
"""An alias in place of one of which nothing is left."""
_KINDS: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.EMAIL: "text",
    FieldType.NUMBER: NUMBER,
    FieldType.BOOLEAN: BOOLEAN,
    FieldType.DATETIME: "datetime",
}
_DECIMALS = 4
"""Of a number of which nobody says how many it has."""
_LETTERS = 191
"""The most that a text can have in any version."""
_LIMITED = frozenset({"text", "select"})
_HALF_UP = 6
"""How PHP calls it that halves are rounded up."""
_WAITS = (0, 2, 4, 8, 16, 30, 30)
"""Seconds before each look at a field that Mautic may make in the background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticFields:
    """Keeps the part `fields` of the contract."""

    account: Account
    definitions: Definitions
    groups: PointGroups
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fields(self) -> Sequence[RemoteField]:
        """Return all fields, and the groups of points as fields of theirs."""
        fields = [each.as_field() for each in await self.definitions.all()]
        return [*fields, *await self.groups.fields()]

    async def cannot_make(self, name: str) -> Problem | None:
        """Return that nothing can be called so, or that this version has no groups of points."""
        if is_group(name) and not await self.groups.are_there():
            message = "Mautic has groups of points from 5.1 on"
            return Problem(message=message, hint="write to a field, by its alias")
        if is_group(name) or _ALIAS.fullmatch(name):
            return None
        return Problem(message=_RULE, hint=f"write to `{_alias_like(name)}`")

    async def create_field(self, wanted: RemoteField) -> None:
        """Create a field, or the group of points that its name says.

        Raises RejectedByPlatform where another has its name, or nothing can be called so.
        """
        if is_group(wanted.name):
            await self.groups.create(wanted.name)
            return
        if not _ALIAS.fullmatch(wanted.name):
            raise self._rejected(f"`{wanted.name}` is no alias: {_RULE}")
        async with self._making:
            self.definitions.forget()
            if not await self._is_there(wanted):
                await self._create(wanted)
                await self._wait_for(wanted)

    async def _is_there(self, wanted: RemoteField) -> bool:
        """Return whether there is such a field; raises RejectedByPlatform where there is another.

        One that is not published yet is being made, or was put away by somebody.
        """
        found = await self._present(wanted.name)
        if found is not None and found.type not in {wanted.type, _plain(wanted.type)}:
            raise self._rejected(f"`{wanted.name}` is there already, as a {found.kind}")
        return found is not None

    async def _create(self, wanted: RemoteField) -> None:
        call = Call(
            operation=_MAKE,
            method="POST",
            path=f"{FIELDS_PATH}/new",
            body=_described(wanted),
            buckets=(API,),
        )
        await self.account.send(call)

    async def _wait_for(self, wanted: RemoteField) -> None:
        """Return once the field is there: a large table gets its column in the background."""
        for seconds in _WAITS:
            if seconds:
                await self.account.clock.sleep(timedelta(seconds=seconds))
            self.definitions.forget()
            found = await self._present(wanted.name)
            if found is not None and found.is_published:
                return
        reason = "is not there yet: Mautic makes it in the background, by its cron jobs"
        raise self._rejected(f"`{wanted.name}` {reason}")

    async def _present(self, name: str) -> Definition | None:
        return (await self.definitions.of([name])).get(name)

    def _rejected(self, reason: str) -> RejectedByPlatform:
        text = f"{self.account.name}: {_MAKE}: {reason}"
        return RejectedByPlatform(text, platform=self.account.name, operation=_MAKE)


def _alias_like(name: str) -> str:
    """Return an alias that is as like a name as one can be."""
    alias = plain_name(name)[:_LONGEST].rstrip("_")
    return alias if _ALIAS.fullmatch(alias) else _OTHERWISE


def _described(wanted: RemoteField) -> Json:
    """Return a field as Mautic wants it described."""
    kind = _KINDS[wanted.type]
    properties: dict[str, Json] = {}
    if wanted.options is not None:
        kind = "select"
        properties = {"list": [{"label": each, "value": each} for each in wanted.options]}
    elif kind == NUMBER:
        decimals = _DECIMALS if wanted.decimals is None else wanted.decimals
        properties = {"roundmode": _HALF_UP, "scale": decimals}
    elif kind == BOOLEAN:
        properties = {"no": "No", "yes": "Yes"}
    # Mautic itself lets texts have 64 letters from 5.1 on, and older versions do not ask.
    limit = {"charLengthLimit": _LETTERS} if kind in _LIMITED else {}
    return {
        **limit,
        "label": wanted.name.replace("_", " ").capitalize(),
        "alias": wanted.name,
        "type": kind,
        "group": "core",
        "object": "lead",
        "isPublished": True,
        "isListable": True,
        "properties": properties,
    }


def _plain(wanted: FieldType) -> FieldType:
    """Return the type under which Mautic keeps one that it does not know."""
    return FieldType.TEXT if wanted is FieldType.EMAIL else wanted
