"""What is wrong in a file is told with its line, and with what to write instead."""

from __future__ import annotations

import pytest

from connector.errors import MappingError, Problem
from tests.unit.config.fake_adapters import HEAD, read
from tests.unit.config.mistakes import CASES, MODEL

TEN_MISTAKES = """\
version: 1
platforms:
  mail: {adapter: brevoo}
  past: {adapter: files, path: ./data, budgt: 10%}
attributes:
  email: {type: email, past: email}
  age: {type: numbr, past: AGE}
model:
  dimensions:
    engagement: {floor: 10, cap: -10}
  rules:
    opened: {event: email.opend, points: 1}
    asked:
      event: form.submitted
      points: "twenty * 2"
    fading: {event: page.viewed, points: 1, halflife: 30d}
  scores:
    lead:
      formula: engagement
      stages:
        - {name: warm, from: 20}
        - {name: hot, from: 20}
targets:
  past:
    attributes: {heat: leed}
    stage: lead_stage
"""

MISTAKES_OF_ONE_SCORE = """\
  scores:
    lead:
      formula: engagement + fut
      round: 10
      range: [100, 0]
      colour: red
      stages:
        - {name: warm, from: 20}
        - {name: hot, from: 10}
targets:
  past:
    attributes: {heat: lead, HEAT_STAGE: lead_stage}
"""


def problems_of(text: str, *more: str) -> tuple[Problem, ...]:
    with pytest.raises(MappingError) as caught:
        read(text, *more)
    return caught.value.problems


def test_mistakes_of_one_score_are_told_together() -> None:
    paths = {each.path for each in problems_of(MODEL + MISTAKES_OF_ONE_SCORE)}
    assert paths == {
        "model.scores.lead.formula",
        "model.scores.lead.round",
        "model.scores.lead.range",
        "model.scores.lead.colour",
        "model.scores.lead.stages[1].from",
    }


@pytest.mark.parametrize("stages", ["stages: [{name: warm, form: 20}]", "stagse: []", "stages: 3"])
def test_nobody_is_blamed_for_using_stages_that_are_wrong(stages: str) -> None:
    users = (
        "targets: {past: {attributes: {x: s_stage}, "
        "lists: {L: {when: \"s_stage = 'warm' AND s > 1\"}}}, crm: {stage: s_stage}}\n"
    )
    crm = "  crm: {adapter: mautic, url: 'https://m'}\n"
    model = f"{HEAD}{crm}model:\n  scores: {{s: {{{stages}}}}}\n"
    problems = problems_of(model + users)
    assert all((each.path or "").startswith("model.scores.s.") for each in problems)


def test_ten_different_mistakes_are_ten_problems_with_the_right_lines() -> None:
    problems = problems_of(TEN_MISTAKES)
    assert [(each.line, each.path) for each in problems] == [
        (3, "platforms.mail.adapter"),
        (4, "platforms.past.budgt"),
        (7, "attributes.age.type"),
        (10, "model.dimensions.engagement.floor"),
        (12, "model.rules.opened.event"),
        (15, "model.rules.asked.points"),
        (16, "model.rules.fading.halflife"),
        (22, "model.scores.lead.stages[1].from"),
        (25, "targets.past.attributes.heat"),
        (26, "targets.past.stage"),
    ]
    assert {each.file for each in problems} == {"mappings/a.yaml"}


@pytest.mark.parametrize(("text", "message", "hint"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_told_with_its_remedy(text: str, message: str, hint: str | None) -> None:
    problems = problems_of(text)
    assert len(problems) == 1, problems
    assert message in problems[0].message
    assert hint is None or hint in (problems[0].hint or "")
    assert problems[0].line


@pytest.mark.parametrize(
    ("key", "value"),
    [("tags", "{x: 's > 1'}"), ("stage", "s_stage")],
)
def test_what_a_platform_cannot_take_is_refused_with_what_it_can(key: str, value: str) -> None:
    text = (
        "version: 1\nplatforms: {mail: {adapter: brevo}}\n"
        "model: {scores: {s: {stages: [{name: a, from: 0}]}}}\n"
        f"targets: {{mail: {{{key}: {value}}}}}\n"
    )
    (problem,) = problems_of(text)
    assert problem.message == f"Brevo cannot be written {key}"
    assert problem.hint == "it takes attributes and lists"


def test_a_condition_in_a_block_is_blamed_on_its_own_line() -> None:
    text = MODEL + (
        "  rules:\n    r:\n      event: page.viewed\n      points: 1\n      where: |\n"
        "        kind = 'a'\n        AND\n        foo = 3\n"
    )
    (problem,) = problems_of(text)
    assert problem.line == text.splitlines().index("        foo = 3") + 1


def test_what_uses_a_broken_name_is_not_blamed_as_well() -> None:
    text = MODEL + (
        "  traits: {orders: {cuont: order.placed}}\n"
        "  rules: {r: {when: 'orders > 3', points: 1}}\n"
        "targets: {past: {attributes: {x: orders}}}\n"
    )
    assert [each.path for each in problems_of(text)] == ["model.traits.orders.cuont"]


def test_a_section_that_cannot_be_read_blames_nothing_else() -> None:
    text = HEAD + "model: 5\ntargets: {past: {attributes: {x: score}}}\n"
    assert [each.path for each in problems_of(text)] == ["model"]


def test_of_the_catalogue_the_right_entry_is_blamed() -> None:
    text = HEAD + "content:\n  - {match: 5}\n  - {match: 'is_machine'}\n  - {match: 'nope'}\n"
    assert [each.path for each in problems_of(text)] == ["content[0].match", "content[2].match"]
