"""What was declared and serves nothing."""

from __future__ import annotations

import pytest

from connector.config.lint.unused import (
    attributes_without_use,
    dimensions_without_rules,
    dimensions_without_use,
    groups_without_rules,
    results_without_use,
    traits_without_use,
)
from tests.unit.config.lint.looking import found

RULES = "rules: {seen: {event: page.viewed, points: 1, dimension: heat, group: g}}"
DECLARED = f"""\
model:
  dimensions: {{heat: {{}}, fit: {{}}}}
  groups: {{g: {{cap: 9}}}}
  traits: {{orders: {{count: order.placed}}}}
  {RULES}
"""
GRADE = "  grades: {g: {rows: {of: fit, A: 0}, columns: {of: heat, 1: 0}}}\n"
EMAIL = "{email: {platform: crm, template: 1, params: {n: orders}}}"


def test_a_dimension_that_no_rule_feeds_is_found() -> None:
    (told,) = found(dimensions_without_rules, DECLARED)

    assert told == "model.dimensions.fit: no rule gives points to this dimension: it is always 0"


def test_a_dimension_that_no_rule_feeds_stands_at_its_floor() -> None:
    (told,) = found(dimensions_without_rules, DECLARED.replace("fit: {}", "fit: {floor: 5}"))

    assert told.endswith("it is always 5")


def test_dimensions_that_rules_feed_are_not_told_of() -> None:
    assert found(dimensions_without_rules, DECLARED.replace(", fit: {}", "")) == []


def test_a_dimension_that_no_result_looks_at_is_found() -> None:
    (told,) = found(dimensions_without_use, DECLARED + "  scores: {lead: {formula: fit}}\n")

    assert told.startswith("model.dimensions.heat: no score")


@pytest.mark.parametrize(
    "more",
    [
        "  scores: {lead: {}}\n",
        "  scores: {lead: {formula: heat + fit}}\n",
        "  scores: {lead: {formula: fit, population: heat > 3}}\n",
        "  scores: {lead: {formula: fit}}\ntargets: {crm: {attributes: {HEAT: heat}}}\n",
        "  scores: {lead: {formula: fit}}\n" + GRADE,
    ],
    ids=["sum of all", "formula", "population", "target", "grade"],
)
def test_dimensions_that_results_look_at_are_not_told_of(more: str) -> None:
    assert found(dimensions_without_use, DECLARED + more) == []


def test_a_group_that_no_rule_names_is_found() -> None:
    (told,) = found(groups_without_rules, DECLARED.replace(", group: g", ""))

    assert told == "model.groups.g: no rule names this group"


def test_groups_that_rules_name_are_not_told_of() -> None:
    assert found(groups_without_rules, DECLARED) == []


def test_a_trait_that_nothing_uses_is_found() -> None:
    (told,) = found(traits_without_use, DECLARED)

    assert told.startswith("model.traits.orders: no condition")


@pytest.mark.parametrize(
    "more",
    [
        "  scores: {lead: {population: orders > 0}}\n",
        "targets: {crm: {attributes: {ORDERS: orders}}}\n",
        "targets: {crm: {tags: {buyer: orders > 0}}}\n",
        "triggers: {t: {when: orders > 0, do: [{push: {platform: crm}}]}}\n",
        "triggers: {t: {when: score > 0, do: [" + EMAIL + "]}}\n",
    ],
    ids=["population", "target", "tag", "trigger", "parameter"],
)
def test_traits_in_use_are_not_told_of(more: str) -> None:
    assert found(traits_without_use, DECLARED + more) == []


def test_an_attribute_that_nothing_uses_is_found() -> None:
    attributes = "attributes: {age: {type: number, crm: age}}\n"

    (told,) = found(attributes_without_use, attributes + DECLARED)

    assert told.startswith("attributes.age: no condition")


@pytest.mark.parametrize(
    "text",
    [
        "attributes: {mail: {type: email, crm: email}}\n" + DECLARED,
        "attributes: {age: {type: number, crm: age, sync: [crm]}}\n" + DECLARED,
        "attributes: {age: {type: number, crm: age}}\ncontacts: {exclude: age < 18}\n" + DECLARED,
        "attributes: {age: {type: number, crm: age}}\n"
        + DECLARED
        + "triggers: {t: {when: score > 0, do: [{push: {platform: crm}}]}}\n",
        "attributes: {age: {type: number, crm: age}}\n",
        "attributes: {company: {type: text, crm: firm}}\n" + DECLARED,
    ],
    ids=[
        "an address",
        "copied",
        "in a condition",
        "contacts are created",
        "nothing is scored",
        "leads are found by it",
    ],
)
def test_attributes_in_use_are_not_told_of(text: str) -> None:
    assert found(attributes_without_use, text) == []


def test_without_targets_and_triggers_one_is_told_once() -> None:
    (told,) = found(results_without_use, DECLARED + "  scores: {a: {}, b: {}}\n")

    assert told.startswith("model: there are neither targets nor triggers")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("  scores: {a: {}, b: {}}\n", "model.scores.b: no target, trigger or grade uses"),
        (
            "  scores: {a: {}}\n  grades: {g: {rows: {of: a, A: 0}, columns: {of: a, 1: 0}}}\n",
            "model.grades.g: no target or trigger uses",
        ),
    ],
    ids=["score", "grade"],
)
def test_a_result_that_is_written_nowhere_is_found(more: str, told: str) -> None:
    (found_one,) = found(
        results_without_use, DECLARED + more + "targets: {crm: {attributes: {A: a}}}\n"
    )

    assert found_one.startswith(told)


@pytest.mark.parametrize(
    "output",
    [
        "targets: {crm: {attributes: {A: a}}}\n",
        "targets: {crm: {attributes: {A: a_stage}}}\n",
        "targets: {crm: {stage: a_stage}}\n",
        "targets: {crm: {lists: {L: {when: a > 3}}}}\n",
        "triggers: {t: {when: \"a_stage = 'low'\", do: [{push: {platform: crm}}]}}\n",
    ],
    ids=["attribute", "stage", "stage of the platform", "list", "trigger"],
)
def test_results_in_use_are_not_told_of(output: str) -> None:
    scores = "  scores: {a: {stages: [{name: low, from: 0}]}}\n"

    assert found(results_without_use, DECLARED + scores + output) == []
