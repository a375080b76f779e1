"""One mistake each: the text of a file, what is said of it, and the hint, if any."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.config.fake_adapters import HEAD

MODEL = HEAD + "model:\n"

CASES: Mapping[str, tuple[str, str, str | None]] = {
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
    "a share without its sign": (
        "version: 1\nplatforms: {past: {adapter: brevo, budget: 0.7}}\n",
        "a share is expected",
        "`70%`",
    ),
    "one entry where a list stands": (
        HEAD + "attributes: {a: {type: text, past: o, sync: past}}\n",
        "a list is expected",
        "put it in brackets",
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
        "one of `email`, `notify`, `task`",
    ),
    "a parameter called as the template's id": (
        MODEL
        + "  scores: {s: {}}\n"
        + "triggers: {t: {when: 's > 1', do: "
        + "[{email: {platform: past, template: 1, params: {template: s}}}]}}\n",
        "the parameter `template` is the template's own id",
        None,
    ),
    "a note where nobody takes notes": (
        MODEL
        + "  scores: {s: {}}\n"
        + "triggers: {t: {when: 's > 1', do: [{note: {platform: past, text: Hot}}]}}\n",
        "cannot do the action `note`",
        "one of `email`, `notify`, `task`",
    ),
    "a placeholder that stands for nothing": (
        MODEL
        + "  scores: {heat: {}}\n"
        + "triggers: {t: {when: 'heat > 1', do: "
        + "[{task: {platform: past, title: 'Now {heet}'}}]}}\n",
        "there is no attribute, trait, dimension, score, stage or grade `heet`",
        "did you mean `heat`?",
    ),
    "a placeholder that says how it looks": (
        MODEL
        + "  scores: {heat: {}}\n"
        + "triggers: {t: {when: 'heat > 1', do: "
        + "[{task: {platform: past, title: '{heat:>9}'}}]}}\n",
        "a placeholder is a name in braces and nothing else",
        "write `{heat}`",
    ),
    "half a placeholder": (
        MODEL
        + "  scores: {heat: {}}\n"
        + "triggers: {t: {when: 'heat > 1', do: [{task: {platform: past, title: 'at {heat'}}]}}\n",
        "a brace has no partner",
        "write `{{` and `}}` for a brace that is meant as one",
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
    "a rule called as the limits are": (
        MODEL + "  rules: {(limit): {when: 'TRUE', points: 1}}\n",
        "`(limit)` cannot be a name",
        None,
    ),
    "version 2": ("version: 2\n", "is not known", "write `version: 1`"),
    "version as a text": ("version: '1'\n", "is not known", "write `version: 1`"),
    "no version": ("model: {}\n", "`version: 1` is missing", None),
    "an unknown section": (HEAD + "modell: {}\n", "unknown key `modell`", "did you mean `model`?"),
}
