"""What goes into the state comes out the same: texts, values to be written, typed columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.outbound import Desired
from connector.domain.values import FieldType
from state.codec import (
    desired_from_json,
    desired_to_json,
    names_from_json,
    names_to_json,
    stored_from_json,
    stored_to_json,
    written_from_json,
    written_to_json,
)
from state.columns import restored, storable, storable_json
from state.decoding import columns, fitted

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
SOUND = st.text(max_size=20)
INSTANTS = st.datetimes(timezones=st.just(UTC))
WRITTEN = st.one_of(
    st.none(), st.booleans(), TEXTS, INSTANTS, st.decimals(allow_nan=False, allow_infinity=False)
)
STORED = st.one_of(
    st.booleans(),
    SOUND,
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**70), 2**70),
)


def _exactly(value: object) -> tuple[str, str]:
    return type(value).__name__, str(value)


@given(TEXTS)
def test_any_text_can_be_held_and_is_restored(text: str) -> None:
    held = storable(text)

    assert "\x00" not in held
    assert restored(held.encode().decode()) == text


@given(TEXTS, TEXTS)
def test_different_texts_are_held_differently(one: str, other: str) -> None:
    assert (storable(one) == storable(other)) is (one == other)


@given(st.dictionaries(TEXTS, WRITTEN))
def test_values_to_be_written_come_back_to_the_digit(values: dict[str, object]) -> None:
    found = written_from_json(storable_json(written_to_json(values)))  # type: ignore[arg-type]  # a dict's values do not vary

    assert {name: _exactly(value) for name, value in found.items()} == {
        name: _exactly(value) for name, value in values.items()
    }


@given(
    st.builds(
        Desired,
        attributes=st.dictionaries(TEXTS, WRITTEN),
        lists=st.dictionaries(TEXTS, st.booleans()),
        tags=st.dictionaries(TEXTS, st.booleans()),
        stage=st.none() | TEXTS,
        overruled=st.dictionaries(TEXTS, WRITTEN),
    )
)
def test_a_desired_state_comes_back(desired: Desired) -> None:
    assert desired_from_json(desired_to_json(desired)) == desired


@given(st.frozensets(TEXTS))
def test_names_come_back_and_their_order_says_nothing(names: frozenset[str]) -> None:
    assert names_from_json(names_to_json(names)) == names
    assert names_to_json(list(names)) == names_to_json(sorted(names, reverse=True))


@given(st.dictionaries(TEXTS, STORED))
def test_stored_values_come_back_bit_for_bit(values: dict[str, str | float | bool | int]) -> None:
    found = stored_from_json(storable_json(stored_to_json(values)))

    assert {name: _exactly(value) for name, value in found.items()} == {
        name: _exactly(value) for name, value in values.items()
    }


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), STORED)), st.permutations(list(FieldType)))
def test_a_column_holds_what_fits_and_null_elsewhere(
    rows: list[dict[str, object]], kinds: list[FieldType]
) -> None:
    types = dict(zip("abcd", kinds, strict=False))

    found = columns([json.dumps(row) for row in rows], types)

    for column, (name, kind) in zip(found, types.items(), strict=True):
        expected = [fitted(row.get(name), kind) for row in rows]
        plain = column.to_physical() if kind is FieldType.DATETIME else column
        assert plain.to_list() == expected


@given(st.lists(st.sampled_from(["{}", '{"a":1.5}', "[]", "nonsense", '{"a":', "", "1"])))
def test_a_row_that_is_no_object_is_empty_and_spoils_no_other(texts: list[str]) -> None:
    (found,) = columns(texts, {"a": FieldType.NUMBER})

    assert found.to_list() == [1.5 if text == '{"a":1.5}' else None for text in texts]


def test_an_instant_is_kept_to_the_microsecond() -> None:
    instant = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

    assert written_from_json(written_to_json({"at": instant})) == {"at": instant}
