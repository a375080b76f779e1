"""How PHP reads what is sent, and writes what it keeps."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mautic.simulator.php import array_of, encoded, is_numeric, nested, serialized, whole

NAMES = st.text("abcxyz09_", min_size=1, max_size=5)
ARRAYS = st.recursive(
    st.text(max_size=5),
    lambda below: st.dictionaries(NAMES, below, min_size=1, max_size=3),
    max_leaves=6,
)


def _flat(name: str, value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - an array in arrays
    if isinstance(value, str):
        return [(name, value)]
    return [pair for key, each in value.items() for pair in _flat(f"{name}[{key}]", each)]


@given(st.dictionaries(NAMES, ARRAYS, max_size=3))
def test_arrays_survive_the_way_through_an_address(sent: dict[str, Any]) -> None:
    pairs = [pair for name, value in sent.items() for pair in _flat(name, value)]

    read = nested(parse_qsl(urlencode(pairs), keep_blank_values=True))

    assert read == sent


def test_items_without_a_key_are_counted() -> None:
    read = nested([("ids[]", "7"), ("ids[]", "9"), ("tags", "hot")])

    assert read == {"ids": {"0": "7", "1": "9"}, "tags": "hot"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "N;"),
        (True, "b:1;"),
        (7, "i:7;"),
        (0.5, "d:0.5;"),
        (5.0, "d:5;"),
        ("é", 's:2:"é";'),
        (["a"], 'a:1:{i:0;s:1:"a";}'),
        ({"merged_into": 5}, 'a:1:{s:11:"merged_into";i:5;}'),
    ],
)
def test_values_are_serialized(value: object, text: str) -> None:
    assert serialized(value) == text


@pytest.mark.parametrize(
    ("value", "number", "is_number"),
    [
        ("0.5", 0, True),
        ("-1e2", -100, True),
        (" 7", 7, True),
        ("7 apples", 7, False),
        ("", 0, False),
        (None, 0, False),
        (True, 1, False),
    ],
)
def test_numbers_are_what_php_takes_for_them(
    value: object,
    number: int,
    is_number: bool,
) -> None:
    assert (whole(value), is_numeric(value)) == (number, is_number)


def test_an_array_is_a_list_where_its_keys_count_from_zero() -> None:
    assert array_of({0: "a", 1: "b"}) == ["a", "b"]
    assert array_of({1: "b"}) == {"1": "b"}
    assert array_of({"1": "b", "0": "a"}) == {"1": "b", "0": "a"}


def test_what_could_be_html_is_encoded() -> None:
    assert encoded("<a> & 'b'") == "&#60;a&#62; &#38; &#39;b&#39;"
