"""A wait is never longer than it was to be, whatever becomes of the clock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.waits import Wait
from tests.builders import T

SPANS = st.timedeltas(timedelta(), timedelta(days=2))
AWAY = st.timedeltas(timedelta(days=-400), timedelta(days=400))


@given(SPANS, AWAY)
def test_a_wait_lasts_no_longer_than_it_was_to_be(span: timedelta, away: timedelta) -> None:
    left = Wait(T, T + span).left(T + away)

    assert timedelta() <= left <= span


@given(SPANS)
def test_a_wait_is_over_where_the_clock_shows_an_earlier_instant(before: timedelta) -> None:
    wait = Wait(T, T + timedelta(seconds=25))

    assert wait.left(T - before - timedelta.resolution) == timedelta()
