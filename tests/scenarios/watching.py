"""Compares what a step expects with what is there, and says every difference in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.ledger import Firing
    from connector.sync.looking.explaining import Explanation
    from connector.sync.summary import Summary
    from tests.scenarios.language import Expected, Step
    from tests.scenarios.stage import Stage


async def differences(stage: Stage, step: Step, summary: Summary | None) -> list[str]:
    """Return what is not as `step` expects it."""
    found = _troubles(stage, summary) if summary else []
    for name, expected in step.expect.items():
        found += [f"{name}: {each}" for each in await _of_contact(stage, step, name, expected)]
    found += await _of_everybody(stage, step)
    return [*found, *await _of_the_model(stage, step)]


def _troubles(stage: Stage, summary: Summary) -> list[str]:
    """Return what went wrong in a cycle, beside what the mapping itself is warned of."""
    counts = summary.deliveries.items()
    return [
        *(f"trouble: {each}" for each in summary.problems if each not in stage.warnings),
        *(f"not all was delivered to {name}" for name, n in counts if n["failed"] or n["dead"]),
    ]


async def _of_the_model(stage: Stage, step: Step) -> list[str]:
    found = []
    if step.advice is not None:
        advice = await stage.advice()
        if len(advice) != len(step.advice) or any(
            not any(part in each for each in advice) for part in step.advice
        ):
            found.append(f"check advises {advice}, not {step.advice}")
    if step.replay and (moves := await stage.moves(step.replay)) != step.replay.moves:
        found.append(f"replayed, {moves} would move, not {step.replay.moves}")
    if step.recorded is not None:
        recorded = {each.path: [each.before, each.after] for each in await stage.recorded()}
        if recorded != step.recorded:
            found.append(f"on record is {recorded}, not {step.recorded}")
    return found


async def _of_everybody(stage: Stage, step: Step) -> list[str]:
    found = _of_triggers(step, await stage.fired())
    for name, actions in step.handed_over.items():
        if (given := stage.written.actions(name)) != actions:
            found.append(f"{name}: the platform was given {given}, not {actions}")
    for name, parts in step.arrived.items():
        if (arrived := stage.arrived(name)) != parts:
            found.append(f"{name}: on simulated platforms arrived {arrived}, not {parts}")
    for score, names in step.top.items():
        if (hottest := (await stage.top(score))[: len(names)]) != names:
            found.append(f"the hottest of {score} are {hottest}, not {names}")
    for score, averages in step.cohorts.items():
        if (stood := await stage.cohorts(score)) != averages:
            found.append(f"cohorts stood by {score} as {stood}, not {averages}")
    if step.table is not None and (table := await stage.table()) != step.table:
        found.append(f"the table is {table}, not {step.table}")
    return found


def _lane(firing: Firing) -> str:
    return f"{firing.kind} {firing.destination.removeprefix(f'{firing.kind} ')}"


def _of_triggers(step: Step, fired: Sequence[tuple[str, Firing]]) -> list[str]:
    found = []
    if step.fired is not None:
        got: dict[str, set[str]] = {}
        for name, firing in fired:
            got.setdefault(firing.trigger, set()).add(name)
        if got != {trigger: set(names) for trigger, names in step.fired.items()}:
            found.append(f"fired {got}, not {step.fired}")
    for name, deeds in (step.deeds or {}).items():
        to_do = sorted(_lane(each) for whom, each in fired if whom == name)
        if to_do != sorted(deeds):
            found.append(f"{name}: to be done {to_do}, not {sorted(deeds)}")
    for name, parts in (step.filled or {}).items():
        filled = {
            key: value for whom, each in fired if whom == name for key, value in each.params.items()
        }
        found += [
            f"{name}: {key} is filled with {filled.get(key)!r}, not {wanted!r}"
            for key, wanted in parts.items()
            if filled.get(key) != wanted
        ]
    return found


async def _of_contact(stage: Stage, step: Step, name: str, expected: Expected) -> list[str]:
    decided = {} if step.looking_back_to else await stage.decided(name)
    found = _of_platform(stage, name, expected)
    if expected.results.keys() <= decided.keys() and not expected.asks_why:
        return [*_unlike("", decided, expected.results), *found]
    explanation = await stage.explained(name, step)
    points = {each.rule: each.points for each in explanation.contributions}
    by_hand = {each.score: each.reason for each in explanation.overrides}
    if expected.by_hand is not None and by_hand != expected.by_hand:
        found.append(f"decided by hand are {by_hand}, not {expected.by_hand}")
    if expected.platforms is not None and sorted(explanation.platforms) != expected.platforms:
        found.append(f"is known to {sorted(explanation.platforms)}, not {expected.platforms}")
    if expected.has_scores is not None and bool(explanation.scores) != expected.has_scores:
        found.append(f"has the scores {explanation.scores}")
    return [
        *_unlike("", {**_results(explanation), **decided}, expected.results),
        *_unlike("points of ", points, expected.why, absent=0),
        *found,
    ]


def _of_platform(stage: Stage, name: str, expected: Expected) -> list[str]:
    found = _unlike("written ", stage.written.fields(name), expected.written)
    if expected.lists is not None and (lists := stage.lists(name)) != sorted(expected.lists):
        found.append(f"is in {lists}, not in {sorted(expected.lists)}")
    if expected.tags is not None and (tags := stage.written.tags(name)) != sorted(expected.tags):
        found.append(f"carries {tags}, not {sorted(expected.tags)}")
    return found


def _unlike(
    what: str, got: Mapping[str, object], wanted: Mapping[str, object] | None, absent: object = None
) -> list[str]:
    unknown = "unknown" if absent is None else absent
    return [
        f"{what}{name}: {got.get(name, unknown)!r}, not {value!r}"
        for name, value in (wanted or {}).items()
        if not _is_same(got.get(name, unknown), value)
    ]


def _results(explanation: Explanation) -> Mapping[str, object]:
    """Return scores as conditions see them, and everything else that has a name."""
    return {
        **explanation.traits,
        **explanation.dimensions,
        **explanation.rounded,
        **{f"{name}_stage": stage for name, stage in explanation.stages.items()},
        **explanation.grades,
    }


def _is_same(got: object, wanted: object) -> bool:
    if isinstance(got, float) and isinstance(wanted, (int, float)):
        return got == pytest.approx(wanted, abs=1e-9)
    return got == wanted
