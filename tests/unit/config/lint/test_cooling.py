"""Who says how the points of a rule cool."""

from __future__ import annotations

import pytest

from connector.config.lint.cooling import coolings
from tests.builders import a_configuration
from tests.unit.config.lint.looking import HEAD

OPENED = "event: email.opened, points: 1"


@pytest.mark.parametrize(
    ("model", "dimension", "rule", "told_by"),
    [
        ("decay: {half_life: 9d}", "{decay: {linear: 9d}}", "decay: {expires: 9d}", "rule"),
        ("decay: {half_life: 9d}", "{decay: {linear: 9d}}", "decay: none", "rule"),
        ("decay: {half_life: 9d}", "{decay: none}", "points: 1", "dimension"),
        ("decay: {half_life: 9d}", "{}", "points: 1", "model"),
        ("timezone: UTC", "{}", "points: 1", None),
    ],
    ids=["rule", "none in the rule", "dimension", "model", "nobody"],
)
def test_the_nearest_decay_is_told_with_where_it_is_written(
    model: str, dimension: str, rule: str, told_by: str | None
) -> None:
    points = "" if "points" in rule else ", points: 1"
    rules = f"rules: {{r: {{event: email.opened, {rule}{points}}}}}"
    text = f"model:\n  {model}\n  dimensions: {{d: {dimension}}}\n  {rules}\n"

    assert coolings(a_configuration(HEAD + text))["r"].told_by == told_by


@pytest.mark.parametrize(
    ("rule", "is_standing"),
    [
        (OPENED, False),
        ("sequence: [email.opened, email.clicked], points: 1", False),
        ("count: email.opened, at_least: 3, points: 1, award: once", False),
        ("count: email.opened, at_least: 3, points: 1", True),
        ("inactive: 30d, points: -1", True),
        ("when: 'TRUE', points: 1", True),
    ],
)
def test_points_that_stand_while_something_holds_do_not_cool(rule: str, is_standing: bool) -> None:
    text = f"model: {{decay: {{half_life: 9d}}, rules: {{r: {{{rule}}}}}}}\n"

    assert coolings(a_configuration(HEAD + text))["r"].is_standing is is_standing


def test_without_a_model_there_is_nothing_to_tell() -> None:
    assert coolings(a_configuration(HEAD)) == {}
