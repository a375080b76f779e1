"""The reference page of conditions: what they see, and the allowlist."""

from collections.abc import Sequence

from connector.conditions.reference import FUNCTIONS, LITERALS, NOTES, OPERATORS, TYPES, Entry
from connector.conditions.words import REFUSED, RESERVED
from docs.generators.markdown import code, codes, page, table

INTRODUCTION = """
Conditions and formulas are SQL expressions, as they stand after `WHERE`. What is on this page is
allowed; everything else is refused when the file is read. A value that cannot be computed is NULL
for its row and spoils no other.
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


def page_of_conditions() -> str:
    """Return what a condition sees and what it may say."""
    return page(
        "Conditions",
        INTRODUCTION,
        "\n".join(f"- {note}" for note in NOTES),
        "## What it sees",
        table(("Where it stands", "What it sees"), SEES),
        "## Operators",
        _entries(OPERATORS),
        "## Functions",
        _entries(FUNCTIONS),
        "## Literals",
        _entries(LITERALS),
        "## Types after CAST",
        _entries(TYPES),
        "## What to write instead",
        table(("Not allowed", "Why, and what instead"), _refused()),
        "## Names that are taken",
        "No attribute, trait, dimension, score or grade may be called so: "
        f"{codes(sorted(RESERVED))}.",
    )


def _entries(entries: Sequence[Entry]) -> str:
    rows = ((code(entry.form), entry.meaning, code(entry.example)) for entry in entries)
    return table(("Written", "Means", "For example"), rows)


def _refused() -> Sequence[tuple[str, str]]:
    """Return the words that are refused, together where they share a reason."""
    reasons: dict[str, list[str]] = {}
    for word, reason in REFUSED.items():
        reasons.setdefault(reason, []).append(word)
    return [(codes(words), reason) for reason, words in reasons.items()]
