"""Traits: facts about a contact, computed from its events one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.history import Happening, matching
from tests.reference.local_time import bucket, span

_MEASURES = ("count", "sum", "min", "max", "avg", "first", "last", "mode", "days", "days_since")


def trait(
    entry: Mapping[str, Any], events: Sequence[Happening], at: datetime, zone: ZoneInfo
) -> Any:  # noqa: ANN401 - of the type of its measure
    """Return the value of the trait that `entry` declares, None for NULL."""
    measure = next(name for name in (*_MEASURES, "has") if name in entry)
    is_column = "of" in entry
    pattern = entry["of"] if is_column else entry[measure]
    found = matching(events, pattern, entry.get("where"))
    if "within" in entry:
        found = [each for each in found if at - each.at < span(entry["within"])]
    if is_column:
        values = [each.columns[entry[measure]] for each in found]
        return _OVER_VALUES[measure]([each for each in values if each is not None])
    return _of_events(measure, found, at, zone)


def _of_events(
    measure: str, found: Sequence[Happening], at: datetime, zone: ZoneInfo
) -> float | bool | datetime | None:
    match measure:
        case "count":
            return float(len(found))
        case "days":
            return float(len({bucket(each.at, "day", zone) for each in found}))
        case "has":
            return bool(found)
        case "first":
            return found[0].at if found else None
        case "last":
            return found[-1].at if found else None
        case _:
            return (at - found[-1].at) / timedelta(hours=24) if found else None


def _mode(values: Sequence[Any]) -> Any:  # noqa: ANN401 - of the type of its column
    counts = Counter(values)
    most = max(counts.values(), default=0)
    return next((each for each in reversed(values) if counts[each] == most), None)


_OVER_VALUES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "sum": fsum,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "avg": lambda values: fsum(values) / len(values) if values else None,
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
    "mode": _mode,
}
