"""What is wrong in a file is told with its line, and with what to write instead."""

from __future__ import annotations

import pytest

from connector.errors import MappingError, Problem
from tests.unit.config.fake_adapters import HEAD, read

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


def problems_of(text: str, *more: str) -> tuple[Problem, ...]:
    with pytest.raises(MappingError) as caught:
        read(text, *more)
    return caught.value.problems


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


MODEL = HEAD + "model:\n"

CASES = {
    "a key of another kind of rule": (
        MODEL + "  rules: {r: {when: 'TRUE', points: 1, cap: {points: 1, per: day}}}\n",
        "`cap` is no key of a `when` rule",
        "only of `event` rules",
    ),
    "decay where nothing cools": (
        MODEL + "  rules: {r: {inactive: 3d, points: 1, decay: none}}\n",
        "`decay` is no key of an `inactive` rule",
        "only of `event` and `sequence` and `count` rules",
    ),
    "a mistyped kind": (
        MODEL + "  rules: {r: {evnt: page.viewed, points: 1}}\n",
        "needs a key that says its kind",
        "did you mean `event`?",
    ),
    "two kinds": (
        MODEL + "  rules: {r: {event: page.viewed, inactive: 3d, points: 1}}\n",
        "this one has `event` and `inactive`",
        "keep one",
    ),
    "a number in quotes": (
        MODEL + "  rules: {r: {when: 'TRUE', points: '12'}}\n",
        "a number is expected",
        "remove the quotes",
    ),
    "a switch that is a number": (
        MODEL + "  scores: {s: {}}\ntargets: {past: {lists: {L: {when: 's > 1', own: 1}}}}\n",
        "`true` or `false` is expected",
        None,
    ),
    "a duration without a unit": (
        MODEL + "  decay: {half_life: 60}\n",
        "a duration is expected",
        "a whole number and a unit",
    ),
    "a duration of nothing": (
        MODEL + "  decay: {half_life: 0d}\n",
        "write a duration as a whole number above zero",
        None,
    ),
    "no number": (
        MODEL + "  rules: {r: {when: 'TRUE', points: .nan}}\n",
        "a finite number is expected",
        None,
    ),
    "an endless number": (
        MODEL + "  rules: {r: {when: 'TRUE', points: .inf}}\n",
        "a finite number is expected",
        None,
    ),
    "decay of two kinds": (
        MODEL + "  decay: {half_life: 3d, linear: 3d}\n",
        "this one has `half_life` and `linear`",
        "keep one",
    ),
    "decay of no kind": (MODEL + "  decay: {}\n", "a decay needs a kind", "one of `half_life`"),
    "a share above one": (
        MODEL + "  decay: {step: {every: 3d, keep: 1.5}}\n",
        "less than or equal to 1",
        None,
    ),
    "a key mistyped and so missing is one mistake": (
        MODEL + "  groups: {g: {capp: 3}}\n",
        "unknown key `capp`",
        "did you mean `cap`?",
    ),
    "an unknown dimension": (
        MODEL
        + "  dimensions: {fit: {}}\n  rules: {r: {when: 'TRUE', points: 1, dimension: fut}}\n",
        "no dimension `fut`",
        "did you mean `fit`?",
    ),
    "an unknown group": (
        MODEL + "  rules: {r: {when: 'TRUE', points: 1, group: g}}\n",
        "no group `g`",
        "there is none",
    ),
    "a column events do not have": (
        MODEL + "  rules: {r: {event: page.viewed, points: 1, once_per: mesage_id}}\n",
        "no column `mesage_id`",
        "did you mean `message_id`?",
    ),
    "a family beyond the first dot": (
        MODEL + "  rules: {r: {event: email.opened.*, points: 1}}\n",
        "is no type of event",
        None,
    ),
    "an unknown family": (
        MODEL + "  rules: {r: {event: emial.*, points: 1}}\n",
        "is no type of event",
        "did you mean `email.*`?",
    ),
    "an event of one's own without its prefix": (
        MODEL + "  rules: {r: {event: zumba_class, points: 1}}\n",
        "is no type of event",
        "`custom.<name>`",
    ),
    "a sum of texts": (
        MODEL + "  traits: {t: {sum: url, of: page.viewed}}\n",
        "is a text, not a number",
        None,
    ),
    "two measures": (
        MODEL + "  traits: {t: {count: page.viewed, has: page.viewed}}\n",
        "this one has `count` and `has`",
        None,
    ),
    "a measure without events": (
        MODEL + "  traits: {t: {sum: amount}}\n",
        "`of` is missing",
        "of: order.placed",
    ),
    "events named twice": (
        MODEL + "  traits: {t: {count: page.viewed, of: page.viewed}}\n",
        "`of` has no meaning",
        "remove `of`",
    ),
    "a range upside down": (MODEL + "  scores: {s: {range: [9, 1]}}\n", "above its end", None),
    "a range with one end": (MODEL + "  scores: {s: {range: [9]}}\n", "too short", None),
    "nobody could stay": (
        MODEL + "  scores: {s: {stages: [{name: a, from: 1, leave_below: 2}]}}\n",
        "`leave_below` lies above `from`",
        None,
    ),
    "a stage twice": (
        MODEL + "  scores: {s: {stages: [{name: a, from: 1}, {name: a, from: 2}]}}\n",
        "`a` is given twice",
        None,
    ),
    "a grade of nothing known": (
        MODEL + "  grades: {g: {rows: {of: nope, A: 1}, columns: {of: engagement, 1: 1}}}\n",
        "no dimension or score `nope`",
        "one of `engagement`, `score`",
    ),
    "two labels with one threshold": (
        MODEL + "  grades: {g: {rows: {of: score, A: 1, B: 1}, columns: {of: score, 1: 1}}}\n",
        "`B` has the same threshold as `A`",
        None,
    ),
    "a side without labels": (
        MODEL + "  grades: {g: {rows: {of: score}, columns: {of: score, 1: 1}}}\n",
        "at least one label",
        None,
    ),
    "distinct with same": (
        MODEL
        + "  rules: {r: {count: page.viewed, at_least: 1, points: 1, same: url, distinct: day}}\n",
        "`same` and `distinct` exclude each other",
        None,
    ),
    "decay of points that stand": (
        MODEL + "  rules: {r: {count: page.viewed, at_least: 1, points: 1, decay: none}}\n",
        "`decay` has no meaning while points stand",
        "award: once",
    ),
    "a sequence of one step": (
        MODEL + "  rules: {r: {sequence: [page.viewed], points: 1}}\n",
        "at least 2 entries",
        None,
    ),
    "a count of nothing": (
        MODEL + "  rules: {r: {count: page.viewed, at_least: 0, points: 1}}\n",
        "greater than or equal to 1",
        None,
    ),
    "a time zone that is none": (
        MODEL + "  timezone: Europe/Pari\n",
        "no time zone",
        "Europe/Paris",
    ),
    "a name in two places": (
        MODEL + "  traits: {x: {count: page.viewed}}\n  dimensions: {x: {}}\n",
        "clashes with the trait of that name at mappings/a.yaml:5",
        "share one namespace",
    ),
    "a name that a stage has": (
        MODEL
        + "  scores: {s: {stages: [{name: a, from: 1}]}}\n"
        + "attributes: {s_stage: {type: text, past: s}}\n",
        "clashes with the attribute",
        "share one namespace",
    ),
    "a keyword as a name": (
        HEAD + "attributes: {order: {type: text, past: o}}\n",
        "`order` is a keyword of SQL",
        None,
    ),
    "a name with capitals": (
        HEAD + "attributes: {Job: {type: text, past: o}}\n",
        "`Job` cannot be a name",
        "a lower-case letter",
    ),
    "a platform that is none": (
        HEAD + "attributes: {a: {type: text, pasta: o}}\n",
        "no platform `pasta`",
        "did you mean `past`?",
    ),
    "create in the wrong place": (
        HEAD + "attributes: {a: {type: text, past: o, create: 'yes'}}\n",
        "`create` stands under a platform",
        None,
    ),
    "a preference for a platform without the attribute": (
        HEAD + "  crm: {adapter: hubspot}\nattributes: {a: {type: text, past: o, prefer: crm}}\n",
        "`crm` has no name for this attribute",
        "crm: <its field>",
    ),
    "an address to be changed": (
        HEAD + "attributes: {a: {type: email, past: o, sync: [past]}}\n",
        "never changes an e-mail address",
        None,
    ),
    "a field read as two types": (
        HEAD + "attributes: {a: {type: text, past: o}, b: {type: number, past: o}}\n",
        "also the attribute `a`, of another type",
        None,
    ),
    "a rename to nothing known": (
        HEAD + "events: {rename: {past: {x: order.palced}}}\n",
        "no type of event",
        "did you mean `order.placed`?",
    ),
    "a property every event has": (
        HEAD + "events: {properties: {amount: number}}\n",
        "a column that every event has",
        None,
    ),
    "an attribute as a target": (
        MODEL
        + "  rules: {}\nattributes: {a: {type: text, past: o}}\n"
        + "targets: {past: {attributes: {x: a}}}\n",
        "`a` is an attribute",
        "sync",
    ),
    "a target that is read": (
        MODEL
        + "  rules: {}\nattributes: {a: {type: text, past: o}}\n"
        + "targets: {past: {attributes: {o: score}}}\n",
        "read as the attribute `a`",
        "no input",
    ),
    "words for a number": (
        MODEL + "  rules: {}\ntargets: {past: {attributes: {x: {from: score, map: {a: b}}}}}\n",
        "`map` is for texts",
        None,
    ),
    "a word for a stage there is not": (
        MODEL
        + "  scores: {s: {stages: [{name: hot, from: 1}]}}\n"
        + "targets: {past: {attributes: {x: {from: s_stage, map: {hott: b}}}}}\n",
        "`s_stage` is never `hott`",
        "did you mean `hot`?",
    ),
    "a stage of a score without": (
        MODEL + "  scores: {s: {}}\ntargets: {past: {attributes: {x: s_stage}}}\n",
        "the score `s` has no stages",
        None,
    ),
    "an action the platform lacks": (
        MODEL
        + "  scores: {s: {}}\n"
        + "triggers: {t: {when: 's > 1', do: [{campaign: {platform: past, id: 1}}]}}\n",
        "cannot do the action `campaign`",
        "one of `email`, `notify`",
    ),
    "two things in one entry of do": (
        MODEL
        + "  scores: {s: {}}\n"
        + "triggers: {t: {when: 's > 1', do: [{notify: A, webhook: B}]}}\n",
        "this one has `notify` and `webhook`",
        None,
    ),
    "a list of a platform that is none": (
        MODEL + "  scores: {s: {}}\n" + "targets: {past: {tags: {x: \"in_list('pst', 'L')\"}}}\n",
        "no platform `pst`",
        "did you mean `past`?",
    ),
    "version 2": ("version: 2\n", "is not known", "write `version: 1`"),
    "version as a text": ("version: '1'\n", "is not known", "write `version: 1`"),
    "no version": ("model: {}\n", "`version: 1` is missing", None),
    "an unknown section": (HEAD + "modell: {}\n", "unknown key `modell`", "did you mean `model`?"),
}


@pytest.mark.parametrize(("text", "message", "hint"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_told_with_its_remedy(text: str, message: str, hint: str | None) -> None:
    problems = [each for each in problems_of(text) if "not built yet" not in each.message]
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
