"""In a pull in which nobody changed all others are asked in turns, and nobody is forgotten."""

from __future__ import annotations

import pytest

from adapters.hubspot.turns import AT_MOST, Turns

QUARTER = 15 * 60_000
HOUR = 4 * QUARTER


def asked(turns: Turns, *, passed: int, since: int) -> tuple[bool, bool, int | None]:
    """Return whether deletions and lists are asked in a quiet pull, and how many sources."""
    turns.begin()
    is_for_deletions = turns.is_for_deletions(passed, since)
    return is_for_deletions, turns.is_for_lists(QUARTER), turns.for_events()


@pytest.mark.parametrize(
    ("passed", "since", "expected"),
    [
        (0, QUARTER, (False, True, 1)),
        (2, 3 * QUARTER, (False, True, 1)),
        (3, 3 * QUARTER, (True, False, 1)),
        (1, HOUR, (True, False, 1)),
        (0, HOUR, (False, True, 1)),
        (0, AT_MOST, (True, True, 1)),
    ],
)
def test_deletions_and_lists_share_a_request_and_events_have_the_other(
    passed: int, since: int, expected: tuple[bool, bool, int]
) -> None:
    turns = Turns(has_lists=True, sources=9)

    assert asked(turns, passed=passed, since=since) == expected


def test_where_little_is_used_everybody_is_asked() -> None:
    turns = Turns(has_lists=False, sources=1)

    assert asked(turns, passed=0, since=0) == (True, True, None)


def test_without_lists_two_sources_are_asked() -> None:
    turns = Turns(has_lists=False, sources=9)
    turns.begin()

    assert not turns.is_for_deletions(0, QUARTER)
    assert turns.for_events() == 2


def test_once_somebody_changed_everybody_is_asked() -> None:
    turns = Turns(sources=9)
    turns.begin()
    turns.end()

    assert turns.is_for_deletions(0, 0)
    assert turns.is_for_lists(0)
    assert turns.for_events() is None
