"""From how events and content are written to what the engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.hints import did_you_mean, shown
from connector.config.namespace import check_name
from connector.domain.events import CANONICAL_TYPES, CUSTOM, EVENT_COLUMNS, canonical_type
from connector.domain.values import FieldType
from connector.scoring.model import ContentTag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.context import Context
    from connector.config.places import Path, Report
    from connector.mapping.events import ContentEntry, EventsEntry


def declared_properties(events: EventsEntry, report: Report) -> dict[str, FieldType]:
    """Return the further columns of events; names that conditions could not use are reported."""
    for name in events.properties:
        path: Path = ("events", "properties", name)
        check_name(path, name, report)
        if name in EVENT_COLUMNS:
            report.add(path, f"{shown(name)} is a column that every event has", "remove it here")
    return {name: FieldType(kind) for name, kind in events.properties.items()}


def compile_renames(events: EventsEntry, context: Context) -> dict[str, dict[str, str]]:
    """Return, per platform, the stored type of an event and the canonical one it means."""
    renames: dict[str, dict[str, str]] = {}
    for platform, names in events.rename.items():
        path: Path = ("events", "rename", platform)
        context.platform(path, platform)
        renames[platform] = {}
        for theirs, meant in names.items():
            _check_type((*path, theirs), meant, context.report)
            stored = canonical_type(theirs)
            if stored in renames[platform]:
                context.report.add((*path, theirs), f"{shown(theirs)} is renamed twice")
            renames[platform][stored] = meant
    return renames


def compile_content(
    entries: Mapping[int, ContentEntry], context: Context
) -> tuple[ContentTag, ...]:
    """Return the catalogue in its order."""
    tags: list[ContentTag] = []
    for index, entry in entries.items():
        match = context.event_condition(("content", index, "match"), entry.match)
        if match:
            tags.append(ContentTag(match=match, phase=entry.phase, kind=entry.kind))
    return tuple(tags)


def _check_type(path: Path, name: str, report: Report) -> None:
    """Report what is neither canonical nor custom: an event is renamed to one type."""
    is_custom = name.startswith(CUSTOM) and len(name) > len(CUSTOM) and "*" not in name
    if name not in CANONICAL_TYPES and not is_custom:
        hint = did_you_mean(name, CANONICAL_TYPES) or f"or write `{CUSTOM}<name>`"
        report.add(path, f"{shown(name)} is no type of event", hint)
