"""Of a batch, whoever may be taken soon is tried again in the same run, and nobody else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.errors import (
    AccessRefused,
    LeftAlone,
    LimitUsedUp,
    NotSetUp,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from connector.sync.asking.circuit import Circuit
from connector.sync.asking.patience import ATTEMPTS, Patience
from connector.sync.pushing.insisting import insist
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.sync.pushing import Writer, pushed, seeded, states

WHERE: dict[str, Any] = {"platform": "crm", "operation": "write"}
DOWN = PlatformUnavailable("down", **WHERE)
WAIT = timedelta(seconds=7)

Errors = Mapping[str, PlatformError]


@dataclass
class Crm:
    """Answers one time after the other with errors for some, or with one for the whole batch."""

    turns: Sequence[Errors | PlatformError]
    is_unchanged: bool = False
    asked: list[str] = field(default_factory=list)
    clock: FakeClock = field(default_factory=lambda: FakeClock(T))

    def __post_init__(self) -> None:
        self.circuit = Circuit("crm", self.clock)

    async def write(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        ids = [each.to.remote_id for each in changes]
        turn = self.turns[min(len(self.asked), len(self.turns) - 1)]
        self.asked.append("".join(ids))
        if isinstance(turn, PlatformError):
            raise turn
        return [
            Outcome(error=turn.get(each), is_unchanged=self.is_unchanged and each not in turn)
            for each in ids
        ]

    async def written(self, ids: str = "abc") -> dict[str, Outcome]:
        """Write to each of these; return what became of them."""
        batch = [
            AttributeChange(to=Addressee(remote_id=each, email=None), values={"S": Decimal(1)})
            for each in ids
        ]
        outcomes = await insist(Patience(self.clock, self.circuit), self.write, batch)
        return dict(zip(ids, outcomes, strict=True))


def errors(outcomes: Mapping[str, Outcome]) -> dict[str, type[PlatformError]]:
    return {each: type(found.error) for each, found in outcomes.items() if found.error}


async def test_a_batch_that_is_taken_is_sent_once() -> None:
    crm = Crm([{}])

    assert errors(await crm.written()) == {}

    assert (crm.asked, crm.clock.waits) == (["abc"], [])


async def test_whoever_may_be_taken_soon_is_tried_again_without_the_others() -> None:
    crm = Crm([{"a": DOWN, "c": DOWN}, {"c": DOWN}, {}])

    assert errors(await crm.written()) == {}

    assert crm.asked == ["abc", "ac", "c"]
    assert len(crm.clock.waits) == 2
    assert crm.clock.waits[0] < crm.clock.waits[1]


async def test_a_wait_that_is_asked_for_is_kept_and_is_no_attempt() -> None:
    limited = RateLimited(**WHERE, retry_after=WAIT)
    crm = Crm([*[{"a": DOWN, "b": limited}] * 2 * ATTEMPTS, {}])

    assert errors(await crm.written()) == {}

    assert crm.clock.waits == [WAIT] * 2 * ATTEMPTS


async def test_whoever_is_not_taken_in_five_attempts_waits_for_the_next_run() -> None:
    crm = Crm([{"b": DOWN}])

    assert errors(await crm.written()) == {"b": PlatformUnavailable}

    assert crm.asked == ["abc", *["b"] * (ATTEMPTS - 1)]


@pytest.mark.parametrize(
    "error",
    [
        RejectedByPlatform(**WHERE),
        NotSetUp(**WHERE),
        UnexpectedAnswer(**WHERE),
        AccessRefused(**WHERE),
        LeftAlone(**WHERE),
        LimitUsedUp(**WHERE, retry_after=WAIT),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_will_not_pass_soon_is_not_tried_again(error: PlatformError) -> None:
    crm = Crm([{"b": error}])

    assert errors(await crm.written()) == {"b": type(error)}

    assert crm.asked == ["abc"]


async def test_a_batch_that_is_never_answered_raises_as_one_call_does() -> None:
    crm = Crm([DOWN])

    with pytest.raises(PlatformUnavailable):
        await crm.written()

    assert crm.asked == ["abc"] * ATTEMPTS


async def test_what_ends_it_is_said_of_those_who_are_left_alone() -> None:
    crm = Crm([{"b": DOWN}, AccessRefused(**WHERE)])

    assert errors(await crm.written()) == {"b": AccessRefused}


async def test_whoever_is_left_is_not_rejected_because_those_left_were_refused_together() -> None:
    crm = Crm([{"b": DOWN, "c": DOWN}, RejectedByPlatform(**WHERE)])

    assert errors(await crm.written()) == {"b": PlatformUnavailable, "c": PlatformUnavailable}


async def test_what_a_second_attempt_finds_done_may_have_been_done_by_the_first() -> None:
    crm = Crm([{"b": DOWN}, {}], is_unchanged=True)

    outcomes = await crm.written()

    assert {each: found.is_unchanged for each, found in outcomes.items()} == {
        "a": True,
        "b": None,
        "c": True,
    }


async def test_a_limit_says_that_nothing_was_done() -> None:
    limited = RateLimited(**WHERE, retry_after=WAIT)
    crm = Crm([limited, {"b": limited}, {}], is_unchanged=True)

    assert all(each.is_unchanged for each in (await crm.written()).values())


async def test_a_platform_that_takes_nobody_is_left_alone() -> None:
    lists = PlatformUnavailable(platform="crm", operation="write lists")
    crm = Crm([{"a": DOWN}, {"a": lists}, {"a": DOWN}])

    await crm.written("a")

    assert crm.circuit.left_alone() is not None


async def test_a_platform_that_takes_some_works() -> None:
    lists = PlatformUnavailable(platform="crm", operation="write lists")
    turns = [
        dict.fromkeys("abcdefg"[:number], (DOWN, lists)[number % 2]) for number in (6, 5, 4, 3)
    ]
    crm = Crm(turns)

    await crm.written("abcdefg")

    assert crm.circuit.left_alone() is None


async def test_a_push_delivers_what_met_a_passing_error() -> None:
    world, people = await seeded(3)
    met: list[str] = []

    class Passing(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            outcomes = list(await super().write_attributes(changes))
            if not met:
                met.append(changes[0].to.remote_id)
                outcomes[0] = Outcome(error=DOWN)
            return outcomes

    writer = Passing(world)

    done = await pushed(world)

    assert (done.delivered, done.failed, done.calls) == (3, 0, 2)
    assert writer.batches == [3, 1]
    assert await states(world) == [DeliveryState.CLEAN] * len(people)


@pytest.mark.parametrize(
    "closed",
    [
        AccessRefused("refused", platform="crm", operation="write", status=401),
        LimitUsedUp("used up", platform="crm", operation="write"),
    ],
)
async def test_a_platform_that_lets_us_no_more_amid_a_batch_is_told(closed: PlatformError) -> None:
    world, _ = await seeded(2)
    met: list[str] = []

    class Closing(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            if met:
                raise closed
            outcomes = list(await super().write_attributes(changes))
            met.append(changes[0].to.remote_id)
            return [*outcomes[:-1], Outcome(error=DOWN)]

    Closing(world)

    done = await pushed(world)

    assert [type(each) for each in done.errors] == [type(closed)]
    assert (done.delivered, done.failed) == (1, 1)


async def test_calls_that_were_never_sent_are_not_counted() -> None:
    world, _ = await seeded(2)

    class UsedUp(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            raise LimitUsedUp("used up", platform="crm", operation="write")

    UsedUp(world)

    assert (await pushed(world)).calls == 0
