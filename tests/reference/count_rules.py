"""The rule kind `count`: points while, or since, there are enough events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.gifts import Gift, Given, Rule, lasting
from tests.reference.history import Happening, matching
from tests.reference.local_time import bucket, span


def count_rule(
    rule: Rule, events: Sequence[Happening], at: datetime, zone: ZoneInfo
) -> Given | None:
    """Return what a count gives at `at`: one gift while, or since, there are enough.

    Those counted are told even when they are too few.
    """
    found = matching(events, rule["count"], rule.get("where"))
    is_once = rule.get("award", "standing") == "once"
    instants = sorted({each.at for each in found}) if is_once else [at]
    since = next((t for t in instants if _is_enough(rule, _counted(rule, found, t)[0], zone)), None)
    counted = _counted(rule, found, at if since is None else since)
    gifts = [] if since is None else [Gift(rule["points"], since if is_once else None)]
    if not counted[0]:
        return None
    return Given(
        raw=fsum(gift.points for gift in gifts),
        gifts=gifts,
        events=len(counted[0]),
        lasting=frozenset(lasting(each) for each in counted),
    )


def _counted(rule: Rule, found: Sequence[Happening], at: datetime) -> list[list[Happening]]:
    """Return the events that the rule counts at `at`, enough or not.

    With `same` they are those of the most frequent value, and there may be several of these.
    """
    window = [
        each
        for each in found
        if each.at <= at and ("within" not in rule or at - each.at < span(rule["within"]))
    ]
    if "same" in rule:
        return _largest(window, rule["same"])
    column = rule.get("distinct", "day")
    return [[each for each in window if column == "day" or each.columns[column] is not None]]


def _is_enough(rule: Rule, counted: Sequence[Happening], zone: ZoneInfo) -> bool:
    match rule.get("distinct"):
        case None:
            n = len(counted)
        case "day":
            n = len({bucket(each.at, "day", zone) for each in counted})
        case column:
            n = len({each.columns[column] for each in counted})
    return n >= int(rule["at_least"])


def _largest(window: Sequence[Happening], column: str) -> list[list[Happening]]:
    of_value: dict[Any, list[Happening]] = {}
    for each in window:
        if each.columns[column] is not None:
            of_value.setdefault(each.columns[column], []).append(each)
    most = max(map(len, of_value.values()), default=0)
    return [each for each in of_value.values() if len(each) == most] or [[]]
