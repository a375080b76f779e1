"""Which events a pattern means, and what a condition comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.conditions.compiler import compile_expression
from connector.domain.frames import AT

if TYPE_CHECKING:
    from connector.conditions.expression import Expression
    from connector.scoring.model import Matcher

EVERYTHING = "*"
_FAMILY = ".*"


def holds(condition: Expression | None) -> pl.Expr:
    """Return whether a condition is true; NULL is false, and no condition always holds."""
    if condition is None:
        return pl.lit(True)
    return compile_expression(condition).fill_null(False)


def matches(matcher: Matcher) -> pl.Expr:
    """Return whether an event is of the type and kind that `matcher` means."""
    meant = _is_of(matcher.pattern)
    return meant if matcher.where is None else meant & holds(matcher.where)


def may_overlap(one: Matcher, other: Matcher) -> bool:
    """Return whether one event may be of both types."""
    return covers(one.pattern, other.pattern) or covers(other.pattern, one.pattern)


def covers(pattern: str, other: str) -> bool:
    """Return whether all events of the type or pattern `other` are of `pattern`."""
    if pattern.endswith(_FAMILY):
        return other.startswith(pattern.removesuffix(EVERYTHING))
    return pattern in (EVERYTHING, other)


def _is_of(pattern: str) -> pl.Expr:
    if pattern == EVERYTHING:
        return pl.col(AT).is_not_null()
    if pattern.endswith(_FAMILY):
        return pl.col("type").str.starts_with(pattern.removesuffix(EVERYTHING))
    return pl.col("type") == pattern
