"""Batches grow while Mautic answers quickly, and shrink as soon as it does not."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.mautic.writing.sizes import FIRST, MOST, Sizes

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
