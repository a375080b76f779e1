"""The engine against a naive reading of the contract, over drawn models and histories."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings

from tests.reference.comparison import differences, verdicts
from tests.reference.drawing import FRESH
from tests.reference.drawn_histories import Case, cases
from tests.reference.drawn_rules import CALENDAR, KINDS
from tests.reference.product import scored

CASES = int(os.environ.get("REFERENCE_CASES", "2000"))
"""How many cases are compared in all."""

SHARES = {
    "events": ("event", "event", "event", "when"),
    "sequences": ("sequence", "sequence", "event"),
    "counts": ("count", "count", "inactive"),
    "calendar": CALENDAR,
    "everything": KINDS,
}
"""Which kinds of rule the models of each part of the cases are made of."""


@pytest.mark.timeout(0)
@pytest.mark.parametrize("share", SHARES)
def test_the_engine_agrees_with_a_naive_reading_of_the_contract(share: str) -> None:
    @settings(max_examples=FRESH)
    @given(cases(SHARES[share]))
    def agrees(case: Case) -> None:
        expected = verdicts(case)

        got = scored(case)

        assert differences(expected, got) == []

    for _ in range(CASES // len(SHARES) // FRESH):
        agrees()
