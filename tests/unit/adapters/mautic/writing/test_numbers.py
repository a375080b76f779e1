"""What Mautic drops, and what stands for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mautic.config import Zero
from adapters.mautic.versions import Version
from adapters.mautic.writing.numbers import is_dropped, number_in, stand_in

BEFORE: list[Version | None] = [None, (3, 3), (4, 4), (5, 1), (6, 0)]
NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-100, max_value=100, places=3
)


@pytest.mark.parametrize("version", BEFORE)
@pytest.mark.parametrize("number", ["0", "-0", "0.5", "-0.999", "1E-7"])
def test_before_7_whatever_is_nothing_without_its_decimals_is_dropped(
    version: Version | None, number: str
) -> None:
    assert is_dropped(Decimal(number), version)
    assert not is_dropped(Decimal(number) + 2, version)


def test_from_7_on_only_a_zero_is_dropped() -> None:
    assert is_dropped(Decimal("0.00"), (7, 0))
    assert not is_dropped(Decimal("0.01"), (7, 0))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", "0"), (" 0.5 ", "0.5"), ("-.5", "-0.5"), ("1e-3", "0.001"), ("5.", "5"), ("+0", "0")],
)
def test_a_text_that_php_takes_for_a_number_is_one(text: str, number: str) -> None:
    assert number_in(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "cold", "0%", "0x0", "1,5", "\u0660", "1e99999999", "NaN"])
def test_other_texts_are_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("number", "version", "zero", "decimals", "written"),
    [
        ("0", (5, 1), "floor", 0, "1"),
        ("0", (5, 1), "floor", 2, "1"),
        ("0.4", (5, 1), "floor", 2, "1"),
        ("-0.4", (5, 1), "floor", 2, "-1"),
        ("0", (7, 0), "floor", 0, "1"),
        ("0", (7, 0), "floor", 2, "0.01"),
        ("0", (5, 1), "blank", 0, None),
        ("0.4", (5, 1), "blank", 0, None),
        ("0.5", (5, 1), "blank", 0, "1"),
        ("-0.9", (5, 1), "blank", 0, "-1"),
        ("0", (7, 0), "blank", 2, None),
    ],
)
def test_a_dropped_number_becomes_nothing_or_the_next_one_that_is_kept(
    number: str, version: Version, zero: Zero, decimals: int, written: str | None
) -> None:
    found = stand_in(Decimal(number), version, zero, decimals)

    assert found == (None if written is None else Decimal(written))


@given(
    number=NUMBERS,
    version=st.sampled_from([*BEFORE, (7, 0), (8, 1)]),
    zero=st.sampled_from(["blank", "floor"]),
    decimals=st.integers(0, 4),
)
def test_what_stands_for_a_number_is_kept_and_near(
    number: Decimal, version: Version | None, zero: Zero, decimals: int
) -> None:
    if not is_dropped(number, version):
        return

    found = stand_in(number, version, zero, decimals)

    assert found is None or not is_dropped(found, version)
    assert abs((found or 0) - number) <= 1
