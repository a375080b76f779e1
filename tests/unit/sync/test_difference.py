"""What is left to do between what is desired and what was confirmed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.domain.outbound import NOTHING, Desired, Outbound
from connector.domain.values import Written
from connector.scoring.model import Target, TargetList
from connector.sync.outbox.difference import Difference, difference
from tests.builders import a_desired, a_target, an_expression, an_outbound


def left(row: Outbound, target: Target | None = None) -> Difference:
    return difference(row, target or a_target())


def test_nothing_is_left_when_all_is_confirmed() -> None:
    state = a_desired("Hot", without=("Cold",), score="5", stage="warm")

    assert not left(an_outbound(desired=state, confirmed=state))


def test_what_is_absent_is_not_ours_to_say() -> None:
    row = an_outbound(desired=NOTHING, confirmed=a_desired("Hot", score="5", stage="warm"))

    assert not left(row)


def test_what_differs_is_left() -> None:
    row = an_outbound(
        desired=a_desired("Hot", without=("Cold",), score="7", stage="hot"),
        confirmed=a_desired("Cold", score="5", stage="warm"),
    )

    assert left(row) == Difference(
        attributes={"score": Decimal(7)}, lists={"Hot": True, "Cold": False}, stage="hot"
    )


def test_nobody_is_taken_out_of_a_list_they_were_never_in() -> None:
    assert not left(an_outbound(desired=a_desired(without=("Hot",))))


def test_tags_are_set_and_cleared() -> None:
    row = an_outbound(
        desired=Desired(tags={"vip": True, "old": False, "never": False}),
        confirmed=Desired(tags={"old": True}),
    )

    assert left(row).tags == {"vip": True, "old": False}


def test_an_adopted_list_is_left_alone() -> None:
    row = an_outbound(
        desired=a_desired(without=("Hot",)),
        confirmed=a_desired("Hot"),
        adopted=frozenset({"Hot"}),
    )

    assert not left(row, a_target(lists=(_list("Hot"),)))


def test_an_adopted_list_of_our_own_is_kept_true() -> None:
    row = an_outbound(
        desired=a_desired(without=("Hot",)),
        confirmed=a_desired("Hot"),
        adopted=frozenset({"Hot"}),
    )

    assert left(row, a_target(lists=(_list("Hot", own=True),))).lists == {"Hot": False}


def test_a_field_that_was_never_written_is_not_cleared() -> None:
    assert not left(an_outbound(desired=a_desired(page=None)))


def test_a_field_that_was_written_is_cleared_once() -> None:
    row = an_outbound(desired=a_desired(page=None), confirmed=a_desired(page="/a"))

    assert left(row).attributes == {"page": None}
    assert not left(an_outbound(desired=a_desired(page=None), confirmed=a_desired(page=None)))


@pytest.mark.parametrize(
    ("value", "known", "change_of", "is_worth"),
    [
        ("5", "5", None, False),
        ("5", "5.00", None, True),
        ("5", "6", None, True),
        ("5", "6", 1.0, True),
        ("5", "5.9", 1.0, False),
        ("0.3", "0.2", 0.1, True),
        ("5", None, 1.0, True),
        ("hot", "warm", 1.0, True),
        ("hot", "hot", None, False),
    ],
    ids=[
        "equal",
        "other digits",
        "moved",
        "moved by just enough",
        "moved by too little",
        "moved by just enough in decimals",
        "back from nothing",
        "a text moves whatever its size",
        "an equal text",
    ],
)
def test_a_number_that_moved_too_little_is_not_worth_a_write(
    value: str, known: str | None, change_of: float | None, is_worth: bool
) -> None:
    row = an_outbound(desired=a_desired(x=value), confirmed=a_desired(x=known))

    assert bool(left(row, a_target(change_of=change_of))) is is_worth


@pytest.mark.parametrize(
    ("value", "known"), [(True, Decimal(1)), (Decimal(0), False)], ids=["true", "zero"]
)
def test_values_of_other_types_are_never_equal(value: Written, known: Written) -> None:
    row = an_outbound(
        desired=Desired(attributes={"x": value}), confirmed=Desired(attributes={"x": known})
    )

    assert left(row).attributes == {"x": value}


def _list(name: str, *, own: bool = False) -> TargetList:
    return TargetList(name=name, when=an_expression(), own=own)
