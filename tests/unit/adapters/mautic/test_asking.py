"""Conditions as parameters, and no more of them than an address of the web takes."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from adapters.mautic.asking import MOST_NUMBERS, one_of, parts, where


def test_conditions_are_numbered_parameters() -> None:
    found = where([("id", "gt", 7), ("date_identified", "isNotNull", None)])

    assert found == [
        ("where[0][col]", "id"),
        ("where[0][expr]", "gt"),
        ("where[0][val]", 7),
        ("where[1][col]", "date_identified"),
        ("where[1][expr]", "isNotNull"),
    ]


@given(values=st.lists(st.text(min_size=1, max_size=254), max_size=80), size=st.integers(1, 50))
def test_parts_have_all_values_once_and_are_never_too_long(values: list[str], size: int) -> None:
    found = list(parts(values, size))

    assert [each for some in found for each in some] == list(dict.fromkeys(values))
    assert all(len(some) <= size for some in found)
    assert all(len(some) == 1 or len(quote(",".join(some), safe="")) <= 6_000 for some in found)


def test_as_many_numbers_as_one_condition_may_have_are_one_part() -> None:
    numbers = [str(10**9 + each) for each in range(MOST_NUMBERS)]

    assert list(parts(numbers, MOST_NUMBERS)) == [numbers]
    assert one_of("id", ["1", "2"]) == ("id", "in", "1,2")
