"""The objects of one type with everything that belongs to them, and the rules of writing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.hubspot.simulator.catalogue import LIFECYCLE, Kind, standard_definitions
from adapters.hubspot.simulator.feed import Change, Feed
from adapters.hubspot.simulator.index import SearchIndex
from adapters.hubspot.simulator.records import (
    ADDITIONAL,
    BY_HAND,
    MERGED,
    Ids,
    Record,
    Records,
    Write,
)
from adapters.hubspot.simulator.refusals import Refusal, bad_property, conflict, invalid
from adapters.hubspot.simulator.rendering import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.hubspot.simulator.definitions import Definition
    from adapters.hubspot.simulator.quirks import Quirks

_MOST_MERGES = 250


class Objects:
    """All objects of one type."""

    def __init__(
        self,
        kind: Kind,
        *,
        now_ms: Callable[[], int],
        ids: Ids,
        feed: Feed,
        quirks: Quirks,
        seed: int,
    ) -> None:
        self.kind = kind
        self.records = Records(kind, standard_definitions(kind))
        self.index = SearchIndex(quirks.search_lag, seed)
        self.renderer = Renderer(self.records)
        self.groups = {f"{kind.singular}information": f"{kind.singular.capitalize()} information"}
        """The labels of the groups of properties, by name."""
        self.required: set[str] = set()
        """Properties without which the account's own rules let nothing be written."""
        self._now_ms = now_ms
        self._ids = ids
        self._feed = feed
        self._quirks = quirks

    def define(self, definition: Definition) -> None:
        """Add a property, or change one."""
        self.records.define(definition)
        self.renderer.forget()

    def checked(
        self, properties: Mapping[str, object], record: Record | None = None
    ) -> dict[str, str | None]:
        """Return how values are kept; raises Refusal when they must not be written to `record`."""
        definitions = self.records.definitions
        changes: dict[str, str | None] = {}
        for name, value in properties.items():
            definition = definitions.get(name)
            if definition is None or definition.is_archived:
                message = f'Property "{name}" does not exist'
                raise bad_property(name, "PROPERTY_DOESNT_EXIST", message)
            changes[name] = definition.kept(value)
        self._refuse_conflicts(changes, record)
        return changes

    def check_rules(self, changes: Mapping[str, str | None], record: Record | None) -> None:
        """Raise Refusal unless all that the account requires is there once this is written."""
        before = record.version.properties if record else {}
        lacking = sorted(each for each in self.required if not changes.get(each, before.get(each)))
        if lacking:
            details = [
                {"message": f"{name} is required", "code": "CONDITIONALLY_REQUIRED_PROPERTY"}
                for name in lacking
            ]
            message = "The account's property validation rules were not met"
            raise invalid(message, errors=details)

    def create(self, changes: Mapping[str, str | None], source: str) -> Record:
        """Make a record of checked values."""
        at_ms = self._now_ms()
        values = {name: value for name, value in changes.items() if value is not None}
        values |= self._calculated(values)
        record = Record(self._ids.take(), at_ms, values)
        record.history.append(Write(at_ms, source, values))
        self.records.add(record)
        self.index.note(record, at_ms)
        self._tell("creation", record.id, source, values)
        return record

    def update(self, record: Record, changes: Mapping[str, str | None], source: str) -> None:
        """Write checked values to a record."""
        before = record.version.properties
        allowed = {
            name: value
            for name, value in changes.items()
            if not (name == "lifecyclestage" and self._is_backwards(before.get(name), value))
        }
        allowed |= self._calculated({**before, **allowed})
        changed = {name: value for name, value in allowed.items() if before.get(name) != value}
        if not changed and not self._quirks.equal_values_modify:
            return
        at_ms = self._now_ms()
        self.records.write(record, Write(at_ms, source, changed))
        self.index.note(record, at_ms)
        if changed:
            self._tell("propertyChange", record.id, source, changed)

    def archive(self, record: Record, source: str) -> None:
        """Delete a record; it can be restored."""
        self.records.archive(record, self._now_ms())
        self.index.forget(record)
        self._tell("deletion", record.id, source)

    def restore(self, record: Record) -> None:
        """Take back a deletion."""
        self.records.restore(record, self._now_ms())
        self.index.note(record, self._now_ms())
        self._tell("restore", record.id, BY_HAND)

    def erase(self, record: Record, source: str) -> None:
        """Delete a record for good, as the law asks; two notifications tell of it."""
        self.records.drop(record)
        self.index.forget(record)
        for action in ("privacyDeletion", "deletion"):
            self._tell(action, record.id, source)

    def merge(self, primary: Record, other: Record, source: str) -> Record:
        """Merge `other` into `primary`; return the record that is left, perhaps with a new id."""
        gone = [*_merged(primary), *_merged(other), str(other.id)]
        if len(gone) > _MOST_MERGES:
            raise Refusal(414, "VALIDATION_ERROR", "The record has been merged too many times")
        moved = {
            name: value
            for name, value in other.version.properties.items()
            if name not in primary.version.properties
        }
        changes = {**moved, **_joined(primary, other)}
        self.records.drop(other)
        self.index.forget(other)
        winner = primary
        if self._quirks.merges_make_new_ids:
            winner = self._renumbered(primary)
            gone.append(str(primary.id))
        changes[MERGED] = ";".join(gone)
        at_ms = self._now_ms()
        self.records.write(winner, Write(at_ms, source, changes))
        self.index.note(winner, at_ms)
        more = {
            "primaryObjectId": primary.id,
            "mergedObjectIds": [other.id],
            "newObjectId": winner.id,
            "numberOfPropertiesMoved": len(moved),
        }
        self._feed.tell(
            Change(
                kind=self.kind,
                action="merge",
                record_id=winner.id,
                at_ms=at_ms,
                source=source,
                more=more,
            )
        )
        return winner

    def _renumbered(self, record: Record) -> Record:
        self.records.drop(record)
        self.index.forget(record)
        renumbered = Record(self._ids.take(), record.created_ms, record.version.properties)
        renumbered.history = record.history
        self.records.add(renumbered)
        return renumbered

    def _refuse_conflicts(self, changes: Mapping[str, str | None], record: Record | None) -> None:
        for name in self.records.unique_names:
            value = changes.get(name)
            holder = self.records.find(name, value) if value else None
            if holder is not None and holder is not record:
                title = self.kind.singular.capitalize()
                raise conflict(f"{title} already exists. Existing ID: {holder.id}")

    def _is_backwards(self, before: str | None, after: str | None) -> bool:
        if not self._quirks.lifecycle_is_forward_only or before is None or after is None:
            return False
        if before not in LIFECYCLE or after not in LIFECYCLE:
            return False
        return LIFECYCLE.index(after) < LIFECYCLE.index(before)

    def _calculated(self, values: Mapping[str, str | None]) -> Mapping[str, str]:
        """Return what HubSpot derives from other properties."""
        if self.kind.name != "deals":
            return {}
        stage = values.get("dealstage")
        return {
            "hs_is_closed_won": "true" if stage == "closedwon" else "false",
            "hs_is_closed": "true" if stage in {"closedwon", "closedlost"} else "false",
        }

    def _tell(
        self,
        action: str,
        record_id: int,
        source: str,
        values: Mapping[str, str | None] | None = None,
    ) -> None:
        self._feed.tell(
            Change(
                kind=self.kind,
                action=action,
                record_id=record_id,
                at_ms=self._now_ms(),
                source=source,
                values=values or {},
            )
        )


def _merged(record: Record) -> list[str]:
    """Return the ids of the records that were merged into one."""
    return [each for each in record.version.properties.get(MERGED, "").split(";") if each]


def _joined(primary: Record, other: Record) -> Mapping[str, str]:
    """Return the addresses beside the main one that both records had."""
    kept = primary.version.properties.get("email")
    addresses = []
    for record in (primary, other):
        properties = record.version.properties
        addresses += [properties.get("email", ""), *properties.get(ADDITIONAL, "").split(";")]
    kept = kept or next((each for each in addresses if each), None)
    more = [each for each in dict.fromkeys(addresses) if each and each != kept]
    return {ADDITIONAL: ";".join(more)} if more else {}
