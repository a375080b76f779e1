"""Schemas of the lazy frames that scoring is handed, and of those it gives back.

Columns of ours begin with an underscore; names given by people never do, so they cannot clash.
Frames are always built with these types, never with inferred ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.events import EVENT_COLUMNS
from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INSTANT = pl.Datetime("us", "UTC")

COLUMN_TYPES: Mapping[FieldType, pl.DataType] = {
    FieldType.TEXT: pl.String(),
    FieldType.EMAIL: pl.String(),
    FieldType.NUMBER: pl.Float64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATETIME: INSTANT,
}

CONTACT = "_contact"
"""Our number of a contact, in every frame."""
AT = "_at"
"""When an event occurred."""
EVENT_ID = "_id"
"""The platform's id of an event."""
CREATED_AT = "_created_at"
"""The earliest creation among a contact's records."""


def event_schema(properties: Mapping[str, FieldType]) -> pl.Schema:
    """Return the schema of events: ours, the built-in columns, the declared properties."""
    return pl.Schema(
        {
            CONTACT: pl.Int64(),
            AT: INSTANT,
            EVENT_ID: pl.String(),
            **{name: COLUMN_TYPES[kind] for name, kind in {**EVENT_COLUMNS, **properties}.items()},
        }
    )


def contact_schema(
    attributes: Mapping[str, FieldType], lists: Iterable[tuple[str, str]] = ()
) -> pl.Schema:
    """Return the schema of contacts: ours, their attributes, the lists conditions ask about."""
    return pl.Schema(
        {
            CONTACT: pl.Int64(),
            CREATED_AT: INSTANT,
            **{name: COLUMN_TYPES[kind] for name, kind in attributes.items()},
            **{in_list_column(*each): pl.Boolean() for each in lists},
        }
    )


def in_list_column(platform: str, name: str) -> str:
    """Return the column that says whether `platform` reports a contact in the list `name`."""
    return f"_in_list:{platform}:{name}"


def exact_column(score: str) -> str:
    """Return the column of a score before rounding; the score's own name holds the rounded."""
    return f"_exact:{score}"


def target_list_column(platform: str, name: str) -> str:
    """Return the column that says whether a contact's condition for a target list holds."""
    return f"_list:{platform}:{name}"


def target_tag_column(platform: str, name: str) -> str:
    """Return the column that says whether a contact's condition for a tag holds."""
    return f"_tag:{platform}:{name}"


def trigger_column(name: str) -> str:
    """Return the column that says whether a trigger's condition holds."""
    return f"_trigger:{name}"


NEXT_CHANGE_AT = "_next_change_at"
IS_EXCLUDED = "_is_excluded"

CONTRIBUTION_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        "rule": pl.String(),
        "dimension": pl.String(),
        "raw_points": pl.Float64(),
        "points": pl.Float64(),
        "events": pl.Int64(),
        "first_at": INSTANT,
        "last_at": INSTANT,
    }
)
"""Why a contact has its points: one row per contact and rule, and one per limit that cuts."""

HELD_PREFIX = "_held:"
"""Columns of the stages last decided, ``_held:<score>``, text."""

OVERRIDE_PREFIX = "_override:"
"""Columns of persons' decisions in place of a score, ``_override:<score>``, number or NULL."""

SCORE_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        "name": pl.String(),
        "value": pl.Float64(),
        "rounded": pl.Float64(),
        "stage": pl.String(),
    }
)
"""Decided results, long: a score (exact, rounded, stage) or a grade (its label as stage)."""

DECISION_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        "dimensions": pl.String(),
        NEXT_CHANGE_AT: INSTANT,
        "rules": pl.String(),
    }
)
"""One row per scored contact: its dimensions as JSON, when time alone moves it next, and rules.

What rules give is told as ``3:1500000,7:-200000``: the place of each that gives or takes points
among the sorted names of the model's, and how many millionths of a point.
"""

OVERRIDE_SCHEMA = pl.Schema({CONTACT: pl.Int64(), "name": pl.String(), "value": pl.Float64()})
"""Persons' decisions in place of scores, those in force."""
