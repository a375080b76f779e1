"""Conditions as trees: each says how it is written in SQL, and what it is for one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import copysign, inf, isnan, nan
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = Any
"""A text, number, truth or instant; None is NULL."""
Row: TypeAlias = Mapping[str, Value]


class Sql(Protocol):
    """An expression; `str` writes it."""

    def of(self, row: Row) -> Value:
        """Return its value for `row`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A name that the row has a value for."""

    name: str

    def __str__(self) -> str:
        return self.name

    def of(self, row: Row) -> Value:
        return row[self.name]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value, and how it is written where that differs."""

    value: Value
    text: str = ""

    def __str__(self) -> str:
        if self.text:
            return self.text
        if isinstance(self.value, bool) or self.value is None:
            return {True: "TRUE", False: "FALSE", None: "NULL"}[self.value]
        return f"'{self.value}'" if isinstance(self.value, str) else repr(self.value)

    def of(self, row: Row) -> Value:
        return self.value


@dataclass(frozen=True, slots=True)
class InList:
    """Whether a platform reports a membership."""

    platform: str
    name: str

    def __str__(self) -> str:
        return f"in_list('{self.platform}', '{self.name}')"

    def of(self, row: Row) -> Value:
        return row[str(self)]


@dataclass(frozen=True, slots=True)
class Applied:
    """An operator or function over other expressions."""

    form: str
    arguments: tuple[Sql, ...]

    def __str__(self) -> str:
        return "(" + self.form.format(*self.arguments) + ")"

    def of(self, row: Row) -> Value:
        return _MEANING[self.form](*(each.of(row) for each in self.arguments))


def is_true(condition: Sql | None, row: Row) -> bool:
    """Return whether `condition` holds, or there is none; NULL is false."""
    return condition is None or condition.of(row) is True


def _and(left: Value, right: Value) -> Value:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _not(value: Value) -> Value:
    return None if value is None else not value


def _or(left: Value, right: Value) -> Value:
    return _not(_and(_not(left), _not(right)))


def _no_value(value: Value) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))


def _compared(compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def of(left: Value, right: Value) -> Value:
        if _no_value(left) or _no_value(right):
            return None
        if isinstance(left, str):
            return compare(left.encode(), right.encode())
        return compare(left, right)

    return of


def _computed(compute: Callable[[float, float], float]) -> Callable[[Value, Value], Value]:
    return lambda left, right: None if left is None or right is None else compute(left, right)


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    return nan if not left or isnan(left) else copysign(inf, left)


def _like(text: Value, pattern: Value) -> Value:
    if text is None or pattern is None:
        return None
    parts = (".*" if each == "%" else "." if each == "_" else re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _ilike(text: Value, pattern: Value) -> Value:
    return None if text is None or pattern is None else _like(text.lower(), pattern.lower())


def _least(*values: Value) -> Value:
    return min((each for each in values if not _no_value(each)), default=None)


def _first(*values: Value) -> Value:
    return next((each for each in values if each is not None), None)


_at_least = _compared(lambda left, right: left >= right)
_at_most = _compared(lambda left, right: left <= right)
_equal = _compared(lambda left, right: left == right)

_MEANING: Mapping[str, Callable[..., Value]] = {
    "{} = {}": _equal,
    "{} <> {}": _compared(lambda left, right: left != right),
    "{} < {}": _compared(lambda left, right: left < right),
    "{} <= {}": _at_most,
    "{} > {}": _compared(lambda left, right: left > right),
    "{} >= {}": _at_least,
    "{} AND {}": _and,
    "{} OR {}": _or,
    "NOT {}": _not,
    "{} IS NULL": lambda value: value is None,
    "{} IS NOT NULL": lambda value: value is not None,
    "{} IN ({}, {})": lambda value, a, b: _or(_equal(value, a), _equal(value, b)),
    "{} BETWEEN {} AND {}": lambda value, a, b: _and(_at_least(value, a), _at_most(value, b)),
    "{} LIKE {}": _like,
    "{} ILIKE {}": _ilike,
    "{} + {}": _computed(lambda left, right: left + right),
    "{} - {}": _computed(lambda left, right: left - right),
    "{} * {}": _computed(lambda left, right: left * right),
    "{} / {}": _computed(_divided),
    "COALESCE({}, {})": _first,
    "COALESCE({}, {}) = {}": lambda value, a, b: _equal(_first(value, a), b),
    "LEAST({}, {})": _least,
    "CASE WHEN {} THEN {} END": lambda when, then: then if when is True else None,
    "CASE WHEN {} THEN {} ELSE {} END": lambda when, a, b: a if when is True else b,
}
