"""Processes that share the work are killed, stalled and stopped; the others go on for them."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from tests.integration.replicas.processes import Replica, Replicas, replicas, until
from tests.integration.replicas.replica import EVERY, LANES, PACE

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture
async def several(postgres_url: str) -> AsyncIterator[Replicas]:
    async with replicas(postgres_url) as several:
        yield several


def _all_are_held_once(several: Replicas) -> bool:
    return several.lanes() == list(LANES)


def _assert_no_turn_twice(several: Replicas) -> None:
    times = several.times("begin", "score")
    intervals = (times[-1] - times[0]) / EVERY.total_seconds()
    # The first may be late in its interval, and the last early.
    assert len(times) - 1 <= intervals + 1


async def test_others_take_over_from_one_that_is_killed(several: Replicas) -> None:
    one, two = await several.start("one"), await several.start("two")
    await until(lambda: len(one.lanes) == len(two.lanes) == len(LANES) // 2)
    lost, before = list(one.lanes), len(several.times("begin", "score"))

    await one.end(signal.SIGKILL)

    await until(lambda: two.lanes == list(LANES))
    assert {lane for lane, _ in two.taken()} >= set(lost)
    done = {lane: len(two.times("begin", f"push {lane}")) for lane in lost}
    await until(lambda: all(len(two.times("begin", f"push {it}")) > done[it] for it in lost))
    await until(lambda: len(several.times("begin", "score")) > before + 2)
    # By the same name, as a container that was started again.
    again = await several.start("one")
    await until(lambda: len(again.lanes) == len(two.lanes) == len(LANES) // 2)
    assert _all_are_held_once(several)
    _assert_no_turn_twice(several)


@pytest.mark.chaos
async def test_turns_go_on_however_often_one_is_killed(several: Replicas) -> None:
    alive = [await several.start(name) for name in ("one", "two", "three")]

    for number in range(30):
        place = number % len(alive)
        await alive[place].end(signal.SIGKILL)
        alive[place] = await several.start(f"{number}")

    await until(lambda: _all_are_held_once(several))
    _assert_no_turn_twice(several)
    times = several.times("begin", "score")
    gaps = [later - sooner for sooner, later in pairwise(times)]
    # Of whoever was killed amid its turn, the next one stands for both.
    assert max(gaps) <= (PACE.lease + PACE.sweep + 2 * EVERY).total_seconds()


async def test_one_that_was_stalled_knows_that_its_lanes_are_lost(several: Replicas) -> None:
    one, two = await several.start("one"), await several.start("two")
    await until(lambda: _all_are_held_once(several) and len(one.lanes) == len(two.lanes))

    one.process.send_signal(signal.SIGSTOP)
    await until(lambda: two.lanes == list(LANES))
    told = len(one.said)
    one.process.send_signal(signal.SIGCONT)

    await until(lambda: len(one.said) > told)
    await until(lambda: _all_are_held_once(several) and len(one.lanes) == len(two.lanes))
    assert _first_holding_after(one, told) == []


async def test_one_that_is_asked_to_stop_leaves_nothing_to_wait_for(several: Replicas) -> None:
    one, two = await several.start("one"), await several.start("two")
    await until(lambda: _all_are_held_once(several) and len(one.lanes) == len(two.lanes))

    await one.end(signal.SIGTERM)

    assert one.process.returncode == 0
    assert one.said[-1]["what"] != "begin"
    await until(lambda: two.lanes == list(LANES))


def _first_holding_after(replica: Replica, place: int) -> object:
    """Return which lanes a replica said it had, first behind a place in what it said."""
    held = [each["lanes"] for each in replica.said[place:] if each["what"] == "holds"]
    return held[0]
