"""What failed is tried again by the schedule of its receiver, and then given up."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.waits import LONGEST_REST
from connector.errors import EndpointGone, LeftAlone, LimitUsedUp, PlatformUnavailable, RateLimited
from connector.ports.courier import RETRIES
from connector.sync.asking.retrials import JITTER, Retrials, given_up
from tests.builders import T
from tests.fakes import FakeClock

DOWN = PlatformUnavailable("tool: answered 500", platform="tool", operation="tell")


def retrials(*retries: timedelta) -> Retrials:
    return Retrials(retries=retries or RETRIES, clock=FakeClock(T))


@given(st.integers(0, len(RETRIES) - 1), st.text())
def test_each_wait_is_that_of_the_schedule_and_a_little_more(attempts: int, key: str) -> None:
    retrial = retrials().after(DOWN, attempts, key)

    assert retrial is not None
    assert retrial.not_before is not None
    wait = retrial.not_before - T
    assert RETRIES[attempts] <= wait <= RETRIES[attempts] * (1 + JITTER)
    assert retrial.attempts == attempts + 1


def test_after_the_last_it_is_given_up() -> None:
    retrial = retrials().after(DOWN, len(RETRIES), "k")

    assert retrial is not None
    assert retrial.is_over
    assert given_up(DOWN, retrial) == "tool: answered 500; given up after 8 attempts"


def test_who_asks_for_more_time_gets_it_and_less_is_no_hurry() -> None:
    for asked, wait in ((timedelta(hours=3), timedelta(hours=3)), (timedelta(0), RETRIES[1])):
        limit = RateLimited("wait", platform="tool", operation="tell", retry_after=asked)

        retrial = retrials().after(limit, 1, "")

        assert retrial is not None
        assert retrial.not_before is not None
        assert wait <= retrial.not_before - T <= wait * (1 + JITTER)


def test_who_asks_for_more_than_anything_rests_is_asked_again_by_then() -> None:
    limit = RateLimited("wait", platform="tool", operation="tell", retry_after=2 * LONGEST_REST)

    retrial = retrials().after(limit, 1, "")

    assert retrial is not None
    assert retrial.not_before == T + LONGEST_REST


def test_what_was_not_sent_was_not_attempted() -> None:
    for kind in (LeftAlone, LimitUsedUp):
        error = kind("rests", platform="tool", operation="any")
        assert retrials().after(error, 0, "k") is None


def test_without_a_schedule_every_later_run_tries_again() -> None:
    assert Retrials(retries=(), clock=FakeClock(T)).after(DOWN, 3, "k") is None


def test_an_address_that_is_gone_is_given_up_at_once() -> None:
    gone = EndpointGone("tool: answered 410", platform="tool", operation="tell")

    retrial = retrials().after(gone, 0, "k")

    assert retrial is not None
    assert retrial.is_over
    assert given_up(gone, retrial) == "tool: answered 410"
