"""The rule kind `event`: points for each event that counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.gifts import Gift, Given, Rule
from tests.reference.history import Happening, matching
from tests.reference.local_time import Bucket, bucket, span


def event_rule(
    rule: Rule, events: Sequence[Happening], at: datetime, zone: ZoneInfo
) -> Given | None:
    """Return what an event rule gives at `at`: a gift for each event that counts."""
    found = matching(events, rule["event"], rule.get("where"))
    if "once_per" in rule:
        found = _first_of_each(found, rule["once_per"])
    waits = timedelta()
    if "unless" in rule:
        waits = span(rule["unless"]["after"]) if "after" in rule["unless"] else timedelta()
        found = [each for each in found if _stands(each, rule["unless"], waits, events, at)]
    points = [_points(rule["points"], each) for each in found]
    counted = _capped(points, found, rule["cap"], zone) if "cap" in rule else points
    return Given.over(
        found,
        raw=points,
        gifts=[Gift(some, each.at + waits) for some, each in zip(counted, found, strict=True)],
    )


def _first_of_each(found: Sequence[Happening], column: str) -> list[Happening]:
    seen: set[Any] = set()
    kept = []
    for each in found:
        value = each.columns[column]
        if value is None or value not in seen:
            kept.append(each)
        seen.add(value)
    return kept


def _stands(
    event: Happening, unless: Rule, waits: timedelta, events: Sequence[Happening], at: datetime
) -> bool:
    same = unless.get("same")
    value = event.columns[same] if same else None
    takers = [
        each
        for each in matching(events, unless["event"], unless.get("where"))
        if each is not event
        and each.at >= event.at
        and (same is None or (value is not None and each.columns[same] == value))
    ]
    return event.at + waits <= at and not takers


def _points(points: Any, event: Happening) -> float:  # noqa: ANN401 - a number or SQL
    value = points.of(event.columns) if hasattr(points, "of") else points
    return float(value) if value is not None and isfinite(value) else 0.0


def _capped(
    points: Sequence[float], found: Sequence[Happening], cap: Rule, zone: ZoneInfo
) -> list[float]:
    most = abs(cap["points"])
    sums: dict[Bucket, float] = {}
    counted = []
    for some, event in zip(points, found, strict=True):
        place = bucket(event.at, cap["per"], zone)
        before = sums.get(place, 0.0)
        sums[place] = before + some
        counted.append(_clip(sums[place], most) - _clip(before, most))
    return counted


def _clip(value: float, most: float) -> float:
    return min(max(value, -most), most)
