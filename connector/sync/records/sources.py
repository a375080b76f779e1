"""From which fields attributes are read, and which of these cannot be believed at present.

A field that a platform does not have reads as empty, and so does one that was made anew. Neither
was cleared by anybody: nothing is copied from it, and what was known stays as it is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from connector.config.hints import shown
from connector.domain.values import FieldType
from connector.errors import Problem
from connector.sync.records.revision import Reserve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.attributes import Attribute
    from connector.ports.platform import RemoteField
    from connector.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is remembered of the fields of one platform."""

    read_from: Mapping[str, str] = field(default_factory=dict)
    """Attribute, and the field of which all contacts were last read for it."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Field, and its type when it was last looked at."""
    paused: Mapping[str, str] = field(default_factory=dict)
    """Attribute that is not read at present, and why."""
    resumed: int = 0
    """How often fields could be believed again; what was changed meanwhile is read then."""

    def fields(self, platform: str, attributes: Mapping[str, Attribute]) -> frozenset[str]:
        """Return the fields that are not to be believed."""
        return frozenset(
            attributes[name].sources[platform]
            for name in self.paused
            if name in attributes and platform in attributes[name].sources
        )

    def reserve(self, platform: str, attributes: Mapping[str, Attribute]) -> Reserve:
        """Return of which attributes what a contact shows is taken with reserve."""
        copied = _copied(platform, attributes)
        renewed = {
            name
            for name, theirs in copied.items()
            if name in self.read_from and self.read_from[name] != theirs
        }
        return Reserve(
            held=frozenset(self.paused.keys() & copied.keys()),
            renewed=frozenset(renewed - self.paused.keys()),
        )

    def compared(
        self, platform: str, attributes: Mapping[str, Attribute], present: Sequence[RemoteField]
    ) -> Sources:
        """Return what is to be remembered once these are the fields that are `present`."""
        found = {each.name: each for each in present}
        copied = _copied(platform, attributes)
        paused = {
            name: reason
            for name, theirs in copied.items()
            if (reason := self._trouble(platform, attributes[name], found.get(theirs)))
        }
        kinds = {
            theirs: found[theirs].type.value
            for name, theirs in copied.items()
            if name not in paused
        }
        known = {each: kind for each, kind in self.kinds.items() if each in copied.values()}
        return replace(
            self,
            kinds={**known, **kinds},
            paused=paused,
            resumed=self.resumed + bool(self.paused.keys() - paused.keys()),
        )

    def read_whole(self, platform: str, attributes: Mapping[str, Attribute]) -> Sources:
        """Return what is to be remembered once all contacts were read."""
        fields = {
            name: each.sources[platform]
            for name, each in attributes.items()
            if platform in each.sources
        }
        before = {name: self.read_from[name] for name in self.paused if name in self.read_from}
        return replace(self, read_from={**fields, **before})

    def problems(self, platform: str, attributes: Mapping[str, Attribute]) -> Sequence[Problem]:
        """Return one problem for each attribute that is not read."""
        return [
            Problem(
                message=f"{reason}: nobody's `{name}` is read from there, and nothing is cleared",
                path=f"attributes.{name}.{platform}",
                hint="mend it there, or name another field",
            )
            for name, reason in self.paused.items()
            if name in attributes
        ]

    def _trouble(self, platform: str, attribute: Attribute, found: RemoteField | None) -> str:
        """Return why a field cannot be believed; nothing when it can."""
        name = attribute.sources[platform]
        if found is None:
            return f"{platform} has no field {shown(name)}"
        was = self.kinds.get(name, found.type.value)
        if found.type.value != was and found.type not in {attribute.type, FieldType.TEXT}:
            return f"the field {shown(name)} was a {was} and is a {found.type.value}"
        return ""


def are_copied(platform: str, attributes: Mapping[str, Attribute]) -> bool:
    """Return whether anything that is read from a platform is copied to one."""
    return bool(_copied(platform, attributes))


async def sources_of(tx: Transaction, platform: str) -> Sources:
    """Return what is remembered of the fields of a platform."""
    return Sources(**json.loads(await tx.notes.get(_note(platform)) or "{}"))


async def remember_sources(tx: Transaction, platform: str, sources: Sources) -> None:
    """Remember it in place of what was."""
    await tx.notes.put(_note(platform), json.dumps(asdict(sources), sort_keys=True))


def _copied(platform: str, attributes: Mapping[str, Attribute]) -> Mapping[str, str]:
    """Return the attributes that are copied anywhere, and their fields on a platform."""
    return {
        name: each.sources[platform]
        for name, each in attributes.items()
        if each.sync and platform in each.sources
    }


def _note(platform: str) -> str:
    return f"sources:{platform}"
