"""The rule kind `sequence`: events that happen one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.reference.gifts import Gift, Given, Rule
from tests.reference.history import Happening, matching
from tests.reference.local_time import span


def sequence_rule(rule: Rule, events: Sequence[Happening]) -> Given | None:
    """Return what a sequence gives: a gift for each completion, at its last step."""
    completions = [each for some in _sharing(rule, events) for each in _completions(rule, some)]
    if rule.get("award", "once") == "once":
        # Of those that end with one event the first tried is the first here too.
        completions = sorted(completions, key=lambda each: each[-1].order)[:1]
    return Given.over(
        [event for completion in completions for event in completion],
        raw=[rule["points"]] * len(completions),
        gifts=[Gift(rule["points"], completion[-1].at) for completion in completions],
    )


def _sharing(rule: Rule, events: Sequence[Happening]) -> list[list[Happening]]:
    """Return the events that may be in one completion, for each value of `same`."""
    if "same" not in rule:
        return [list(events)]
    streams: dict[Any, list[Happening]] = {}
    for each in events:
        value = each.columns[rule["same"]]
        if value is not None:
            streams.setdefault(value, []).append(each)
    return list(streams.values())


def _completions(rule: Rule, events: Sequence[Happening]) -> Iterator[list[Happening]]:
    """Yield all completions; with `award: each` those that come one after the other."""
    left = list(events)
    for start in _of_step(rule, rule["sequence"][0], events):
        if start not in left:
            continue
        completion = _from(start, rule, left)
        if completion is None:
            continue
        yield completion
        if rule.get("award", "once") == "each":
            end = max(each.order for each in completion)
            left = [each for each in left if each.order > end]


def _from(start: Happening, rule: Rule, events: Sequence[Happening]) -> list[Happening] | None:
    completion = [start]
    for step in rule["sequence"][1:]:
        candidates = [
            each
            for each in _of_step(rule, step, events)
            if each.at >= completion[-1].at and each not in completion
        ]
        if not candidates:
            return None
        completion.append(candidates[0])
    if "within" in rule and completion[-1].at - start.at >= span(rule["within"]):
        return None
    return completion


def _of_step(rule: Rule, step: Rule | str, events: Sequence[Happening]) -> list[Happening]:
    pattern, where = (step, None) if isinstance(step, str) else (step["event"], step.get("where"))
    return matching(events, pattern, rule.get("where"), where)
