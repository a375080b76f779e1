"""Writes fields of contacts, many contacts at a time, and groups of points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.mautic.asking import MOST_IDS, ask_contacts, one_of, parts
from adapters.mautic.groups import is_group
from adapters.mautic.wire import remote_id_of
from adapters.mautic.writing.answers import FieldsRefused
from adapters.mautic.writing.editor import Edit, is_id
from adapters.mautic.writing.entry import Entry, entry_of, values_of
from adapters.mautic.writing.fixed import is_fixed
from adapters.mautic.writing.values import Rules
from connector.domain.changes import Outcome
from connector.errors import NotSetUp, PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account, Row
    from adapters.mautic.config import Zero
    from adapters.mautic.definitions import Definitions
    from adapters.mautic.groups import PointGroups
    from adapters.mautic.writing.editor import Editor
    from adapters.mautic.writing.points import Points
    from connector.domain.changes import AttributeChange

ATTRIBUTE_BATCH = 200
"""Changes of one call; how many of them one request takes, their answers decide."""
OPERATION = "write fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticAttributes:
    """Keeps the part `attribute_writer` of the contract."""

    account: Account
    definitions: Definitions
    groups: PointGroups
    editor: Editor
    points: Points
    zero: Zero

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write values; done is only what the contacts show.

        What has no field, or one that does not take it as it is, is left out and waits.
        """
        found: dict[int, Outcome] = {}
        entries: dict[int, Entry] = {}
        names = {name for each in changes for name in each.values}
        fields = await self.definitions.of({name for name in names if not is_group(name)})
        groups = await self.groups.ids(frozenset(filter(is_group, names)))
        rules = Rules(version=await self.account.version(), zero=self.zero)
        for place, each in enumerate(changes):
            if error := self._refusal(each):
                found[place] = Outcome(error=error)
            else:
                entries[place] = entry_of(each, fields, groups, rules)
        found |= await self._edited(entries)
        found |= await self._counted(entries, found)
        self._forget_what_moved(entries, found)
        return self._with_paused(entries, found)

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the present values of these fields and groups."""
        asked = [each for each in remote_ids if is_id(each)]
        aliases = [name for name in names if not is_group(name)]
        groups = frozenset(filter(is_group, names))
        present: dict[str, dict[str, object]] = {}
        for some in parts(asked):
            rows = await ask_contacts(
                self.account,
                "read fields of contacts",
                [one_of("id", some)],
                limit=MOST_IDS,
            )
            with self.account.reading("read fields of contacts", "a contact"):
                present |= {remote_id_of(row): _named(row, aliases) for row in rows.rows}
        for remote_id in present if groups else ():
            present[remote_id] |= await self.points.of(remote_id, groups)
        return {each: present[each] for each in asked if each in present}

    async def _edited(self, entries: dict[int, Entry]) -> dict[int, Outcome]:
        """Write the fields; whoever has none to be written is done.

        One field that is refused keeps the others of its contact from being written: so they are
        written again without it, and it waits.
        """
        shown = await self._sent({place: each for place, each in entries.items() if each.told})
        less = {
            place: entries[place].without(row.reasons)
            for place, row in shown.items()
            if isinstance(row, FieldsRefused)
            and not row.reasons.keys().isdisjoint(entries[place].told)
            and not row.reasons.keys() >= entries[place].told.keys()
        }
        if less:
            entries |= less
            shown |= await self._sent(less)
        return {
            place: self._outcome(each, shown[place]) if place in shown else Outcome()
            for place, each in entries.items()
        }

    async def _sent(self, entries: Mapping[int, Entry]) -> dict[int, Row | PlatformError]:
        edits = [
            Edit(remote_id=each.change.to.remote_id, body=each.body, is_shown_by=each.is_shown_by)
            for each in entries.values()
        ]
        rows = await self.editor.edit(OPERATION, edits) if edits else []
        return dict(zip(entries, rows, strict=True))

    def _outcome(self, entry: Entry, row: Row | PlatformError) -> Outcome:
        if isinstance(row, PlatformError):
            return Outcome(error=row)
        if not entry.is_shown_by(row):
            what = "the contact does not show what it was told"
            return Outcome(error=self.account.unexpected(OPERATION, what))
        return Outcome(kept=entry.kept(row))

    async def _counted(
        self, entries: Mapping[int, Entry], found: Mapping[int, Outcome]
    ) -> dict[int, Outcome]:
        """Set the points of those whose fields are as they should be."""
        wanted = {
            place: each
            for place, each in entries.items()
            if each.points and found[place].error is None
        }
        errors = (
            await self.points.set(
                [(each.change.to.remote_id, each.points) for each in wanted.values()]
            )
            if wanted
            else []
        )
        return {
            place: Outcome(error=error)
            if error is not None
            else replace(found[place], kept=found[place].kept | wanted[place].rounded)
            for place, error in zip(wanted, errors, strict=True)
        }

    def _forget_what_moved(
        self, entries: Mapping[int, Entry], found: Mapping[int, Outcome]
    ) -> None:
        """Ask for the fields anew next time, where somebody may have changed one."""
        is_unclear = any(each.error and not each.error.status for each in found.values())
        if is_unclear or any(each.unready for each in entries.values()):
            self.definitions.forget()
            self.groups.forget()

    def _refusal(self, change: AttributeChange) -> PlatformError | None:
        reason = None
        if not is_id(change.to.remote_id):
            reason = "the contact's id is none of Mautic's"
        elif fixed := sorted(filter(is_fixed, change.values)):
            reason = f"heatsync does not write `{'`, `'.join(fixed)}`"
        if reason is None:
            return None
        text = f"{self.account.name}: {OPERATION}: {reason}"
        return RejectedByPlatform(text, platform=self.account.name, operation=OPERATION)

    def _with_paused(
        self, entries: Mapping[int, Entry], found: Mapping[int, Outcome]
    ) -> list[Outcome]:
        """Return the outcomes in order, with what was left out and why."""
        told: dict[str, NotSetUp] = {}
        outcomes = [found[place] for place in range(len(found))]
        for place, entry in entries.items():
            if entry.unready:
                paused = {
                    name: told.setdefault(why, self._not_set_up(why))
                    for name, why in entry.unready.items()
                }
                outcomes[place] = replace(outcomes[place], paused=paused)
        return outcomes

    def _not_set_up(self, why: str) -> NotSetUp:
        text = f"{self.account.name}: {OPERATION}: {why}"
        return NotSetUp(text, platform=self.account.name, operation=OPERATION)


def _named(row: Row, names: Sequence[str]) -> dict[str, object]:
    """Return the values of these fields; one that is not there at all is left out."""
    values = values_of(row)
    return {name: values[name] for name in names if name in values}
