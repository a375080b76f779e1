"""A wait is never longer than it was to be, whatever becomes of the clock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.waits import LONGEST_REST, Wait, has_come
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


@given(SPANS)
def test_what_waits_has_waited_enough_from_its_instant_on(span: timedelta) -> None:
    rest = min(span, LONGEST_REST)

    assert has_come(T, T + span)
    assert has_come(None, T)
    assert has_come(T + rest, T) == (rest == timedelta())


def test_nothing_waits_for_an_instant_of_a_clock_that_was_wrong() -> None:
    assert has_come(T + LONGEST_REST + timedelta.resolution, T)
