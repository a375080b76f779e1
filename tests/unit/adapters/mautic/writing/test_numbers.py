"""What Mautic drops, and what stands for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mautic.config import Zero
from adapters.mautic.versions import Version
from adapters.mautic.writing.numbers import is_dropped, number_in, stand_in

BEFORE: list[Version | None] = [None, (3, 3), (4, 4), (5, 1), (6, 0), (7, 1)]
NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-100, max_value=100, places=3
)


@pytest.mark.parametrize("version", BEFORE)
@pytest.mark.parametrize("number", ["0", "-0", "0.5", "-0.999", "1E-7"])
def test_before_7_2_whatever_is_nothing_without_its_decimals_is_dropped(
    version: Version | None, number: str
) -> None:
    assert is_dropped(Decimal(number), version)
    assert not is_dropped(Decimal(number) + 2, version)


def test_from_7_2_on_only_a_zero_is_dropped() -> None:
    assert is_dropped(Decimal("0.00"), (7, 2))
    assert not is_dropped(Decimal("0.01"), (7, 2))


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
    ("number", "zero", "has_decimals", "written"),
    [
        ("0", "floor", False, "1"),
        ("0", "floor", True, "1"),
        ("0.4", "floor", False, "1"),
        ("-0.4", "floor", False, "1"),
        ("0.5", "floor", False, "1"),
        ("-0.9", "floor", False, "-1"),
        ("0.4", "floor", True, None),
        ("-0.9", "floor", True, None),
        ("0", "blank", False, None),
        ("0", "blank", True, None),
        ("0.4", "blank", False, None),
        ("0.5", "blank", False, "1"),
        ("0.5", "blank", True, None),
    ],
)
def test_a_dropped_number_becomes_nothing_or_one_that_is_kept(
    number: str, zero: Zero, has_decimals: bool, written: str | None
) -> None:
    found = stand_in(Decimal(number), zero, has_decimals=has_decimals)

    assert found == (None if written is None else Decimal(written))


@given(
    number=NUMBERS,
    version=st.sampled_from([*BEFORE, (7, 2), (8, 1)]),
    zero=st.sampled_from(["blank", "floor"]),
    has_decimals=st.booleans(),
)
def test_what_stands_for_a_number_is_kept_by_every_version_and_near(
    number: Decimal, version: Version | None, zero: Zero, *, has_decimals: bool
) -> None:
    if not is_dropped(number, version):
        return

    found = stand_in(number, zero, has_decimals=has_decimals)

    assert found in {None, 1, -1}
    assert found is None or number == 0 or abs(found - number) < Decimal("1.5")
