"""Sets an account up: properties, made where they are absent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from adapters.http import Call
from adapters.hubspot.asking import unexpected
from adapters.hubspot.definitions import OF_CONTACTS, definition_of
from adapters.hubspot.limits import REQUEST
from adapters.plain_names import plain_name
from connector.domain.values import FieldType
from connector.errors import Problem, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Answer, Json
    from adapters.hubspot.account import Account
    from adapters.hubspot.definitions import Definition, Definitions
    from connector.ports.platform import RemoteField

GROUP = "heatsync"
"""The group in which HubSpot shows the properties that we made."""

_CREATE = "create a property"
_GROW = "add options to a property"
_SHAPES: Mapping[FieldType, tuple[str, str]] = {
    FieldType.TEXT: ("string", "text"),
    FieldType.EMAIL: ("string", "text"),
    FieldType.NUMBER: ("number", "number"),
    FieldType.BOOLEAN: ("bool", "booleancheckbox"),
    FieldType.DATETIME: ("datetime", "date"),
}
_TRUTH = (("Yes", "true"), ("No", "false"))
_LONGEST = 100
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{_LONGEST - 1}}}", re.ASCII)
"""The internal name of a property."""
_OTHERWISE = "lead_score"
"""A name in place of one of which nothing is left."""
_THERE = frozenset({httpx.codes.CONFLICT})


@dataclass(frozen=True, slots=True)
class HubspotFields:
    """The properties of contacts."""

    account: Account
    definitions: Definitions

    async def fields(self) -> Sequence[RemoteField]:
        """Return all properties."""
        return [each.field() for each in await self.definitions.all()]

    async def cannot_make(self, name: str) -> Problem | None:
        """Return that nothing can be called so: a property goes by its internal name."""
        if _NAME.fullmatch(name):
            return None
        other = plain_name(name).lstrip("0123456789_")[:_LONGEST].rstrip("_")
        message = "an internal name has small letters, digits and _, and begins with a letter"
        return Problem(message=message, hint=f"write to `{other or _OTHERWISE}`")

    async def create_field(self, wanted: RemoteField) -> None:
        """Create a property in our group; raises RejectedByPlatform when there is another so.

        One that is there, and is ours to change, gets the options that it lacks.
        """
        row = await self._present(wanted.name)
        is_new = row is None
        if is_new:
            await self._create_group()
            answer = await self._create(wanted)
            row = await self._present(wanted.name)
            if row is None and answer.status not in _THERE:
                raise unexpected(self.account, _CREATE, "had no effect")
        present = definition_of(row) if row is not None else None
        if present is None or present.type not in {wanted.type, _plain(wanted.type)}:
            kind = present.kind if present else "property in the bin: restore it there"
            raise RejectedByPlatform(
                f"{self.account.name}: {_CREATE}: `{wanted.name}` is a {kind}",
                platform=self.account.name,
                operation=_CREATE,
            )
        if row is not None and not is_new and present.field().may_grow:
            await self._add_options(wanted, row, present)

    async def _add_options(
        self, wanted: RemoteField, row: Mapping[str, Any], present: Definition
    ) -> None:
        """Send all options, those that there are first: whether others go is not said."""
        lacking = [each for each in wanted.options or () if each not in present.options]
        if not lacking:
            return
        there = [each for each in row.get("options") or () if isinstance(each, dict)]
        call = Call(
            operation=_GROW,
            method="PATCH",
            path=self._path_of(wanted.name),
            buckets=REQUEST,
            body={"options": [*there, *_options([(each, each) for each in lacking], len(there))]},
        )
        answer = await self.account.session.send(call)
        if not isinstance(answer.body, dict) or not set(lacking) <= set(
            definition_of(answer.body).options
        ):
            raise unexpected(self.account, _GROW, "had no effect")

    async def _present(self, name: str) -> Mapping[str, Any] | None:
        call = Call(
            operation=_CREATE,
            method="GET",
            path=self._path_of(name),
            buckets=REQUEST,
            reads=frozenset({httpx.codes.NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == httpx.codes.NOT_FOUND:
            return None
        if not isinstance(answer.body, dict) or "type" not in answer.body:
            raise unexpected(self.account, _CREATE, "the answer describes no property")
        return answer.body

    async def _create_group(self) -> None:
        body = {"name": GROUP, "label": GROUP, "displayOrder": -1}
        await self._post(f"{self._path}/groups", body)

    async def _create(self, wanted: RemoteField) -> Answer:
        return await self._post(self._path, _described(wanted))

    async def _post(self, path: str, body: Json) -> Answer:
        """Return the answer; that there is one of this name already is none that is raised."""
        call = Call(
            operation=_CREATE, method="POST", path=path, buckets=REQUEST, body=body, reads=_THERE
        )
        return await self.account.session.send(call)

    def _path_of(self, name: str) -> str:
        return f"{self._path}/{quote(name, safe='')}"

    @property
    def _path(self) -> str:
        return f"{self.account.paths.properties}/{OF_CONTACTS}"


def _described(wanted: RemoteField) -> Json:
    """Return a property as HubSpot wants it described."""
    kind, shape = _SHAPES[wanted.type]
    options: Sequence[tuple[str, str]] = ()
    if wanted.options is not None:
        kind, shape = "enumeration", "select"
        options = [(each, each) for each in wanted.options]
    elif wanted.type is FieldType.BOOLEAN:
        options = _TRUTH
    return {
        "name": wanted.name,
        "label": wanted.name.replace("_", " ").capitalize(),
        "groupName": GROUP,
        "type": kind,
        "fieldType": shape,
        "options": _options(options),
    }


def _options(labels: Sequence[tuple[str, str]], first: int = 0) -> list[Json]:
    """Return options as HubSpot wants them, each of a label and a value."""
    return [
        {"label": label, "value": value, "displayOrder": place, "hidden": False}
        for place, (label, value) in enumerate(labels, start=first)
    ]


def _plain(wanted: FieldType) -> FieldType:
    """Return the type under which HubSpot keeps one that it does not know."""
    return FieldType.TEXT if wanted is FieldType.EMAIL else wanted
