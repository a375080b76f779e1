"""The reference page of conditions: the allowlist."""

from itertools import groupby
from operator import itemgetter

from connector.conditions.words import (
    FUNCTIONS,
    IN_LIST,
    KEYWORDS,
    REFUSED,
    RESERVED,
    SIGNS,
    TYPES,
)
from docs.generators.markdown import codes, page, table

INTRODUCTION = """
Conditions and formulas are SQL expressions, as they stand after `WHERE`. What is on this page is
allowed; everything else is refused when the file is read. Numbers are IEEE doubles. NULL behaves
as in SQL inside an expression, and a condition that is NULL as a whole is false. A value that
cannot be computed is NULL for its row and spoils no other.
"""

SEES = (
    ("`where`, `match`, `ignore`, `points`", "columns of the event: see [events](events.md)"),
    ("`contacts.exclude`", "attributes"),
    ("`when` of a rule", "attributes and traits"),
    ("`population`", "attributes, traits and dimensions"),
    ("`formula`", "dimensions"),
    (
        "targets and triggers",
        "all of these, scores, stages, grades, and `in_list('platform', 'name')`",
    ),
)

LITERALS = """
Texts stand in single quotes, a quote inside is doubled: `'L''Oréal'`. Instants are written
`DATE '2026-01-15'` and `TIMESTAMP '2026-01-15 10:00:00'`, in the timezone of the model.
"""

CORNERS = """
- `/` is true division: `7 / 2` is 3.5.
- LIKE tells capitals from small letters, ILIKE does not.
- LEAST and GREATEST skip NULL. To count a missing number as 0, write `COALESCE(amount, 0)`.
- CAST gives NULL for what cannot be converted; it never fails.
"""


def page_of_conditions() -> str:
    """Return what a condition may say, see and call."""
    return page(
        "Conditions",
        INTRODUCTION,
        "## What it sees",
        table(("Where it stands", "What it sees"), SEES),
        "## Words and signs",
        codes(sorted(KEYWORDS)),
        codes(sorted(SIGNS)),
        "## Literals",
        LITERALS,
        "## Functions",
        codes(sorted(FUNCTIONS)),
        f"Conditions of targets and triggers also have {codes([IN_LIST])}.",
        "## Types after CAST",
        table(("Type", "Also written"), _types()),
        "## Corners",
        CORNERS,
        "## What to write instead",
        table(("Not allowed", "Why, and what instead"), _refused()),
        "## Names that are taken",
        "No attribute, trait, dimension, score or grade may be called so: "
        f"{codes(sorted(RESERVED))}.",
    )


def _types() -> list[tuple[str, str]]:
    """Return each type with the names that mean the same."""
    named = sorted((target.value, name) for name, target in TYPES.items())
    return [
        (codes([target.upper()]), codes(sorted({name for _, name in same} - {target.upper()})))
        for target, same in groupby(named, key=itemgetter(0))
    ]


def _refused() -> list[tuple[str, str]]:
    """Return the refused words that share a reason, in the order of their reasons' first words."""
    reasons: dict[str, list[str]] = {}
    for word, reason in REFUSED.items():
        reasons.setdefault(reason, []).append(word)
    return [(codes(words), reason) for reason, words in reasons.items()]
