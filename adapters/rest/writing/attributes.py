"""Writes values of fields, and looks whether they are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.rest.writing.sending import Sender, Taken, of_contact
from connector.domain.changes import Outcome
from connector.errors import ContactGone, NotSetUp, PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.rest.account import Account
    from adapters.rest.language.writing import AttributeWriteConfig
    from adapters.rest.reading.lookup import RestLookup
    from adapters.rest.writing.values import Spelling
    from connector.domain.changes import AttributeChange

OPERATION = "write attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestAttributes:
    """Keeps the part `attribute_writer` of the contract."""

    account: Account
    config: AttributeWriteConfig
    spelling: Spelling
    fixed: frozenset[str]
    lookup: RestLookup | None

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write values; those that could not be seen afterwards are left out and paused."""
        outcomes: dict[int, Outcome] = {}
        paused = [self._unseen(each) for each in changes]
        sound: dict[int, AttributeChange] = {}
        for place, change in enumerate(changes):
            left = {n: each for n, each in change.values.items() if n not in paused[place]}
            if fixed := sorted(self.fixed & left.keys()):
                what = f"heatsync does not write `{'`, `'.join(fixed)}`"
                outcomes[place] = Outcome(error=self.account.rejected(OPERATION, what))
            elif left:
                sound[place] = replace(change, values=left)
            else:
                outcomes[place] = Outcome(is_unchanged=True)
        if sound:
            written = await self._write(list(sound.values()))
            outcomes.update(zip(sound, written, strict=True))
        return [
            outcomes[place] if outcomes[place].error else replace(outcomes[place], paused=lacks)
            for place, lacks in enumerate(paused)
        ]

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the present values of these fields; nothing where nobody can be looked up."""
        if self.lookup is None:
            return {}
        return await self.lookup.values(remote_ids, names)

    async def _write(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        sender = Sender(
            account=self.account, operation=OPERATION, config=self.config, echo=self.config.echo
        )
        sent = await sender.send(
            [{**of_contact(each.to), **self.spelling.all_of(each.values)} for each in changes]
        )
        unseen = [
            change
            for change, each in zip(changes, sent, strict=True)
            if isinstance(each, Taken) and each.shown is None
        ]
        there = await self._there(unseen) if unseen and self.lookup else None
        return [
            self._outcome(change, each, there) for change, each in zip(changes, sent, strict=True)
        ]

    async def _there(
        self, changes: Sequence[AttributeChange]
    ) -> Mapping[str, Mapping[str, object]]:
        names = sorted({name for each in changes for name in each.values})
        return await self.read_attributes([each.to.remote_id for each in changes], names)

    def _outcome(
        self,
        change: AttributeChange,
        sent: Taken | PlatformError,
        there: Mapping[str, Mapping[str, Json]] | None,
    ) -> Outcome:
        if isinstance(sent, PlatformError):
            return Outcome(error=sent)
        shown = sent.shown
        if shown is None:
            if there is None:
                # Who is only told of shows nothing.
                return Outcome()
            shown = there.get(change.to.remote_id)
        if shown is None:
            what = "there is no such contact"
            return Outcome(error=self.account.rejected(OPERATION, what, ContactGone))
        for name, value in change.values.items():
            if not self.spelling.shows(shown.get(name), value):
                what = f"what is there does not show what `{name}` was told"
                return Outcome(error=self.account.unexpected(OPERATION, what))
        return Outcome()

    def _unseen(self, change: AttributeChange) -> Mapping[str, NotSetUp]:
        """Return the fields of a change that nothing would show, each with what is amiss."""
        if self.lookup is None or self.config.is_shown:
            return {}
        return {name: self._amiss(name) for name in change.values if not self.lookup.shows(name)}

    def _amiss(self, name: str) -> NotSetUp:
        text = f"{self.account.name}: {OPERATION}: no `record` says where the field `{name}` is"
        return NotSetUp(text, platform=self.account.name, operation=OPERATION)
