"""What time it is at a platform, by the dates of its answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clocks import NEGLIGIBLE, PlatformClock, date_of
from adapters.http import Call, HttpSession, Plain
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
NO_TIME = timedelta()


def dated(at: datetime, **more: str) -> dict[str, str]:
    return {"date": format_datetime(at, usegmt=True), **more}


def a_clock(ahead: timedelta) -> tuple[PlatformClock, FakeClock]:
    """Return the clock of a platform where it is T, and ours."""
    ours = FakeClock(T + ahead)
    return PlatformClock(ours), ours


def learn(clock: PlatformClock, at: datetime, took: timedelta = NO_TIME) -> None:
    """Let two answers tell a time, as that many are believed."""
    for _ in range(2):
        clock.learn(dated(at), took)


def test_it_is_ours_until_the_platform_answers() -> None:
    clock, _ = a_clock(3 * HOUR)

    assert clock.now() == T + 3 * HOUR


@pytest.mark.parametrize("ahead", [3 * HOUR, -3 * HOUR, timedelta(days=20_000)], ids=str)
def test_a_clock_that_is_wrong_goes_by_the_dates_of_answers(ahead: timedelta) -> None:
    clock, ours = a_clock(ahead)

    learn(clock, T)
    ours.advance(HOUR)

    assert clock.now() == T + HOUR + SECOND / 2


def test_one_answer_that_tells_another_time_is_doubted() -> None:
    clock, ours = a_clock(NO_TIME)

    clock.learn(dated(T - 500 * HOUR), NO_TIME)

    assert (clock.is_doubted, clock.now()) == (True, ours.now())


def test_an_answer_that_tells_the_time_as_before_ends_a_doubt() -> None:
    clock, ours = a_clock(NO_TIME)

    for at in (T - HOUR, T, T - HOUR):
        clock.learn(dated(at), NO_TIME)
    clock.learn(dated(T), NO_TIME)

    assert (clock.is_doubted, clock.now()) == (False, ours.now())


def test_answers_that_contradict_one_another_are_not_believed() -> None:
    clock, ours = a_clock(NO_TIME)

    for hours in range(1, 9):
        clock.learn(dated(T + hours * HOUR), NO_TIME)

    assert (clock.is_doubted, clock.now()) == (True, ours.now())


def test_a_clock_that_is_right_is_not_moved_by_whole_seconds() -> None:
    clock, ours = a_clock(timedelta(milliseconds=900))

    clock.learn(dated(T), NO_TIME)

    assert (clock.now(), clock.offset, clock.is_doubted) == (ours.now(), NO_TIME, False)


def test_the_newest_answers_count_once_a_clock_was_set_right() -> None:
    clock, ours = a_clock(2 * HOUR)
    learn(clock, T)

    ours.advance(-2 * HOUR)
    learn(clock, T)

    assert clock.now() == T


def test_a_wrong_clock_is_not_moved_by_every_answer() -> None:
    clock, ours = a_clock(HOUR)
    learn(clock, T)
    known = clock.offset

    ours.advance(timedelta(seconds=10))
    learn(clock, T + timedelta(seconds=13))

    assert clock.offset == known


def test_an_answer_that_took_long_says_less() -> None:
    clock, _ = a_clock(timedelta(seconds=40))

    learn(clock, T, timedelta(minutes=1))

    assert clock.offset == NO_TIME


@pytest.mark.parametrize("age", ["1", "60", "?"])
def test_what_was_kept_by_somebody_on_its_way_says_nothing(age: str) -> None:
    clock, _ = a_clock(3 * HOUR)

    for _ in range(2):
        clock.learn(dated(T, age=age), NO_TIME)

    assert (clock.offset, clock.is_doubted) == (NO_TIME, False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "Mon, 40 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 10:00:00 -0000"),
        *("Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -0100"),
        "Mon, 02 Nov 2026 10:00:00 +99999999999999",
    ],
)
def test_a_date_that_cannot_be_read_says_nothing(text: str) -> None:
    assert date_of(text) is None


@given(
    ahead=st.timedeltas(min_value=timedelta(days=-900), max_value=timedelta(days=900)),
    took=st.timedeltas(min_value=NO_TIME, max_value=timedelta(minutes=2)),
    share=st.floats(0, 1),
)
def test_whatever_our_clock_told_what_is_left_is_negligible(
    ahead: timedelta, took: timedelta, share: float
) -> None:
    clock, _ = a_clock(ahead)

    learn(clock, T - share * took, took)

    assert abs(clock.now() - T) <= NEGLIGIBLE + took + SECOND


@pytest.mark.parametrize(
    ("path", "offset"), [("/things", -HOUR), ("https://files.example.com/7", NO_TIME)]
)
async def test_a_session_learns_of_the_platform_and_of_nobody_else(
    path: str, offset: timedelta
) -> None:
    clock, _ = a_clock(HOUR)
    session = HttpSession(
        platform="mail",
        base_url="https://api.example.com",
        budget=Unlimited(),
        headers={},
        dialect=Plain(),
        clock=clock,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, headers=dated(T))),
    )

    for _ in range(2):
        await session.send(Call(operation="read things", method="GET", path=path))

    assert abs(clock.offset - offset) < SECOND
