"""Properties that the account lacks or has otherwise than the mappings say, while others are fine.

HubSpot refuses a batch for one property, and says which. What is amiss with it is looked up, it is
left out of the batches that follow, and looked up again now and then: somebody may have mended it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from adapters.hubspot.writing.values import text_of
from connector.domain.values import FieldType
from connector.errors import NotSetUp, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.complaints import PropertyAmiss
    from adapters.hubspot.definitions import Definition, Definitions
    from connector.domain.changes import AttributeChange
    from connector.domain.values import Written

    Paused: TypeAlias = Mapping[str, NotSetUp]
    """Properties of a change that are left out, each with why."""

OPERATION = "write properties"

_AGAIN = timedelta(minutes=1)
"""How long what was looked up is believed, at most."""
_CLOSED = "HubSpot lets nobody write the property `{}`"
_SEVERAL = ";"
_SEVERAL_SHAPE = "checkbox"
_TYPES: Mapping[type, FieldType] = {
    str: FieldType.TEXT,
    Decimal: FieldType.NUMBER,
    bool: FieldType.BOOLEAN,
    datetime: FieldType.DATETIME,
}


@dataclass(slots=True)
class Amiss:
    """The properties that were found to be amiss."""

    account: Account
    definitions: Definitions
    _closed: set[str] = field(default_factory=set)
    """Those of them that HubSpot refuses although their definitions do not say why."""
    _names: set[str] = field(default_factory=set)
    _errors: dict[str, NotSetUp] = field(default_factory=dict)
    _looked_at: datetime | None = None
    _batches: int = 0
    """So many batches were to be sent since it was looked."""
    _patience: int = 1
    """After so many it is looked again, though it is soon."""

    async def of(self, changes: Sequence[AttributeChange]) -> Sequence[Paused]:
        """Return, for each change, what is known to be amiss."""
        if self._names.isdisjoint(name for each in changes for name in each.values):
            return [{}] * len(changes)
        self._batches += 1
        if self._batches >= self._patience or self._is_long_ago():
            self._patience *= 2
            self._closed.clear()
            await self._look()
        return [self._of(each) for each in changes]

    async def after(
        self, error: PropertyAmiss, changes: Sequence[AttributeChange], known: Sequence[Paused]
    ) -> Sequence[Paused]:
        """Return what is amiss now that HubSpot refused these changes with `error`.

        Raises RejectedByPlatform when it is not the account that is amiss.
        """
        self._names.update(error.properties)
        await self._look()
        found = [self._of(each) for each in changes]
        if found == known and error.is_certain:
            self._closed.update(error.properties)
            found = [self._of(each) for each in changes]
        if found == known:
            raise RejectedByPlatform(
                str(error),
                platform=error.platform,
                operation=error.operation,
                status=error.status,
            )
        return found

    def _is_long_ago(self) -> bool:
        if self._looked_at is None:
            return True
        # A clock that was set back says nothing of how long ago it was.
        return not timedelta() <= self.account.clock.now() - self._looked_at < _AGAIN

    async def _look(self) -> None:
        await self.definitions.all()
        self._looked_at, self._batches = self.account.clock.now(), 0

    def _of(self, change: AttributeChange) -> Paused:
        asked = self._names & change.values.keys()
        known = self.definitions.known
        whys = {
            name: _CLOSED.format(name)
            if name in self._closed
            else _why(name, change.values[name], known.get(name))
            for name in sorted(asked)
        }
        return {name: self._error(why) for name, why in whys.items() if why}

    def _error(self, why: str) -> NotSetUp:
        name = self.account.name
        text = f"{name}: {OPERATION}: {why}"
        made = NotSetUp(text, platform=name, operation=OPERATION)
        return self._errors.setdefault(why, made)


def without(change: AttributeChange, paused: Paused) -> AttributeChange:
    """Return a change without what is left out of it."""
    if not paused:
        return change
    values = {name: value for name, value in change.values.items() if name not in paused}
    return replace(change, values=values)


def _why(name: str, value: Written, definition: Definition | None) -> str | None:
    """Return what keeps `value` from being written; a contact's own value is not told."""
    if definition is None:
        return f"there is no property `{name}`"
    if not definition.is_writable:
        return _CLOSED.format(name)
    if value is None:
        return None
    if definition.type not in {FieldType.TEXT, _TYPES[type(value)]}:
        return f"the property `{name}` is a {definition.type.value}"
    if definition.is_choice:
        text = text_of(value)
        chosen = text.split(_SEVERAL) if definition.shape == _SEVERAL_SHAPE else [text]
        if not {each for each in chosen if each} <= set(definition.options):
            return f"the property `{name}` lacks an option that is written to it"
    return None
