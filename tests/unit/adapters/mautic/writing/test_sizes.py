"""Batches grow while Mautic answers quickly, and shrink as soon as it does not."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clocks import PlatformClock
from adapters.http import Answer, Call
from adapters.mautic.account import Account
from adapters.mautic.writing.editor import Edit, Editor
from adapters.mautic.writing.sizes import FIRST, MOST, Sizes
from tests.conformance.world import AT
from tests.fakes import FakeClock
from tests.unit.adapters.mautic.writing.canned import Asked, echoed

QUICK, SLOW = timedelta(seconds=1), timedelta(seconds=20)


def test_a_full_batch_that_was_quick_is_followed_by_a_larger_one() -> None:
    sizes = Sizes()

    sizes.took(FIRST, QUICK)

    assert sizes.size > FIRST


def test_what_a_small_batch_took_says_nothing() -> None:
    sizes = Sizes()

    sizes.took(FIRST - 1, QUICK)

    assert sizes.size == FIRST


def test_no_batch_is_larger_than_mautic_takes() -> None:
    sizes = Sizes()

    for _ in range(50):
        sizes.took(sizes.size, QUICK)

    assert sizes.size == MOST


def test_a_slow_or_failing_batch_is_followed_by_half_of_it() -> None:
    slow, failing = Sizes(), Sizes()

    slow.took(FIRST, SLOW)
    failing.failed(FIRST)

    assert slow.size == failing.size == FIRST // 2


@given(st.lists(st.tuples(st.integers(1, MOST), st.sampled_from([QUICK, SLOW, None]))))
def test_there_is_always_a_size_that_can_be_sent(past: list[tuple[int, timedelta | None]]) -> None:
    sizes = Sizes()

    for count, span in past:
        if span is None:
            sizes.failed(count)
        else:
            sizes.took(count, span)

    assert 1 <= sizes.size <= MOST


class Timed:
    """A way to an instance that answers as if each answer had taken so long."""

    def __init__(self, took: timedelta) -> None:
        self.took = took
        self.sizes: list[int] = []

    async def send(self, call: Call) -> Answer:
        self.sizes.append(len(call.body))
        status, body = echoed(Asked(call.method, call.path, call.body))
        return Answer(status=status, headers=httpx.Headers(), body=body, took=self.took)

    def clean(self, text: str) -> str:
        return text

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize(
    ("took", "sizes"), [(QUICK, [50, 50]), (SLOW, [50, 25, 12, 6, 3, 1, 1, 1, 1])]
)
async def test_what_counts_is_how_long_answers_took_and_not_our_own_wait(
    took: timedelta, sizes: list[int]
) -> None:
    session = Timed(took)
    clock = PlatformClock(FakeClock(AT))
    editor = Editor(Account(name="automation", session=session, clock=clock))
    edits = [
        Edit(remote_id=str(number), body={}, is_shown_by=lambda _: True) for number in range(1, 101)
    ]

    await editor.edit("write", edits)

    assert session.sizes == sizes
