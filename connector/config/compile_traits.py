"""From how traits are written to what the engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.hints import one_of
from connector.domain.durations import parse_duration
from connector.domain.values import FieldType
from connector.mapping.traits import COLUMN_MEASURES, EVENT_MEASURES, MEASURES
from connector.scoring.model import Trait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.context import Context
    from connector.config.places import Path
    from connector.mapping.traits import TraitEntry
    from connector.scoring.model import Measure

_COLUMN_TYPES: Mapping[str, tuple[FieldType, ...]] = {
    "sum": (FieldType.NUMBER,),
    "avg": (FieldType.NUMBER,),
    "min": (FieldType.NUMBER, FieldType.DATETIME, FieldType.TEXT),
    "max": (FieldType.NUMBER, FieldType.DATETIME, FieldType.TEXT),
}

_OWN_TYPES: Mapping[str, FieldType] = {
    **dict.fromkeys(("count", "sum", "avg", "days", "days_since"), FieldType.NUMBER),
    "has": FieldType.BOOLEAN,
}
"""Types that do not depend on a column."""


def compile_trait(name: str, entry: TraitEntry, context: Context) -> Trait | None:
    """Return the trait `name`, None when it is wrong, which is reported."""
    path: Path = ("model", "traits", name)
    measure = _measure(path, entry, context)
    if measure is None:
        return None
    subject: str = getattr(entry, measure)
    column = subject if entry.of is not None and measure not in EVENT_MEASURES else None
    if column is not None:
        context.column((*path, measure), column, _COLUMN_TYPES.get(measure, tuple(FieldType)))
    key = "of" if column is not None else measure
    pattern = entry.of if column is not None and entry.of is not None else subject
    return Trait(
        name=name,
        measure=measure,
        match=context.matcher(path, pattern, entry.where, key),
        column=column,
        within=parse_duration(entry.within) if entry.within else None,
        type=_type(measure, column, context),
    )


def _measure(path: Path, entry: TraitEntry, context: Context) -> Measure | None:
    """Return the one measure of a trait whose keys fit together."""
    found = [name for name in MEASURES if getattr(entry, name) is not None]
    if len(found) != 1:
        named = " and ".join(f"`{name}`" for name in found)
        message = f"a trait has one measure, this one has {named or 'none'}"
        context.report.add(path, message, None if found else one_of(MEASURES))
        return None
    measure: Measure = found[0]  # type: ignore[assignment]  # MEASURES are those of the engine
    if measure in COLUMN_MEASURES and entry.of is None:
        message = f"`{measure}` names a column, and `of` is missing, the events that have it"
        context.report.add(path, message, "for example `of: order.placed`")
        return None
    if measure in EVENT_MEASURES and entry.of is not None:
        message = f"`{measure}` names the events itself, so `of` has no meaning"
        context.report.add((*path, "of"), message, "remove `of`")
        return None
    return measure


def _type(measure: str, column: str | None, context: Context) -> FieldType:
    if measure in _OWN_TYPES:
        return _OWN_TYPES[measure]
    if column is None:
        return FieldType.DATETIME
    return context.names.columns.get(column, FieldType.TEXT)
