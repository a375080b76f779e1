"""When a tick has its turns: evenly, each moved a little, none lost or gained by jitter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connector.ports.control import Job, Tick
from connector.runtime.planes.turns import Turns

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPANS = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=90))
INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)


def the_turns(every: timedelta = MINUTE, *, seed: int = 0, **fields: object) -> Turns:
    tick = Tick(job=Job(task="score"), every=every, **fields)  # type: ignore[arg-type]  # the caller names fields
    return Turns(tick=tick, start=AT, random=Random(seed))


def test_an_eager_tick_has_its_first_turn_at_once() -> None:
    assert the_turns(jitter=MINUTE).first() == AT


def test_another_has_its_first_turn_an_interval_later() -> None:
    assert the_turns(is_eager=False).first() == AT + MINUTE


def test_turns_are_an_interval_apart() -> None:
    turns = the_turns()

    assert [turns.after(AT + number * MINUTE) for number in range(3)] == [
        AT + number * MINUTE for number in (1, 2, 3)
    ]


@given(every=SPANS, jitter=SPANS, instant=INSTANTS)
def test_the_next_turn_is_later_whatever_the_clock_says(
    every: timedelta, jitter: timedelta, instant: datetime
) -> None:
    found = the_turns(every, jitter=jitter).after(instant)

    assert instant < found <= instant + every + jitter


@given(seed=st.integers(), turns=st.integers(min_value=1, max_value=200))
def test_jitter_never_adds_up(seed: int, turns: int) -> None:
    jitter = MINUTE / 3
    series = the_turns(jitter=jitter, seed=seed)

    at = series.first()
    for _ in range(turns):
        at = series.after(at)

    assert AT + turns * MINUTE <= at <= AT + turns * MINUTE + jitter


def test_turns_that_are_moved_stay_an_interval_apart() -> None:
    turns = the_turns()

    turns.move(timedelta(seconds=-90))

    assert turns.after(AT) == AT + timedelta(seconds=30)
