"""How often an address failed: within a minute, and in bounded memory."""

from __future__ import annotations

from datetime import timedelta

from connector.web.attempts import Attempts
from tests.builders import T

SECOND = timedelta(seconds=1)


def test_whoever_failed_as_often_as_is_allowed_waits_for_the_rest_of_the_minute() -> None:
    attempts = Attempts(allowed=3)

    for second in range(3):
        attempts.failed("a", T + second * SECOND)

    assert attempts.wait("a", T + 10 * SECOND) == 50 * SECOND
    assert attempts.wait("b", T + 10 * SECOND) is None
    assert attempts.wait("a", T + 60 * SECOND) is None


def test_failures_that_are_far_apart_do_not_add_up() -> None:
    attempts = Attempts(allowed=2)

    attempts.failed("a", T)
    attempts.failed("a", T + 61 * SECOND)

    assert attempts.wait("a", T + 62 * SECOND) is None


def test_a_clock_that_was_set_back_shuts_nobody_out() -> None:
    attempts = Attempts(allowed=1)

    attempts.failed("a", T)
    back = T - timedelta(hours=5)

    assert attempts.wait("a", back) is None
    attempts.failed("a", back)
    assert attempts.wait("a", back + SECOND) == 59 * SECOND


def test_an_address_that_proved_itself_is_allowed_more_for_an_hour() -> None:
    attempts = Attempts(allowed=1, allowed_if_proved=3)
    attempts.proved("a", T)

    attempts.failed("a", T)
    assert attempts.wait("a", T) is None
    attempts.failed("a", T + timedelta(hours=2))

    assert attempts.wait("a", T + timedelta(hours=2)) is not None


def test_however_many_addresses_there_are_only_so_many_are_remembered() -> None:
    attempts = Attempts(allowed=1, most=100)

    for number in range(10_000):
        attempts.failed(f"{number}", T)

    assert len(attempts._records) == 100
    assert attempts.wait("9999", T) is not None
    assert attempts.wait("0", T) is None
