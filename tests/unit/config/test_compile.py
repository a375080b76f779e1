"""Defaults are filled in, and every condition sees exactly its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.domain.values import FieldType
from connector.errors import MappingError
from connector.scoring.model import EventRule, InactiveRule
from tests.builders import a_configuration
from tests.unit.config.fake_adapters import HEAD, read

if TYPE_CHECKING:
    from connector.scoring.model import Model

WORLD = (
    HEAD
    + """\
  crm: {adapter: hubspot}
attributes: {job: {type: text, past: job}}
events: {properties: {price: number}}
"""
)


def model_of(text: str) -> Model:
    return read(WORLD + text).model


def test_without_dimensions_and_scores_there_is_one_of_each() -> None:
    model = model_of("model: {rules: {r: {event: page.viewed, points: 1}}}\n")
    assert list(model.dimensions) == ["engagement"]
    assert model.rules["r"].dimension == "engagement"
    assert model.scores["score"].formula is None
    assert model.scores["score"].digits == 0


def test_a_rule_falls_back_on_the_first_dimension() -> None:
    model = model_of("model: {dimensions: {b: {}, a: {}}, rules: {r: {when: 'TRUE', points: 1}}}\n")
    assert model.rules["r"].dimension == "b"


@pytest.mark.parametrize(
    ("model", "dimension", "rule", "stays"),
    [
        ("", "", "", True),
        ("decay: {half_life: 3d}", "", "", False),
        ("decay: {half_life: 3d}", "decay: none", "", True),
        ("decay: {half_life: 3d}", "decay: none", "decay: {expires: 3d}", False),
        ("decay: {half_life: 3d}", "decay: {linear: 3d}", "decay: none", True),
    ],
    ids=["nothing", "model", "dimension", "rule", "rule says none"],
)
def test_the_nearest_decay_counts(model: str, dimension: str, rule: str, stays: bool) -> None:
    parts = ", ".join(filter(None, ["event: page.viewed", "points: 1", rule]))
    text = f"model:\n  {model or 'timezone: UTC'}\n  dimensions: {{d: {{{dimension}}}}}\n"
    found = model_of(f"{text}  rules: {{r: {{{parts}}}}}\n").rules["r"]
    assert isinstance(found, EventRule)
    assert (found.decay is None) is stays


def test_silence_without_of_is_about_interactions() -> None:
    rule = model_of("model: {rules: {r: {inactive: 3d, points: -1}}}\n").rules["r"]
    assert isinstance(rule, InactiveRule)
    assert rule.match is None


def test_lists_in_conditions_are_collected() -> None:
    model = model_of("model: {}\ntargets: {past: {tags: {x: \"in_list('crm', 'News')\"}}}\n")
    assert model.lists == {("crm", "News")}


def test_declared_properties_are_columns_of_events() -> None:
    model = model_of("model: {rules: {r: {event: order.placed, points: price}}}\n")
    assert model.properties == {"price": FieldType.NUMBER}


def test_digits_are_those_of_the_score_and_two_for_the_rest() -> None:
    model = model_of(
        "model:\n  scores: {s: {round: 3}}\n"
        "  traits: {n: {count: page.viewed}, f: {first: page.viewed}}\n"
        "targets: {past: {attributes: {a: s, b: engagement, c: n, d: f}}}\n"
    )
    attributes = model.targets["past"].attributes
    assert [each.digits for each in attributes] == [3, 2, 2, None]
    assert [each.score for each in attributes] == ["s", None, None, None]


def test_a_field_of_whole_numbers_takes_rounded_ones() -> None:
    text = """
version: 1
platforms: {crm: {adapter: memory}}
model:
  rules: {a: {event: page.viewed, points: 1}}
  scores:
    fine: {formula: engagement, round: 1}
    whole: {formula: engagement}
targets:
  crm:
    attributes:
      points:Fine: fine
      points:Whole: whole
      points:Engagement: engagement
      exact: fine
"""
    whole = {"decimals_of": lambda name: 0 if name.startswith("points:") else None}

    configuration = a_configuration(text, whole)

    attributes = configuration.model.targets["crm"].attributes
    assert [each.digits for each in attributes] == [0, 0, 0, 1]
    assert configuration.warnings == ()


def test_a_tag_that_its_platform_cannot_set_is_refused_with_its_place() -> None:
    text = """
version: 1
platforms: {crm: {adapter: memory}}
model: {rules: {a: {event: page.viewed, points: 1}}}
targets:
  crm:
    tags:
      warm: "score > 1"
      -cold: "score < 1"
"""
    able = {"refuses_tag": lambda tag: "no minus" if tag.startswith("-") else None}

    with pytest.raises(MappingError) as caught:
        a_configuration(text, able)

    (problem,) = caught.value.problems
    assert str(problem) == "mappings/a.yaml:9: targets.crm.tags.-cold: no minus (name another tag)"


def test_a_score_without_stages_has_no_stage() -> None:
    model = model_of("model: {scores: {s: {}}, traits: {s_stage: {count: page.viewed}}}\n")
    assert list(model.traits) == ["s_stage"]


def test_points_in_sql_may_be_a_number_in_quotes() -> None:
    rule = model_of("model: {rules: {r: {event: page.viewed, points: '12'}}}\n").rules["r"]
    assert isinstance(rule, EventRule)
    assert not isinstance(rule.points, float)


RULE = "rules: {r: {event: page.viewed, points: %s}}"

SIGHT = {
    "where sees events": (RULE % "1, where: '%s'", "price > 1", "d > 1"),
    "points see events": (RULE % "'%s'", "price * 2", "n + 1"),
    "a guard sees traits": (RULE % "1, when: '%s'", "n > 1", "d > 1"),
    "when sees no events": ("rules: {r: {points: 1, when: '%s'}}", "n > 1", "amount > 1"),
    "population sees dimensions": ("scores: {s: {population: '%s'}}", "n > d", "price > 1"),
    "a formula sees dimensions": ("scores: {s: {formula: '%s'}}", "d * 2", "n + 1"),
    "a trait sees events": ("traits: {m: {has: page.viewed, where: '%s'}}", "price > 1", "n > 1"),
}


@pytest.mark.parametrize(("place", "seen", "unseen"), SIGHT.values(), ids=SIGHT.keys())
def test_a_condition_sees_its_names_and_no_others(place: str, seen: str, unseen: str) -> None:
    head = "model:\n  dimensions: {d: {}}\n"
    trait = "" if place.startswith("traits") else "  traits: {n: {count: page.viewed}}\n"
    model_of(f"{head}{trait}  {place % seen}\n")
    with pytest.raises(MappingError, match="unknown name"):
        model_of(f"{head}{trait}  {place % unseen}\n")


def test_results_see_everything_but_events() -> None:
    text = (
        "model:\n  traits: {n: {count: page.viewed}}\n"
        "  scores: {s: {stages: [{name: a, from: 0}]}}\n"
        "  grades: {g: {rows: {of: s, A: 1}, columns: {of: engagement, 1: 1}}}\n"
        'targets: {past: {tags: {x: "%s"}}}\n'
    )
    sound = "n > 1 AND s > 1 AND s_stage = 'a' AND g = 'A1' AND engagement > 1 AND job = 'x'"
    model_of(text % sound)
    with pytest.raises(MappingError, match="unknown name"):
        model_of(text % "amount > 1")


def test_contacts_are_left_out_by_attributes_alone() -> None:
    assert model_of("contacts: {exclude: \"job = 'intern'\"}\n").exclude
    with pytest.raises(MappingError, match="unknown name"):
        model_of("model: {}\ncontacts: {exclude: 'score > 1'}\n")


def test_a_condition_that_surprises_is_told_with_its_place() -> None:
    configuration = read(
        WORLD + "model: {rules: {r: {event: page.viewed, points: 'LEAST(amount, 3)'}}}\n"
    )
    (warning,) = configuration.warnings
    assert (warning.path, warning.line) == ("model.rules.r.points", 7)


def test_a_dimension_always_has_a_value_so_nobody_is_warned_of_its_null() -> None:
    scores = "model: {scores: {s: {formula: 'LEAST(engagement / 2, 3)'}}}\n"
    assert read(WORLD + scores).warnings == ()
