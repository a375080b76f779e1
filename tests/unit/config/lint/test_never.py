"""Conditions that are true for nobody, and words that are never there."""

from __future__ import annotations

import pytest

from connector.config.lint.never import conditions_never_true, tags_never_set, words_never_there
from tests.unit.config.lint.looking import found

WORLD = """\
attributes: {country: {type: text, crm: country}, age: {type: number, crm: age}}
content:
  - {match: "url LIKE '%/buy%'", phase: purchase}
  - {match: "url LIKE '%/blog%'", phase: discovery, kind: article}
model:
  traits: {orders: {count: order.placed}}
  rules: {visited: {event: page.viewed, points: 1, cap: {points: 60, per: lifetime}}}
  scores: {lead: {stages: [{name: cold, from: 0}, {name: hot, from: 40}]}}
  grades: {grade: {rows: {of: lead, A: 40, B: 0}, columns: {of: engagement, 1: 40, 2: 0}}}
"""


def a_list(when: str) -> str:
    return f'{WORLD}targets: {{crm: {{lists: {{L: {{when: "{when}"}}}}}}}}\n'


def a_where(where: str) -> str:
    return WORLD.replace("event: page.viewed,", f'event: page.viewed, where: "{where}",')


@pytest.mark.parametrize(
    "when",
    [
        "lead > 60",
        "lead >= 60.5",
        "lead < 0",
        "engagement > 60",
        "orders < 0",
        "lead > 40 AND lead < 20",
        "country = 'FR' AND country = 'BE'",
        "country IN ('FR', 'BE') AND country = 'DE'",
        "age > 30 AND age <= 30",
        "lead > 60 OR engagement + 1 > 61",
        "NOT (lead <= 60)",
        "lead * 2 = 121",
        "lead_stage = 'hot' AND lead_stage = 'cold'",
        "FALSE AND country = 'FR'",
    ],
)
def test_a_condition_that_nobody_meets_is_found(when: str) -> None:
    (told,) = found(conditions_never_true, a_list(when))

    assert told.startswith("targets.crm.lists.L.when: ")


@pytest.mark.parametrize(
    ("when", "said"),
    [("engagement > 60", "this is never true"), ("lead > 60", "rules never make this true")],
)
def test_a_person_may_decide_on_a_score_that_no_rule_gives(when: str, said: str) -> None:
    (told,) = found(conditions_never_true, a_list(when))

    assert told == f"targets.crm.lists.L.when: {said}"


@pytest.mark.parametrize(
    "when",
    [
        "lead >= 60",
        "lead = 0",
        "engagement >= 60",
        "orders = 0",
        "lead > 20 AND lead < 40",
        "country = 'FR' OR country = 'BE'",
        "country IN ('FR', 'BE') AND country <> 'FR'",
        "age > 30 AND age <= 31",
        "lead > 60 OR age > 3",
        "lead_stage = 'hot' AND lead > 30",
        "age / 0 > 5",
        "country IS NULL AND country = 'FR' OR age = 3",
        "COALESCE(lead, 99) > 60",
        "FALSE",
    ],
)
def test_a_condition_that_somebody_may_meet_is_not_told_of(when: str) -> None:
    assert found(conditions_never_true, a_list(when)) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (a_where("url = 'a' AND url = 'b'"), "model.rules.visited.where"),
        (
            WORLD + "triggers: {t: {when: 'lead > 60', do: [{push: {platform: crm}}]}}\n",
            "triggers.t.when",
        ),
        (WORLD + "targets: {crm: {tags: {vip: 'lead > 60'}}}\n", "targets.crm.tags.vip"),
        (
            WORLD.replace("lead: {stages", "lead: {population: 'orders < 0', stages"),
            "model.scores.lead.population",
        ),
    ],
    ids=["where", "trigger", "tag", "population"],
)
def test_every_condition_is_looked_at(text: str, path: str) -> None:
    (told,) = found(conditions_never_true, text)

    assert told.startswith(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (a_list("lead_stage = 'Hot'"), "targets.crm.lists.L.when: `lead_stage` is never `Hot`"),
        (a_list("lead_stage <> 'how'"), "targets.crm.lists.L.when: `lead_stage` is never `how`"),
        (a_list("'C1' = grade"), "targets.crm.lists.L.when: `grade` is never `C1`"),
        (
            a_list("lead_stage IN ('hot', 'wram')"),
            "targets.crm.lists.L.when: `lead_stage` is never `wram`",
        ),
        (a_where("platform = 'crn'"), "model.rules.visited.where: `platform` is never `crn`"),
        (a_where("type = 'page.view'"), "model.rules.visited.where: `type` is never `page.view`"),
        (
            a_where("message_kind = 'promo'"),
            "model.rules.visited.where: `message_kind` is never `promo`",
        ),
    ],
)
def test_a_word_that_is_never_there_is_found(text: str, told: str) -> None:
    assert found(words_never_there, text) == [told]


@pytest.mark.parametrize(
    "text",
    [
        a_list("lead_stage = 'hot' AND grade IN ('A1', 'B2')"),
        a_list("lead_stage LIKE 'Hot%'"),
        a_list("country = 'Hot'"),
        a_where("platform = 'crm' AND type = 'custom.swiped'"),
        a_where("platform = 'api'"),
        a_where("message_kind <> 'marketing'"),
    ],
)
def test_words_that_may_be_there_are_not_told_of(text: str) -> None:
    assert found(words_never_there, text) == []


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("phase = 'purchse'", "no entry of `content` sets the phase `purchse`"),
        ("kind IN ('Article')", "no entry of `content` sets the kind `Article`"),
    ],
)
def test_a_tag_that_is_nearly_one_of_the_catalogue_is_found(where: str, told: str) -> None:
    assert found(tags_never_set, a_where(where)) == [f"model.rules.visited.where: {told}"]


def test_a_tag_that_neither_catalogue_nor_platform_sets_is_found() -> None:
    closed = {"event_types": frozenset({"page.viewed"})}

    (told,) = found(tags_never_set, a_where("kind = 'webinar'"), capabilities=closed)

    assert told.endswith("no entry of `content` sets the kind `webinar`")


@pytest.mark.parametrize("where", ["phase = 'purchase'", "kind = 'webinar'", "title = 'artcle'"])
def test_tags_that_are_set_or_may_come_with_events_are_not_told_of(where: str) -> None:
    assert found(tags_never_set, a_where(where)) == []
