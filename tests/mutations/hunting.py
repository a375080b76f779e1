"""The first case on which the engine and the reference say different things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.mutations.planting import Scoring
from tests.reference.comparison import differences, verdicts
from tests.reference.drawing import FRESH
from tests.reference.drawn_histories import Case, cases
from tests.reference.scorer import Verdict
from tests.reference.test_corners import CORNERS
from tests.reference.test_reference import CASES, SHARES

OF_A_SHARE = CASES // len(SHARES)
"""How many cases of each share the comparison draws in every run."""

_EASY = 30
"""How many are tried before the corners, which most mutations need not come to."""

Told: TypeAlias = tuple[str, Case, Sequence[Verdict]]
"""A case by its name, and what the reference says of it."""


def hunt(scored: Scoring, share: str, *, is_short: bool = False) -> tuple[str, str] | None:
    """Return the name of the first case with a difference, and the difference; None for none.

    Tried are some cases of `share`, the corners, and unless it `is_short` as many cases of all
    shares as the comparison draws.
    """
    tried = chain(_drawn_cases(share, 0, _EASY), _corners(), () if is_short else _all_cases(share))
    for name, case, expected in tried:
        found = differences(expected, scored(case))
        if found:
            return name, found[0]
    return None


def _all_cases(first: str) -> Iterator[Told]:
    yield from _drawn_cases(first, _EASY, OF_A_SHARE)
    for other in SHARES:
        if other != first:
            yield from _drawn_cases(other, 0, OF_A_SHARE)


@cache
def _corners() -> Sequence[Told]:
    return [(name, case, verdicts(case)) for name, (case, _) in CORNERS.items()]


def _drawn_cases(share: str, begin: int, end: int) -> Iterator[Told]:
    """Yield drawn cases by their places, the same every time."""
    for place in range(begin, end):
        case, expected = _drawn(share, place // FRESH)[place % FRESH]
        yield f"case {place + 1} of {share}", case, expected


@cache
def _drawn(share: str, number: int) -> Sequence[tuple[Case, Sequence[Verdict]]]:
    found: list[Case] = []

    @seed(number)
    @settings(
        max_examples=FRESH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(SHARES[share]))
    def look(case: Case) -> None:
        found.append(case)

    look()
    return [(case, verdicts(case)) for case in found]
