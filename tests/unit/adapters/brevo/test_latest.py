"""A walk is used a second time only where it has all that is asked for, and is of just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.brevo.latest import Latest
from adapters.brevo.walking import Footing, Stretch

MINUTE = 60_000_000
START = Footing()


def row(number: int, *lists: int) -> dict[str, Any]:
    return {"id": number, "listIds": list(lists)}


def stretch(*rows: dict[str, Any], upto: int = 0, is_last: bool = True) -> Stretch:
    """Return rows of a walk that ends at `upto`, or at its last row."""
    footing = Footing(offset=upto or len(rows), last="x")
    return Stretch(rows=rows, footing=footing, is_last=is_last, total=None)


def noted(*stretches: tuple[Footing, Stretch], most: int = 100) -> Latest:
    latest = Latest(most)
    for behind, each in stretches:
        latest.note(100, 5000, behind, each)
    return latest


@pytest.mark.parametrize(
    ("since", "now", "is_covered"),
    [
        (100, 5000, True),
        (101, 5000, True),
        (99, 5000, False),
        (100, 5000 + 10 * MINUTE, True),
        (100, 5001 + 10 * MINUTE, False),
        (100, 4999, False),
    ],
    ids=["the same", "less", "more", "in time", "too late", "before it was asked"],
)
def test_a_walk_covers_what_it_has_for_ten_minutes(
    since: int, now: int, *, is_covered: bool
) -> None:
    latest = noted((START, stretch(row(7, 1))))

    assert (latest.covering(since, now) is not None) == is_covered


def test_a_walk_of_many_answers_is_remembered_whole() -> None:
    first, second = stretch(row(1, 4), row(2), upto=2, is_last=False), stretch(row(3, 4, 5), upto=3)

    glance = noted((START, first), (first.footing, second)).covering(100, 5000)

    assert glance is not None
    assert glance.began == 5000
    assert {contact: set(each) for contact, each in glance.lists.items()} == {
        "1": {"4"},
        "2": set(),
        "3": {"4", "5"},
    }


FIRST = stretch(row(1), upto=1, is_last=False)


@pytest.mark.parametrize(
    "stretches",
    [
        [],
        [(START, FIRST)],
        [(FIRST.footing, stretch(row(2)))],
        [(START, FIRST), (Footing(offset=9, last="y"), stretch(row(2)))],
        [(START, stretch(row(1), row(2), row(3)))],
        [(START, stretch({"id": 1}))],
        [(START, stretch({"id": 1, "listIds": None}))],
    ],
    ids=["none", "unfinished", "headless", "with a gap", "too large", "listless", "odd"],
)
def test_nothing_is_covered_by_half_a_walk(stretches: Sequence[tuple[Footing, Stretch]]) -> None:
    assert noted(*stretches, most=2).covering(100, 5000) is None


def test_a_walk_is_used_once() -> None:
    latest = noted((START, stretch(row(7, 1))))

    assert latest.covering(100, 5000) is not None
    assert latest.covering(100, 5000) is None


def test_a_new_walk_takes_the_place_of_the_one_before() -> None:
    latest = noted((START, stretch(row(7, 1))), (START, stretch(row(8, 1))))

    glance = latest.covering(100, 5000)

    assert glance is not None
    assert set(glance.lists) == {"8"}
