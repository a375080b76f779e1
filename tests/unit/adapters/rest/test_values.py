"""A value is known again however an API shows it, and no other is taken for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.writing.values import Spelling
from connector.domain.values import Written
from tests.builders import T

values = (
    st.none()
    | st.booleans()
    | st.text(min_size=1).filter(lambda text: text.strip() == text)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)
    | st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1))  # noqa: DTZ001 - as Hypothesis wants it
)
spellings = st.builds(
    Spelling,
    dates=st.sampled_from(["iso", "date", "seconds", "milliseconds", "%Y-%m-%d %H:%M:%S"]),
    as_text=st.booleans(),
    empty=st.sampled_from([None, ""]),
)


@given(spellings, values)
def test_what_is_shown_as_it_was_sent_is_the_value(spelling: Spelling, value: Written) -> None:
    sent = json.loads(json.dumps(spelling.of(value)))

    assert spelling.shows(sent, value)


@given(spellings, values)
def test_nothing_is_shown_only_by_nothing(spelling: Spelling, value: Written) -> None:
    assert spelling.shows(None, value) is (value is None)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("7.0", Decimal(7)),
        (7.0, Decimal(7)),
        ("true", True),
        (0, False),
        ("2026-01-15T11:00:00+01:00", T),
        (1768471200, T),
        (" hot ", "hot"),
        ("", None),
        ([], None),
    ],
)
def test_a_value_may_be_shown_otherwise(raw: object, value: Written) -> None:
    assert Spelling().shows(raw, value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (True, Decimal(1)),
        ("seven", Decimal(7)),
        (6.9, Decimal(7)),
        ("yes please", True),
        (None, False),
        ("2026-01-15T10:00:01Z", T),
        ("soon", T),
        (7, "7"),
        (0, None),
        ({}, "hot"),
    ],
)
def test_another_value_is_not_taken_for_it(raw: object, value: Written) -> None:
    assert not Spelling().shows(raw, value)


def test_a_day_is_shown_as_finely_as_it_was_written() -> None:
    spelling = Spelling(dates="date")

    assert spelling.shows("2026-01-15", T)
    assert spelling.shows("2026-01-15T00:00:00Z", T)
    assert not spelling.shows("2026-01-16", T)
