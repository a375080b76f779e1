"""What may pass later is tried again, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import (
    AccessRefused,
    LimitUsedUp,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from connector.ports.budget import LONGEST_WAIT
from connector.sync.asking.circuit import LONGEST_REST, LONGEST_WAITS, Circuit
from connector.sync.asking.patience import ATTEMPTS, Patience
from tests.builders import T
from tests.fakes import FakeClock, Shown

WHERE: dict[str, Any] = {"platform": "crm", "operation": "write"}
MOMENT = timedelta(seconds=1)


class Answers:
    """Raises one error after the other, then answers."""

    def __init__(self, *errors: PlatformError) -> None:
        self.errors: Iterator[PlatformError] = iter(errors)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if error := next(self.errors, None):
            raise error
        return "done"


def limited(wait: timedelta | None) -> RateLimited:
    return RateLimited(**WHERE, retry_after=wait)


def patiently(clock: FakeClock) -> Patience:
    return Patience(clock, Circuit("crm", clock))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(T)


async def test_an_answer_is_returned_at_once(clock: FakeClock) -> None:
    assert await patiently(clock)(Answers()) == "done"
    assert clock.waits == []


async def test_what_may_pass_is_tried_again_with_growing_pauses(clock: FakeClock) -> None:
    answers = Answers(*[PlatformUnavailable(**WHERE)] * 4)

    assert await patiently(clock)(answers) == "done"

    assert answers.asked == 5
    assert len(clock.waits) == 4
    assert timedelta(seconds=1) <= clock.waits[0] < clock.waits[3] <= timedelta(seconds=61)


async def test_the_last_error_is_raised_after_the_last_attempt(clock: FakeClock) -> None:
    answers = Answers(*[PlatformUnavailable(**WHERE)] * 9)

    with pytest.raises(PlatformUnavailable):
        await patiently(clock)(answers)

    assert answers.asked == ATTEMPTS


@pytest.mark.parametrize("error", [AccessRefused, RejectedByPlatform, UnexpectedAnswer])
async def test_what_will_not_pass_is_raised_at_once(
    clock: FakeClock, error: type[PlatformError]
) -> None:
    answers = Answers(error(**WHERE))

    with pytest.raises(error):
        await patiently(clock)(answers)

    assert (answers.asked, clock.waits) == (1, [])


async def test_waiting_because_we_were_told_to_is_no_attempt(clock: FakeClock) -> None:
    wait = timedelta(seconds=10)
    answers = Answers(*[limited(wait)] * 20, *[PlatformUnavailable(**WHERE)] * 4)

    assert await patiently(clock)(answers) == "done"

    assert clock.waits[:20] == [wait] * 20
    assert len(clock.waits) == 24


async def test_a_limit_that_says_no_time_is_backed_off_from(clock: FakeClock) -> None:
    answers = Answers(*[limited(None)] * 9)

    with pytest.raises(RateLimited):
        await patiently(clock)(answers)

    assert answers.asked == ATTEMPTS


async def test_a_limit_that_lasts_too_long_is_raised_at_once(clock: FakeClock) -> None:
    answers = Answers(limited(LONGEST_WAIT + timedelta(seconds=1)))

    with pytest.raises(RateLimited):
        await patiently(clock)(answers)

    assert (answers.asked, clock.waits) == (1, [])


@pytest.mark.parametrize("wait", [timedelta(), timedelta(seconds=-5), timedelta(minutes=5)])
async def test_a_platform_that_never_lets_us_through_is_given_up(
    clock: FakeClock, wait: timedelta
) -> None:
    with pytest.raises(RateLimited):
        await patiently(clock)(Answers(*[limited(wait)] * 10_000))

    assert clock.at - T <= LONGEST_WAITS


async def test_what_comes_after_a_call_that_waited_in_vain_asks_but_once(clock: FakeClock) -> None:
    patience = patiently(clock)
    with pytest.raises(RateLimited):
        await patience(Answers(*[limited(MOMENT)] * 10_000))
    waited, next_one = len(clock.waits), Answers(*[limited(MOMENT)] * 10_000)

    with pytest.raises(RateLimited):
        await patience(next_one)

    assert (next_one.asked, len(clock.waits)) == (1, waited)


async def test_waits_are_forgotten_once_somebody_is_let_through(clock: FakeClock) -> None:
    patience = patiently(clock)
    with pytest.raises(RateLimited):
        await patience(Answers(*[limited(MOMENT)] * 10_000))
    await patience(Answers())

    assert await patience(Answers(*[limited(MOMENT)] * 20)) == "done"


async def test_waits_of_long_ago_are_forgotten(clock: FakeClock) -> None:
    patience = patiently(clock)
    with pytest.raises(RateLimited):
        await patience(Answers(*[limited(MOMENT)] * 10_000))
    clock.advance(LONGEST_REST)

    assert await patience(Answers(*[limited(MOMENT)] * 20)) == "done"


async def test_a_limit_that_we_know_to_be_used_up_is_raised_at_once(clock: FakeClock) -> None:
    answers = Answers(LimitUsedUp(**WHERE, retry_after=MOMENT))

    with pytest.raises(LimitUsedUp):
        await patiently(clock)(answers)

    assert (answers.asked, clock.waits) == (1, [])


async def test_waits_are_shown(clock: FakeClock) -> None:
    shown = Shown()
    wait = timedelta(seconds=30)

    await Patience(clock, Circuit("crm", clock), shown)(Answers(*[limited(wait)] * 2))

    assert shown.waits == [("crm", "it asks to wait", wait)] * 2


@pytest.mark.parametrize(
    "error",
    [PlatformUnavailable(**WHERE), limited(MOMENT), limited(timedelta()), limited(None)],
    ids=["down", "wait", "no wait", "some wait"],
)
async def test_who_is_hasty_asks_once_and_waits_for_nothing(error: PlatformError) -> None:
    clock, answers = FakeClock(T), Answers(error)

    with pytest.raises(type(error)):
        await Patience(clock, Circuit("tool", clock), is_hasty=True)(answers)

    assert (answers.asked, clock.waits) == (1, [])
