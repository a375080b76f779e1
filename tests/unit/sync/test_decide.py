"""From results of the engine to the rows of one platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from connector.domain.changes import Addressee
from connector.domain.frames import (
    CONTACT,
    IS_EXCLUDED,
    target_list_column,
    target_tag_column,
)
from connector.domain.outbound import DeliveryState, Desired, Outbound
from connector.domain.values import FieldType
from connector.scoring.model import (
    Matcher,
    Model,
    Score,
    Target,
    TargetAttribute,
    TargetList,
    Trait,
)
from connector.sync.deciding.decide import Decided, decide
from tests.builders import T, a_desired, a_model, a_target, an_expression, an_outbound

CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD

ANY = Matcher(pattern="*")
MODEL = a_model(
    scores={"heat": Score(name="heat", formula=None)},
    traits={
        "page": Trait(name="page", measure="last", match=ANY, type=FieldType.TEXT),
        "spent": Trait(name="spent", measure="sum", match=ANY, type=FieldType.NUMBER),
        "visits": Trait(name="visits", measure="count", match=ANY, type=FieldType.NUMBER),
    },
)
HEAT = TargetAttribute(field="SCORE", source="heat", type=FieldType.NUMBER, digits=0, score="heat")
STAGE = TargetAttribute(field="STAGE", source="heat_stage", type=FieldType.TEXT, score="heat")
PAGE = TargetAttribute(field="PAGE", source="page", type=FieldType.TEXT)
SPENT = TargetAttribute(field="SPENT", source="spent", type=FieldType.NUMBER, digits=2)
VISITS = TargetAttribute(field="VISITS", source="visits", type=FieldType.NUMBER, digits=2)
WORDS = TargetAttribute(
    field="LIFECYCLE", source="heat_stage", type=FieldType.TEXT, map={"hot": "sql"}
)
TO = {1: Addressee(remote_id="r1", email="a@x.org")}


def result(contact: int = 1, *, excluded: bool = False, **values: Any) -> pl.DataFrame:  # noqa: ANN401 - any result
    given = {
        "heat": 5.0,
        "heat_stage": "warm",
        "page": "/a",
        "spent": 1.5,
        "visits": 3,
        target_list_column("crm", "Hot"): False,
        target_tag_column("crm", "vip"): False,
        **values,
    }
    types = {"heat": pl.Float64, "heat_stage": pl.String, "page": pl.String, "spent": pl.Float64}
    return pl.DataFrame(
        {CONTACT: [contact], IS_EXCLUDED: [excluded], **{k: [v] for k, v in given.items()}},
        schema_overrides=types,
    )


def decided(
    target: Target,
    results: pl.DataFrame,
    *,
    before: Outbound | None = None,
    to: Mapping[int, Addressee] = TO,
    model: Model = MODEL,
) -> Decided:
    standing = {} if before is None else {before.contact: before}
    return decide(target, model, results, addressees=to, standing=standing, at=T)


def row_of(
    target: Target,
    results: pl.DataFrame,
    before: Outbound | None = None,
    to: Mapping[int, Addressee] = TO,
) -> Outbound:
    rows = decided(target, results, before=before, to=to).rows
    assert len(rows) == 1
    return rows[0]


def a_list(name: str = "Hot", **fields: Any) -> TargetList:  # noqa: ANN401 - any field
    return TargetList(name=name, when=an_expression(), **fields)


def listed(*, is_in: bool, name: str = "Hot") -> pl.DataFrame:
    return result(**{target_list_column("crm", name): is_in})


def test_a_first_decision_is_pending() -> None:
    row = row_of(a_target(attributes=(HEAT, STAGE)), result())

    assert row.desired == a_desired(SCORE="5", STAGE="warm")
    assert (row.state, row.revision, row.remote_id) == (PENDING, 1, "r1")
    assert (row.email, row.decided_at) == ("a@x.org", T)


def test_contacts_without_a_record_there_are_left_out() -> None:
    assert decided(a_target(attributes=(HEAT,)), result(), to={}).rows == []


def test_a_decision_that_is_confirmed_already_changes_no_row() -> None:
    state = a_desired(SCORE="5")
    before = an_outbound(desired=state, confirmed=state, state=CLEAN, email="a@x.org")

    outcome = decided(a_target(attributes=(HEAT,)), result(), before=before)

    assert outcome.rows == []
    assert outcome.unchanged == 1


def test_a_newer_decision_replaces_an_undelivered_older_one() -> None:
    before = an_outbound(
        desired=a_desired(SCORE="9"),
        attempts=3,
        last_error="no",
        not_before=T + timedelta(hours=1),
    )

    row = row_of(a_target(attributes=(HEAT,)), result(), before)

    assert row.desired == a_desired(SCORE="5")
    assert (row.revision, row.attempts, row.last_error, row.not_before) == (2, 0, None, None)
    assert row.state is PENDING


def test_a_dead_row_stays_dead_until_its_desire_changes() -> None:
    before = an_outbound(desired=a_desired(SCORE="5"), state=DEAD, email="a@x.org")

    assert decided(a_target(attributes=(HEAT,)), result(), before=before).rows == []
    assert row_of(a_target(attributes=(HEAT,)), result(heat=6.0), before).state is PENDING


def test_outside_the_population_nothing_is_written_and_what_was_written_stays() -> None:
    state = a_desired(SCORE="5", STAGE="warm")
    before = an_outbound(desired=state, confirmed=state, state=CLEAN)

    row = row_of(a_target(attributes=(HEAT, STAGE)), result(heat=None, heat_stage=None), before)

    assert (row.desired, row.confirmed, row.state) == (Desired(), state, CLEAN)


def test_an_excluded_contact_is_left_as_it_is() -> None:
    state = a_desired("Hot", SCORE="9")
    before = an_outbound(desired=state, confirmed=state, state=CLEAN)
    target = a_target(attributes=(HEAT,), lists=(a_list(),))

    assert decided(target, result(excluded=True), before=before).rows == []


def test_what_was_not_delivered_yet_is_called_off_for_an_excluded_contact() -> None:
    before = an_outbound(desired=a_desired(SCORE="9"), confirmed=a_desired(SCORE="1"))

    row = row_of(a_target(attributes=(HEAT,)), result(excluded=True), before)

    assert (row.state, row.desired) == (CLEAN, a_desired(SCORE="1"))
    assert row.revision == before.revision + 1


def test_a_trait_that_is_null_clears_its_field() -> None:
    row = row_of(a_target(attributes=(PAGE,)), result(page=None))

    assert row.desired.attributes == {"PAGE": None}


def test_a_map_writes_its_words_and_nothing_for_others() -> None:
    target = a_target(attributes=(WORDS,))

    assert row_of(target, result(heat_stage="hot")).desired.attributes == {"LIFECYCLE": "sql"}
    assert decided(target, result(heat_stage="warm")).rows == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.005, "1.01"), (2.0, "2.00"), (-0.001, "0.00"), (1e15, "1000000000000000.00")],
    ids=["half", "whole", "no minus zero", "no exponent"],
)
def test_numeric_traits_have_two_decimals(value: float, text: str) -> None:
    written = row_of(a_target(attributes=(SPENT,)), result(spent=value)).desired.attributes

    assert str(written["SPENT"]) == text


def test_a_trait_that_counts_is_written_with_its_digits_too() -> None:
    written = row_of(a_target(attributes=(VISITS,)), result()).desired.attributes

    assert str(written["VISITS"]) == "3.00"


@pytest.mark.parametrize(
    ("value", "exact", "whole"),
    [(8.5, "8.5", "9"), (9.5, "9.5", "10"), (-0.4, "-0.4", "0"), (7.0, "7.0", "7")],
)
def test_a_field_of_whole_numbers_shows_a_score_rounded(
    value: float, exact: str, whole: str
) -> None:
    model = replace(MODEL, scores={"heat": Score(name="heat", formula=None, digits=1)})
    points = replace(HEAT, field="points:Heat")
    target = a_target(attributes=(points, replace(HEAT, digits=1)))

    (row,) = decided(target, result(heat=value), model=model).rows

    written = row.desired.attributes
    assert {name: str(each) for name, each in written.items()} == {
        "points:Heat": whole,
        "SCORE": exact,
    }


def test_a_trait_is_rounded_once_for_each_field() -> None:
    points = replace(SPENT, field="points:Spent", digits=0)

    row = row_of(a_target(attributes=(SPENT, points)), result(spent=0.496))

    assert {name: str(each) for name, each in row.desired.attributes.items()} == {
        "SPENT": "0.50",
        "points:Spent": "0",
    }


def test_a_score_has_exactly_its_digits() -> None:
    target = a_target(attributes=(replace(HEAT, digits=2),))

    assert str(row_of(target, result(heat=7.5)).desired.attributes["SCORE"]) == "7.50"
    assert row_of(target, result()).desired.attributes["SCORE"] == Decimal(5)


def test_more_digits_are_worth_a_write() -> None:
    before = an_outbound(desired=a_desired(SCORE="5"), confirmed=a_desired(SCORE="5"), state=CLEAN)

    row = row_of(a_target(attributes=(replace(HEAT, digits=1),)), result(), before)

    assert row.state is PENDING


def test_a_small_move_is_desired_and_not_worth_a_write() -> None:
    before = an_outbound(desired=a_desired(SCORE="3"), confirmed=a_desired(SCORE="3"), state=CLEAN)

    row = row_of(a_target(attributes=(HEAT,), change_of=3), result(), before)

    assert (row.state, row.desired) == (CLEAN, a_desired(SCORE="5"))


def test_small_moves_add_up_to_one_worth_a_write() -> None:
    before = an_outbound(desired=a_desired(SCORE="4"), confirmed=a_desired(SCORE="2"), state=CLEAN)

    assert row_of(a_target(attributes=(HEAT,), change_of=3), result(), before).state is PENDING


def test_a_member_whose_condition_ended_is_taken_out() -> None:
    before = an_outbound(desired=a_desired("Hot"), confirmed=a_desired("Hot"), state=CLEAN)

    row = row_of(a_target(lists=(a_list(),)), listed(is_in=False), before)

    assert (row.desired.lists, row.state) == ({"Hot": False}, PENDING)


def test_who_was_never_a_member_has_no_row() -> None:
    assert decided(a_target(lists=(a_list(),)), listed(is_in=False)).rows == []


def test_whose_membership_was_never_delivered_is_not_taken_out() -> None:
    before = an_outbound(desired=a_desired("Hot"))

    assert row_of(a_target(lists=(a_list(),)), listed(is_in=False), before).state is CLEAN


def test_a_kept_member_stays() -> None:
    before = an_outbound(desired=a_desired("Hot"), confirmed=a_desired("Hot"), state=CLEAN)
    target = a_target(lists=(a_list(keep=True),))

    assert decided(target, listed(is_in=False), before=replace(before, email="a@x.org")).rows == []


def test_a_member_of_a_list_that_is_kept_by_now_stays() -> None:
    before = an_outbound(
        desired=a_desired(without=("Hot",)), confirmed=a_desired("Hot"), state=PENDING
    )

    row = row_of(a_target(lists=(a_list(keep=True),)), listed(is_in=False), before)

    assert (row.desired.lists, row.state) == ({"Hot": True}, CLEAN)


def test_a_member_of_a_list_that_is_not_kept_any_more_is_taken_out() -> None:
    before = an_outbound(desired=a_desired("Hot"), confirmed=a_desired("Hot"), state=CLEAN)

    row = row_of(a_target(lists=(a_list(keep=False),)), listed(is_in=False), before)

    assert (row.desired.lists, row.state) == ({"Hot": False}, PENDING)


def test_a_kept_member_stays_under_another_record() -> None:
    before = an_outbound(
        desired=a_desired("Hot"), confirmed=a_desired("Hot"), state=CLEAN, remote_id="r9"
    )

    row = row_of(a_target(lists=(a_list(keep=True),)), listed(is_in=False), before)

    assert (row.remote_id, row.desired.lists, row.state) == ("r1", {"Hot": True}, PENDING)


def test_another_record_starts_from_nothing() -> None:
    before = an_outbound(
        desired=a_desired(SCORE="5"),
        confirmed=a_desired(SCORE="5"),
        adopted=frozenset({"Hot"}),
        state=DEAD,
        remote_id="r9",
        revision=4,
    )

    row = row_of(a_target(attributes=(HEAT,)), result(), before)

    assert (row.remote_id, row.confirmed, row.adopted) == ("r1", Desired(), frozenset())
    assert (row.state, row.revision) == (PENDING, 5)


def test_a_list_that_the_configuration_names_no_more_is_left_alone() -> None:
    before = an_outbound(
        desired=a_desired("Old", "Hot"), confirmed=a_desired("Old", "Hot"), state=CLEAN
    )

    row = row_of(a_target(lists=(a_list(),)), listed(is_in=True), before)

    assert (row.desired.lists, row.state) == ({"Hot": True}, CLEAN)


def test_a_list_that_is_named_again_is_kept_true_again() -> None:
    before = an_outbound(desired=Desired(), confirmed=a_desired("Hot"), state=CLEAN)

    row = row_of(a_target(lists=(a_list(),)), listed(is_in=False), before)

    assert (row.desired.lists, row.state) == ({"Hot": False}, PENDING)


def test_a_field_that_the_configuration_names_no_more_is_left_alone() -> None:
    state = a_desired(SCORE="5", STAGE="warm")
    before = an_outbound(desired=state, confirmed=state, state=CLEAN)

    row = row_of(a_target(attributes=(HEAT,)), result(), before)

    assert (row.desired, row.state) == (a_desired(SCORE="5"), CLEAN)


def test_tags_follow_their_condition_and_those_no_more_named_are_left_alone() -> None:
    before = an_outbound(
        desired=Desired(tags={"vip": True, "old": True}),
        confirmed=Desired(tags={"vip": True, "old": True}),
        state=CLEAN,
    )

    row = row_of(a_target(tags={"vip": an_expression()}), result(), before)

    assert row.desired.tags == {"vip": False}


def test_a_tag_is_set() -> None:
    target = a_target(tags={"vip": an_expression()})

    row = row_of(target, result(**{target_tag_column("crm", "vip"): True}))

    assert row.desired.tags == {"vip": True}


def test_the_platforms_own_stage_follows_the_score() -> None:
    assert row_of(a_target(stage="heat"), result()).desired.stage == "warm"


def test_a_new_address_is_passed_on() -> None:
    state = a_desired(SCORE="5")
    before = an_outbound(desired=state, confirmed=state, state=CLEAN, email="old@x.org")

    row = row_of(a_target(attributes=(HEAT,)), result(), before)

    assert (row.email, row.state) == ("a@x.org", CLEAN)


def test_one_result_may_go_to_several_fields() -> None:
    target = a_target(attributes=(HEAT, replace(HEAT, field="COPY"), STAGE, WORDS))

    row = row_of(target, result(heat_stage="hot"))

    assert row.desired == a_desired(SCORE="5", COPY="5", STAGE="hot", LIFECYCLE="sql")
