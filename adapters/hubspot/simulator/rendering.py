"""Records as JSON, written once per change and set of properties."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.hubspot.simulator.records import Record, Records, Version

_MOST_SETS = 64
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Renderer:
    """Writes the records of one type."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._sets: dict[tuple[str, ...], tuple[str, ...]] = {}

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return what an answer shows when these properties are asked for.

        Names that nobody defined are passed over. The same names give the same object.
        """
        kind = self._records.kind
        wanted = tuple(names)
        found = self._sets.get(wanted)
        if found is None:
            if len(self._sets) >= _MOST_SETS:
                self._sets.clear()
            chosen = wanted or kind.shown
            always = (kind.created, "hs_object_id", kind.modified)
            known = [name for name in chosen if name in self._records.definitions]
            found = self._sets[wanted] = tuple(dict.fromkeys((*always, *known)))
        return found

    def forget(self) -> None:
        """Look at the definitions anew."""
        self._sets.clear()

    def render(self, record: Record, version: Version, asked: tuple[str, ...]) -> bytes:
        """Return the JSON of a record as `version` has it."""
        if version.rendered_for is not asked:
            content = self.content(record, version, asked)
            version.rendered = _encode(content).encode()
            version.rendered_for = asked
        return version.rendered

    def content(self, record: Record, version: Version, asked: Sequence[str]) -> dict[str, Any]:
        """Return a record as `version` has it."""
        kind = self._records.kind
        created, modified = iso(record.created_ms), iso(version.modified_ms)
        get = version.properties.get
        properties = {name: get(name) for name in asked}
        properties[kind.created] = created
        properties[kind.modified] = modified
        properties["hs_object_id"] = str(record.id)
        content: dict[str, Any] = {
            "id": str(record.id),
            "properties": properties,
            "createdAt": created,
            "updatedAt": modified,
            "archived": record.archived_ms is not None,
        }
        if record.archived_ms is not None:
            content["archivedAt"] = iso(record.archived_ms)
        return content


def history_of(record: Record, names: Iterable[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return every value that these properties had, newest first."""
    return {
        name: [
            {
                "value": write.changes[name] or "",
                "timestamp": iso(write.at_ms),
                **_source(write.source),
            }
            for write in reversed(record.past())
            if name in write.changes
        ]
        for name in names
    }


def _source(text: str) -> Mapping[str, str]:
    source_type, _, source_id = text.partition(":")
    return {"sourceType": source_type, **({"sourceId": source_id} if source_id else {})}
