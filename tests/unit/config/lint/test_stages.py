"""Stages and grades that nobody ever has, or never loses."""

from __future__ import annotations

import pytest

from connector.config.lint.stages import (
    grades_out_of_order,
    grades_out_of_reach,
    leave_below_without_effect,
    stages_kept_too_long,
    stages_left_out,
    stages_never_left,
    stages_out_of_reach,
)
from tests.unit.config.lint.looking import found

LADDER = "stages: [{name: cold, from: 0}, {name: warm, from: 20}, {name: hot, from: 40}]"

HERE = "a: {event: page.viewed, points: 1, group: g}"


def a_model(rules: str, score: str, more: str = "") -> str:
    return f"model:\n  rules: {{{rules}}}\n  scores: {{lead: {{{score}}}}}\n{more}"


@pytest.mark.parametrize(
    "rules",
    [
        "a: {when: 'TRUE', points: 39}",
        "a: {when: 'TRUE', points: 20}, b: {inactive: 30d, points: 19}",
        "a: {event: page.viewed, points: 9, cap: {points: 39, per: lifetime}}",
        "a: {sequence: [page.viewed, email.opened], points: 39}",
        "a: {count: page.viewed, at_least: 3, points: 39}",
        "a: {event: page.viewed, points: -1}, b: {when: 'TRUE', points: 39}",
        "a: {event: order.placed, points: 'LEAST(amount, 0)'}, b: {when: 'TRUE', points: 39}",
    ],
    ids=["when", "sum", "lifetime cap", "once", "count", "losses", "points in SQL"],
)
def test_a_stage_above_all_points_is_out_of_reach(rules: str) -> None:
    (told,) = found(stages_out_of_reach, a_model(rules, LADDER))

    assert told.startswith("model.scores.lead.stages[2].from: nobody reaches `hot`")


@pytest.mark.parametrize(
    "rules",
    [
        "a: {when: 'TRUE', points: 40}",
        "a: {when: 'TRUE', points: 39.5}",
        "a: {when: 'TRUE', points: 39.7}, b: {when: 'TRUE', points: 0.1}",
        "a: {event: page.viewed, points: 1}",
        "a: {event: page.viewed, points: 1, cap: {points: 1, per: day}}",
        "a: {event: order.placed, points: 'amount - 100'}",
        "a: {sequence: [page.viewed, email.opened], points: 1, award: each}",
        "a: {inactive: 30d, repeat: 1d, points: 1}",
    ],
    ids=["just", "rounded", "sum", "event", "cap a day", "points in SQL", "each", "repeat"],
)
def test_a_stage_that_points_may_add_up_to_is_in_reach(rules: str) -> None:
    assert found(stages_out_of_reach, a_model(rules, LADDER)) == []


@pytest.mark.parametrize(
    ("shape", "is_found"),
    [
        ("dimensions: {d: {cap: 39}}", True),
        ("dimensions: {d: {cap: 40}}", False),
        ("dimensions: {d: {}}", False),
    ],
    ids=["below", "just", "none"],
)
def test_a_cap_of_a_dimension_may_cut_a_stage_off(shape: str, is_found: bool) -> None:
    rules = "a: {event: page.viewed, points: 1}"

    told = found(stages_out_of_reach, a_model(rules, LADDER, f"  {shape}\n"))

    assert bool(told) is is_found


@pytest.mark.parametrize(
    ("formula", "is_found"),
    [
        ("d", False),
        ("d / 2 + 20", False),
        ("LEAST(d, 30)", True),
        ("30 - ABS(d)", True),
        ("ABS(d) - 100", False),
        ("CASE WHEN d > 10 THEN 30 ELSE d / 1e9 END", False),
        ("CASE WHEN d > 10 THEN 30 ELSE 10 END", True),
        ("10 / d", False),
        ("ROUND(LEAST(d, 39.4))", True),
        ("LEAST(d, 20 * 2)", False),
        ("LEAST(d, 13 * 3)", True),
        ("FLOOR(LEAST(d, 39.9))", True),
    ],
)
def test_a_formula_bounds_a_score(formula: str, is_found: bool) -> None:
    rules = "a: {event: page.viewed, points: 1}, b: {event: order.refunded, points: -1}"
    model = a_model(rules, f"formula: '{formula}', {LADDER}", "  dimensions: {d: {}}\n")

    assert bool(found(stages_out_of_reach, model)) is is_found


@pytest.mark.parametrize(
    ("rules", "is_found"),
    [
        (HERE, True),
        (f"{HERE}, b: {{when: 'TRUE', points: 10}}", False),
        (f"{HERE}, b: {{event: email.opened, points: 1, group: g, dimension: e}}", True),
        (f"{HERE}, b: {{event: email.opened, points: -1, group: g, dimension: e}}", False),
    ],
    ids=["group", "group and more", "two dimensions", "points against points elsewhere"],
)
def test_a_group_bounds_what_its_rules_give(rules: str, is_found: bool) -> None:
    more = "  groups: {g: {cap: 30}}\n  dimensions: {d: {}, e: {}}\n"
    model = a_model(rules, f"formula: d, {LADDER}", more)

    assert bool(found(stages_out_of_reach, model)) is is_found


def test_a_stage_below_the_lowest_score_is_left_out() -> None:
    score = "range: [0, 100], stages: [{name: lost, from: -50}, {name: cold, from: 0}]"

    (told,) = found(stages_left_out, a_model("a: {event: page.viewed, points: 1}", score))

    assert "nobody is ever in `lost`" in told


@pytest.mark.parametrize(
    "score",
    [
        "stages: [{name: lost, from: -50}, {name: cold, from: 0}]",
        "range: [-1, 100], stages: [{name: lost, from: -50}, {name: cold, from: 0}]",
        "range: [0, 100], stages: [{name: cold, from: 0}, {name: warm, from: 20}]",
    ],
    ids=["no range", "just below", "the first begins there"],
)
def test_a_stage_that_scores_come_down_to_is_none_left_out(score: str) -> None:
    assert found(stages_left_out, a_model("a: {event: page.viewed, points: -1}", score)) == []


@pytest.mark.parametrize(
    ("leave_below", "is_found"),
    [("leave_below: 0", True), ("leave_below: 1", False), ("from: 20", False)],
)
def test_a_stage_left_below_the_lowest_score_is_never_left(
    leave_below: str, is_found: bool
) -> None:
    warm = (
        f"name: warm, from: 20, {leave_below}" if "leave" in leave_below else "name: warm, from: 20"
    )
    score = f"range: [0, 100], stages: [{{name: cold, from: 0}}, {{{warm}}}]"

    told = found(stages_never_left, a_model("a: {event: page.viewed, points: 1}", score))

    assert bool(told) is is_found


@pytest.mark.parametrize(("leave_below", "is_found"), [(19, True), (20, False), (35, False)])
def test_a_stage_kept_below_where_the_one_before_begins_is_kept_too_long(
    leave_below: int, is_found: bool
) -> None:
    score = LADDER.replace("from: 40", f"from: 40, leave_below: {leave_below}")

    told = found(stages_kept_too_long, a_model("a: {event: page.viewed, points: 1}", score))

    assert bool(told) is is_found


@pytest.mark.parametrize(("direction", "is_found"), [("up_only", True), ("both", False)])
def test_leave_below_has_no_effect_where_stages_only_rise(direction: str, is_found: bool) -> None:
    score = f"direction: {direction}, " + LADDER.replace("from: 40", "from: 40, leave_below: 30")

    told = found(leave_below_without_effect, a_model("a: {event: page.viewed, points: 1}", score))

    assert bool(told) is is_found


def a_grade(rows: str) -> str:
    return (
        "model:\n"
        "  dimensions: {fit: {floor: 0}, heat: {}}\n"
        "  rules:\n"
        "    a: {when: 'TRUE', points: 50}\n"
        "    b: {event: page.viewed, points: 1, dimension: heat}\n"
        f"  grades: {{g: {{rows: {{of: fit, {rows}}}, columns: {{of: heat, 1: 9, 2: 0}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ("A: 75, B: 60, C: 0", "`A` and `B`"),
        ("A: 50, B: 0, C: -10", "`C`"),
    ],
    ids=["too high", "too low"],
)
def test_a_band_where_nothing_comes_is_out_of_reach(rows: str, labels: str) -> None:
    (told,) = found(grades_out_of_reach, a_grade(rows))

    assert told == (
        f"model.grades.g.rows: nobody is ever graded {labels}: by rules `fit` is between 0 and 50"
    )


@pytest.mark.parametrize("rows", ["A: 50, B: 25, C: 0", "A: 25, B: 10", "A: 60"])
def test_bands_that_values_fall_into_are_in_reach(rows: str) -> None:
    assert found(grades_out_of_reach, a_grade(rows)) == []


def test_labels_whose_thresholds_go_up_and_down_are_out_of_order() -> None:
    (told,) = found(grades_out_of_order, a_grade("A: 50, B: 10, C: 25, D: 0"))

    assert "from best to least the labels are `A`, `C`, `B`, `D`" in told


@pytest.mark.parametrize("rows", ["A: 50, B: 25, C: 0", "C: 0, B: 25, A: 50", "A: 1"])
def test_labels_that_only_rise_or_only_fall_are_in_order(rows: str) -> None:
    assert found(grades_out_of_order, a_grade(rows)) == []
