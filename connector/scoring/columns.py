"""Names of the columns between the facts about a contact and its scores, and of entries."""

from __future__ import annotations

LIMIT = "(limit)"
"""The entry of what a floor or cap of a dimension cuts."""
OVERRIDE = "(override)"
"""The entry of a person's decision in place of a score."""


def points_column(rule: str) -> str:
    """Return the column of what a rule gives after cap, decay and group, in fixed point."""
    return f"_points:{rule}"


def millionths_column(rule: str) -> str:
    """Return the column of what a rule gives in the end, in whole millionths of a point."""
    return f"_millionths:{rule}"


def cooled_column(rule: str) -> str:
    """Return the column of what a rule gives after cap and decay, in fixed point."""
    return f"_cooled:{rule}"


def total_column(dimension: str) -> str:
    """Return the column of a dimension's sum before floor and cap, in fixed point."""
    return f"_total:{dimension}"


def computed_column(score: str) -> str:
    """Return the column of an exact score before any person's decision."""
    return f"_computed:{score}"


def stage_column(score: str) -> str:
    """Return the column of a score's stage."""
    return f"{score}_stage"
