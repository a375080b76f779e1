"""Durations as they are written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.domain.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("8w", timedelta(weeks=8)),
        ("007d", timedelta(days=7)),
        ("36525d", timedelta(days=36_525)),
    ],
)
def test_a_number_and_a_unit_are_a_span(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text",
    [
        *("", "0d", "d", "30", "-1d", "+1d", "1.5d", "1d12h", "1 d", " 1d", "1D", "1y", "1M"),
        *("٣d", "36526d", "999999999w", "9999999999s", "1d\n"),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["90s", "15m", "12h", "30d", "8w", "1w", "1d", "36525d"])
def test_a_span_is_written_as_it_was_read(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [(timedelta(), "0s"), (timedelta(days=14), "2w"), (timedelta(hours=48), "2d")],
)
def test_the_largest_unit_that_divides_it_is_taken(span: timedelta, text: str) -> None:
    assert format_duration(span) == text
