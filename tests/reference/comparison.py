"""What the reference says and what the product says, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import count
from math import copysign, isclose
from typing import Any, TypeAlias

from connector.domain.frames import (
    CONTACT,
    IS_EXCLUDED,
    NEXT_CHANGE_AT,
    exact_column,
    target_list_column,
    target_tag_column,
    trigger_column,
)
from connector.scoring.engine import Scored
from tests.reference.drawn_histories import Case
from tests.reference.scorer import Verdict, verdict

TOLERANCE = 1e-9

Said: TypeAlias = Mapping[str, Any]
"""Values by the name of what they are values of."""


def verdicts(case: Case) -> list[Verdict]:
    """Return what the reference says of each contact of `case`."""
    return [verdict(case.document, each, case.at, case.keep) for each in case.people]


def differ(one: Sequence[Verdict], other: Sequence[Verdict]) -> bool:
    """Return whether the two give different points, or decide differently."""
    return bool(_differences(_weighty(one), _weighty(other), tolerance=1e-6))


def _weighty(of_all: Sequence[Verdict]) -> Said:
    said: dict[str, Any] = {}
    for number, each in enumerate(of_all):
        said |= {f"{number} {name}": value for name, value in _columns(each).items()}
        said |= {f"{number} {entry.rule}": entry.points for entry in each.entries if entry.points}
    return said


def differences(verdicts: Sequence[Verdict], scored: Scored) -> list[str]:
    """Return a sentence for each value on which `verdicts` and `scored` differ."""
    return _differences(_of_verdicts(verdicts), _of_frames(scored), tolerance=TOLERANCE)


def _differences(expected: Said, got: Said, *, tolerance: float) -> list[str]:
    return [
        f"contact {name}: expected {expected.get(name, '-')!r}, got {got.get(name, '-')!r}"
        for name in sorted({*expected, *got})
        if not _agree(expected.get(name, "-"), got.get(name, "-"), tolerance)
    ]


def _agree(expected: object, got: object, tolerance: float) -> bool:
    if isinstance(expected, float) and isinstance(got, float):
        if expected == got == 0.0:
            return copysign(1.0, expected) == copysign(1.0, got)
        return isclose(expected, got, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(expected, frozenset):
        return got in expected
    return type(expected) is type(got) and expected == got


def _of_verdicts(verdicts: Sequence[Verdict]) -> Said:
    said: dict[str, Any] = {}
    for number, each in enumerate(verdicts):
        said |= {f"{number} {name}": value for name, value in _columns(each).items()}
        said |= _of_entries(number, [asdict(entry) for entry in each.entries])
    return said


def _columns(verdict: Verdict) -> Said:
    results = verdict.results
    if verdict.is_excluded:
        return {IS_EXCLUDED: True}
    return {
        IS_EXCLUDED: False,
        **verdict.dimensions,
        **verdict.traits,
        **{exact_column(name): value for name, value in results.exact.items()},
        **results.rounded,
        **results.stages,
        **results.grades,
        **{target_list_column(*name): value for name, value in results.lists.items()},
        **{target_tag_column(*name): value for name, value in results.tags.items()},
        **{trigger_column(name): value for name, value in results.triggers.items()},
    }


def _of_entries(number: int, entries: Sequence[Said]) -> Said:
    """Return the entries of one contact by rule; a limit that cuts next to nothing is none."""
    numbers = count()
    said: dict[str, Any] = {}
    for entry in sorted(entries, key=lambda each: (each["rule"], each["points"])):
        if entry["rule"] == "(limit)" and abs(entry["points"]) < TOLERANCE:
            continue
        rule = entry["rule"]
        name = f"{rule} {next(numbers) if rule == '(override)' else entry['dimension']}"
        said |= {f"{number} {name} {key}": value for key, value in entry.items() if key != "rule"}
    return said


def _of_frames(scored: Scored) -> Said:
    said: dict[str, Any] = {}
    for row in scored.contacts.drop(NEXT_CHANGE_AT).to_dicts():
        number = row.pop(CONTACT)
        # Of somebody excluded nothing is said; their columns are empty.
        kept = {IS_EXCLUDED: True} if row[IS_EXCLUDED] and _is_silent(row) else row
        said |= {f"{number} {name}": value for name, value in kept.items()}
    entries: dict[int, list[Said]] = {}
    assert scored.contributions is not None
    for row in scored.contributions.to_dicts():
        lasting = (row.pop("first_at"), row.pop("last_at"))
        entries.setdefault(row.pop(CONTACT), []).append({**row, "lasting": lasting})
    for number, each in entries.items():
        said |= _of_entries(number, each)
    return said


def _is_silent(row: Said) -> bool:
    return not any(value for name, value in row.items() if name != IS_EXCLUDED)
