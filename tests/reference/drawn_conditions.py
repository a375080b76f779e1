"""Conditions and SQL points, drawn over columns of known types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference.drawing import is_rare, pick
from tests.reference.sql import Applied, Column, Constant, InList, Sql

Seen: TypeAlias = Mapping[str, Sequence[Any]]
"""The columns that a condition may name, and values worth comparing each with."""

LISTS = (("crm", "VIP"), ("mail", "News"))


def a_condition(draw: st.DrawFn, seen: Seen, *, with_lists: bool = False) -> Sql:
    """Return a condition over `seen`, mostly a single comparison."""
    shape = pick(draw, ("one", "one", "one", "one", "AND", "OR", "NOT"))
    first = _one(draw, seen, with_lists=with_lists)
    if shape == "one":
        return first
    if shape == "NOT":
        return Applied("NOT {}", (first,))
    second = _one(draw, seen, with_lists=with_lists)
    return Applied(f"{{}} {shape} {{}}", (first, second))


def _one(draw: st.DrawFn, seen: Seen, *, with_lists: bool) -> Sql:
    if with_lists and is_rare(draw):
        return InList(*pick(draw, LISTS))
    name = pick(draw, tuple(seen))
    column, values = Column(name), seen[name]
    if isinstance(values[0], bool):
        return column if pick(draw, (True, False)) else Applied("NOT {}", (column,))
    forms = (*_FORMS, "{} LIKE {}", "{} ILIKE {}") if isinstance(values[0], str) else _FORMS
    form = pick(draw, forms)
    a, b = (_constant(pick(draw, values)) for _ in range(2))
    if form.endswith("LIKE {}"):
        return Applied(form, (column, Constant(f"{str(a.value)[:2].upper()}%")))
    return Applied(form, (column, a, b)[: form.count("{}")])


_FORMS = (
    *("{} = {}", "{} <> {}", "{} < {}", "{} <= {}", "{} > {}", "{} >= {}", "{} >= {}"),
    *("{} IS NULL", "{} IS NOT NULL", "{} IN ({}, {})", "{} BETWEEN {} AND {}"),
    *("COALESCE({}, {}) = {}",),
)


def _constant(value: object) -> Constant:
    if not isinstance(value, datetime):
        return Constant(value)
    # Written as a local time: `value` carries the zone of the model.
    return Constant(value.astimezone(UTC), f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'")


def local_noon(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the noon of the local day of `at`, which every clock shows once."""
    return at.astimezone(zone).replace(hour=12, minute=0, second=0, microsecond=0)


def sql_points(draw: st.DrawFn, seen: Seen) -> Sql:
    """Return points over an event, some NULL, NaN or infinite."""
    amount, quantity = Column("amount"), Column("quantity")
    forms: tuple[Sql, ...] = (
        amount,
        Applied("{} / {}", (amount, quantity)),
        Applied("{} * {}", (amount, Constant(-2.0))),
        Applied("LEAST({}, {})", (Applied("COALESCE({}, {})", (amount, Constant(1.0))), quantity)),
        Applied("{} - {}", (amount, quantity)),
    )
    if is_rare(draw):
        return Applied("CASE WHEN {} THEN {} END", (a_condition(draw, seen), amount))
    return pick(draw, forms)


def a_formula(draw: st.DrawFn, dimensions: Sequence[str]) -> Sql:
    """Return a formula that names some of `dimensions`, at times NULL, NaN or infinite."""
    first, second = (Column(pick(draw, tuple(dimensions))) for _ in range(2))
    above = Applied("{} > {}", (first, Constant(1.37)))
    forms: tuple[Sql, ...] = (
        first,
        Applied("{} + {}", (first, second)),
        Applied("{} - {}", (first, Applied("{} / {}", (second, Constant(3.0))))),
        Applied("LEAST({}, {})", (first, Constant(5.0))),
        Applied("{} * {}", (first, Constant(1.5))),
        Applied("CASE WHEN {} THEN {} END", (above, first)),
        Applied("CASE WHEN {} THEN {} ELSE {} END", (above, first, second)),
        # Nothing divides by a sum: whether it is 0 or a last bit is left to the arithmetic.
        Applied("{} / {}", (first, Constant(0.0))),
        Applied(
            "CASE WHEN {} THEN {} ELSE {} END",
            (above, Applied("{} / {}", (first, Constant(0.0))), second),
        ),
    )
    return pick(draw, forms)
