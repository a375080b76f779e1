"""An answer is used a second time only where it has all that is asked for, and is of just now."""

from __future__ import annotations

import pytest

from adapters.brevo.latest import Glance, Latest

MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("since", "now", "is_covered"),
    [
        (100, 5000, True),
        (101, 5000, True),
        (99, 5000, False),
        (100, 5000 + MINUTE, True),
        (100, 5001 + MINUTE, False),
        (100, 4999, False),
    ],
    ids=["the same", "less", "more", "in time", "too late", "before it was asked"],
)
def test_an_answer_covers_what_it_has_for_a_minute(
    since: int, now: int, *, is_covered: bool
) -> None:
    glance = Glance(since=100, began=5000, rows=())
    latest = Latest()
    latest.keep(glance)

    assert latest.covering(since, now) == (glance if is_covered else None)


def test_without_an_answer_nothing_is_covered() -> None:
    assert Latest().covering(0, 0) is None
