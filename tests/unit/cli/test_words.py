"""Numbers, instants and reasons in the words of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connector.cli.rendering.words import (
    ago,
    column,
    counted,
    day,
    moment,
    number,
    points,
    span,
    why,
)
from connector.sync.looking.explaining import Contribution

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (12_345, "12,345 calls")]
)
def test_things_are_counted_in_their_number(count: int, said: str) -> None:
    assert counted(count, "call") == said


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (None, 2, "-"),
        (12.0, 2, "12"),
        (12.5, 2, "12.5"),
        (1234.567, 2, "1,234.57"),
        (-0.001, 2, "0"),
        (100.0, 0, "100"),
    ],
)
def test_a_number_shows_no_more_than_it_has(value: float | None, digits: int, said: str) -> None:
    assert number(value, digits) == said


def test_numbers_below_one_another_have_the_same_decimals() -> None:
    assert column([1715.31, 487.0, -0.5]) == ["1,715.31", "487.00", "-0.50"]
    assert column([3.0, 12.0]) == ["3", "12"]
    assert column([]) == []


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (3.0, None, "+3"),
        (-3.25, None, "-3.25"),
        (0.0, None, "0"),
        (-0.001, None, "0"),
        (3.0, 2, "+3.00"),
        (-0.001, 2, "0.00"),
        (2140.0, 0, "+2,140"),
    ],
)
def test_points_show_their_sign(value: float, digits: int | None, said: str) -> None:
    assert points(value, digits) == said


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (None, "-"),
        (NEW_YEAR, "2026-01-01 00:00 UTC"),
        (NEW_YEAR + timedelta(seconds=5, microseconds=7), "2026-01-01 00:00:05 UTC"),
        (NEW_YEAR.astimezone(timezone(timedelta(hours=-5))), "2026-01-01 00:00 UTC"),
    ],
)
def test_an_instant_is_told_in_utc_and_says_so(instant: datetime | None, said: str) -> None:
    assert moment(instant) == said


def test_a_day_is_the_day_in_utc() -> None:
    assert day(NEW_YEAR.astimezone(timezone(timedelta(hours=-5)))) == "2026-01-01"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"asked": 5.0, "silent": -15.0, "seen": 1.0}, "asked +5, seen +1"),
        ({"silent": -15.0, "(limit)": 15.0}, "silent -15"),
        ({"faded": 0.001}, "nothing gives points now"),
    ],
    ids=["what gives", "else what takes", "nothing worth telling"],
)
def test_reasons_are_what_gave_most_or_else_took_most(entries: dict[str, float], said: str) -> None:
    contributions = [
        Contribution(
            rule=rule,
            dimension="engagement",
            raw_points=given,
            points=given,
            events=0,
            first_at=None,
            last_at=None,
        )
        for rule, given in sorted(entries.items(), key=lambda each: -abs(each[1]))
    ]

    assert why(contributions) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (75, "1 min 15 s"),
        (3599.5, "1 h"),
        (7201, "2 h 1 min"),
        (7199, "2 h"),
        (90_000, "1 d 1 h"),
        (172_799, "2 d"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(), "now"),
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=2, seconds=59), "2 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=400), "400 d ago"),
    ],
)
def test_how_long_ago_something_was_is_told_in_one_unit(before: timedelta, told: str) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)

    assert ago(at - before, at) == told
