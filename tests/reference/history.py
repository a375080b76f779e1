"""The events of one contact: their order, and those that exist for scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from tests.reference.sql import Sql, is_true

Document: TypeAlias = Mapping[str, Any]
"""What the YAML of a mappings folder says, with trees in place of the texts of conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event; `columns` are all that conditions may name, type and platform among them."""

    at: datetime
    id: str
    columns: Mapping[str, Any]

    @property
    def order(self) -> tuple[datetime, bytes, bytes]:
        return (self.at, self.columns["platform"].encode(), self.id.encode())


def existing(
    document: Document,
    events: Sequence[Happening],
    at: datetime,
    keep: timedelta | None,
) -> list[Happening]:
    """Return the events that exist at `at`, in order, as rules see them."""
    settings = document.get("events", {})
    seen = [
        _tagged(_renamed(_known(each), settings.get("rename", {})), document.get("content", ()))
        for each in events
        if each.at <= at and (keep is None or at - each.at < keep)
    ]
    ignore: Sql | None = settings.get("ignore")
    return sorted(
        (each for each in seen if ignore is None or not is_true(ignore, each.columns)),
        key=lambda each: each.order,
    )


def matching(events: Sequence[Happening], pattern: str, *wheres: Sql | None) -> list[Happening]:
    """Return those of `events` whose type fits `pattern` and for which all `wheres` are true."""
    return [
        each
        for each in events
        if _fits(each.columns["type"], pattern)
        and all(is_true(where, each.columns) for where in wheres)
    ]


def _fits(kind: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.endswith(".*"):
        return kind.partition(".")[0] == pattern[:-2]
    return kind == pattern


def _with(event: Happening, **columns: object) -> Happening:
    return replace(event, columns={**event.columns, **columns})


def _known(event: Happening) -> Happening:
    return _with(event, is_machine=event.columns["is_machine"] is True)


def _renamed(event: Happening, renames: Mapping[str, Mapping[str, str]]) -> Happening:
    names = renames.get(event.columns["platform"], {})
    kind = event.columns["type"]
    return _with(event, type=names.get(kind.removeprefix("custom."), kind))


def _tagged(event: Happening, content: Sequence[Mapping[str, Any]]) -> Happening:
    for entry in content:
        if is_true(entry["match"], event.columns):
            named = {name: entry[name] for name in ("phase", "kind") if name in entry}
            return _with(event, **named)
    return event
