"""Writes properties of contacts, a hundred contacts at a time, by the ids of their records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.hubspot.asking import BATCH, batch_read, unexpected
from adapters.hubspot.complaints import PropertyAmiss
from adapters.hubspot.writing.amiss import OPERATION, without
from adapters.hubspot.writing.batches import Batch
from adapters.hubspot.writing.fixed import is_fixed
from adapters.hubspot.writing.lifecycle import STAGE, Lifecycle, Move
from adapters.hubspot.writing.values import shows, text_of
from connector.domain.changes import Outcome
from connector.errors import PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.definitions import Definitions
    from adapters.hubspot.writing.amiss import Amiss
    from adapters.hubspot.writing.batches import Row
    from connector.domain.changes import AttributeChange
    from connector.domain.values import Written

ATTRIBUTE_BATCH = BATCH

_KEPT = frozenset({STAGE})
_SKIPPED = frozenset({Move.KEEP, Move.NOTHING})


@dataclass(frozen=True, slots=True)
class HubspotAttributes:
    """Keeps the part `attribute_writer` of the contract."""

    account: Account
    definitions: Definitions
    amiss: Amiss

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write values of properties; raises RejectedByPlatform when the batch is refused.

        Properties that the account lacks, or has otherwise, are left out and told as paused.
        """
        refused = {
            place: Outcome(error=self._fixed(fixed))
            for place, each in enumerate(changes)
            if (fixed := [name for name in each.values if is_fixed(name)])
        }
        left = [each for place, each in enumerate(changes) if place not in refused]
        outcomes = iter(await self._write(left) if left else ())
        return [refused.get(place) or next(outcomes) for place in range(len(changes))]

    async def _write(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write what can be written; a batch that is refused for a property is sent without it."""
        writing = _Writing(account=self.account, definitions=self.definitions)
        paused = await self.amiss.of(changes)
        while True:
            pairs = zip(changes, paused, strict=True)
            try:
                outcomes = await writing.run([without(each, lacks) for each, lacks in pairs])
            except PropertyAmiss as error:
                paused = await self.amiss.after(error, changes, paused)
                continue
            return [
                replace(outcome, paused=lacks, is_unchanged=False)
                if lacks and outcome.error is None
                else outcome
                for outcome, lacks in zip(outcomes, paused, strict=True)
            ]

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the present values of these properties."""
        rows = await batch_read(self.account, remote_ids, names, kind="contacts")
        asked = frozenset(remote_ids)
        return {
            str(row["id"]): {name: row["properties"].get(name) for name in names}
            for row in rows
            if row.get("id") in asked and isinstance(row.get("properties"), dict)
        }

    def _fixed(self, names: Sequence[str]) -> PlatformError:
        text = f"heatsync does not write `{'`, `'.join(names)}`"
        return RejectedByPlatform(
            f"{self.account.name}: {OPERATION}: {text}",
            platform=self.account.name,
            operation=OPERATION,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """The requests that one batch takes: one, and more where stages or instants are written."""

    account: Account
    definitions: Definitions

    async def run(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        kinds = await self._kinds(changes)
        moves = await Lifecycle(self.account, self.definitions).moves(changes)
        errors = await self._empty(
            {
                place: changes[place].to.remote_id
                for place, each in moves.items()
                if each is Move.EMPTY_FIRST
            }
        )
        values = {
            place: _values(each, moves.get(place))
            for place, each in enumerate(changes)
            if place not in errors
        }
        written = [place for place in values if values[place]]
        rows = await self._update(
            [changes[place].to.remote_id for place in written],
            [_told(values[place], kinds) for place in written],
        )
        found = {**errors, **dict(zip(written, rows, strict=True))}
        return [
            self._outcome(
                found.get(place),
                values.get(place, {}),
                kinds,
                _KEPT if moves.get(place) is Move.KEEP else frozenset(),
            )
            for place in range(len(changes))
        ]

    async def _kinds(self, changes: Sequence[AttributeChange]) -> Mapping[str, str]:
        """Return the types of the properties that are told instants."""
        names = {
            name
            for each in changes
            for name, value in each.values.items()
            if isinstance(value, datetime)
        }
        known = await self.definitions.of(names) if names else {}
        return {name: each.kind for name, each in known.items()}

    async def _empty(self, ids: Mapping[int, str]) -> Mapping[int, PlatformError]:
        """Empty the stage of these; return why of whose it could not be."""
        rows = await self._update(list(ids.values()), [{STAGE: ""}] * len(ids))
        return {
            place: row
            for place, row in zip(ids, rows, strict=True)
            if isinstance(row, PlatformError)
        }

    async def _update(
        self, ids: Sequence[str], inputs: Sequence[Mapping[str, str]]
    ) -> Sequence[Row | PlatformError]:
        if not ids:
            return ()
        batch = Batch(
            account=self.account,
            operation=OPERATION,
            path=f"{self.account.paths.contacts}/batch/update",
            inputs=[
                {"id": remote_id, "properties": properties}
                for remote_id, properties in zip(ids, inputs, strict=True)
            ],
            names=ids,
        )
        return await batch.send()

    def _outcome(
        self,
        row: Row | PlatformError | None,
        values: Mapping[str, Written],
        kinds: Mapping[str, str],
        kept: frozenset[str],
    ) -> Outcome:
        """Return what became of a change; `row` is None when there was nothing to write."""
        if isinstance(row, PlatformError):
            return Outcome(error=row)
        if row is None:
            return Outcome(is_unchanged=True, kept=kept)
        shown = row["properties"]
        for name, value in values.items():
            raw = shown.get(name)
            if raw != value and not shows(raw, value, kinds.get(name)):
                what = f"the answer does not show what `{name}` was told"
                return Outcome(error=unexpected(self.account, OPERATION, what))
        return Outcome(kept=kept)


def _values(change: AttributeChange, move: Move | None) -> Mapping[str, Written]:
    """Return what is to be written of a change."""
    if move not in _SKIPPED:
        return change.values
    return {name: value for name, value in change.values.items() if name != STAGE}


def _told(values: Mapping[str, Written], kinds: Mapping[str, str]) -> dict[str, str]:
    return {name: text_of(value, kinds.get(name)) for name, value in values.items()}
