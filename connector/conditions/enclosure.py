"""Encloses an expression: everything it may come to while some of its columns move.

Each part of it that reads no moving column is a column of its own, computed once by Polars; what is
above those is computed on bounds. Numbers and truths can be enclosed; a text or an instant that
depends on what moves cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from connector.conditions import intervals
from connector.conditions.compiler import compile_expression
from connector.conditions.expression import Expression, Kind
from connector.conditions.intervals import Number, Truth, exactly, truth
from connector.conditions.nodes import (
    And,
    Arithmetic,
    Call,
    Case,
    Cast,
    Column,
    Comparator,
    Comparison,
    Function,
    In,
    IsNull,
    IsTruth,
    Literal,
    Negative,
    Node,
    Not,
    Operator,
    Or,
    children,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Collection

Value: TypeAlias = Number | Truth
Values: TypeAlias = Mapping[str, Value]
"""What columns may be, by name."""
_Step: TypeAlias = Callable[[Values, list[Value]], Value]
"""Makes a value of the columns, and of the values made before it."""
_Maker: TypeAlias = Callable[[list[Value]], Value]
"""Makes a value of those of a node's children."""

_ENCLOSED = frozenset({Kind.NUMBER, Kind.BOOLEAN})


class NoEnclosure(ValueError):
    """An expression of a form whose moves cannot be bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """What an expression may come to."""

    constants: Mapping[str, pl.Expr]
    """The parts that do not move, by the column that `value` looks for."""
    steps: tuple[_Step, ...]

    def value(self, columns: Values) -> Value:
        """Return what it may be, given what its constants are and its moving columns may be."""
        made: list[Value] = []
        for step in self.steps:
            made.append(step(columns, made))
        return made[-1]


def enclose(expression: Expression, moving: Collection[str], prefix: str) -> Enclosure:
    """Return what `expression` may come to while the number columns `moving` move.

    Constants are named with `prefix`. Raises NoEnclosure for a form that has none.
    """
    encloser = _Encloser(expression=expression, moving=frozenset(moving), prefix=prefix)
    encloser.place(expression.node)
    return Enclosure(constants=encloser.constants, steps=tuple(encloser.steps))


def known(column: pl.Series) -> Value:
    """Return what a computed column of numbers or truths is."""
    # Where nothing is NULL, which is often, this costs no call that Polars has to plan.
    has_null = column.null_count() > 0
    is_null = column.is_null().to_numpy() if has_null else np.asarray(False)
    if column.dtype == pl.Boolean:
        values = column.fill_null(value=False) if has_null else column
        return truth(values.to_numpy(), is_null)
    return exactly(column.to_numpy().astype(np.float64, copy=False), is_null)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encloser:
    """Takes a tree apart into steps, each node once, children before parents."""

    expression: Expression
    moving: frozenset[str]
    prefix: str
    constants: dict[str, pl.Expr] = field(default_factory=dict)
    steps: list[_Step] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)

    def place(self, node: Node) -> int:
        """Return which step makes the value of `node`."""
        if id(node) not in self.places:
            step = self._step(node)
            self.places[id(node)] = len(self.steps)
            self.steps.append(step)
        return self.places[id(node)]

    def _step(self, node: Node) -> _Step:
        if node.kind not in _ENCLOSED:
            raise NoEnclosure(self.expression.text)
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Column) and node.name in self.moving:
            return _column(node.name)
        if not self._moves(node):
            return self._constant(node)
        make = _maker(node)
        if make is None:
            raise NoEnclosure(self.expression.text)
        below = [self.place(each) for each in children(node)]
        return lambda _, made: make([made[place] for place in below])

    def _moves(self, node: Node) -> bool:
        return any(isinstance(each, Column) and each.name in self.moving for each in walk(node))

    def _constant(self, node: Node) -> _Step:
        name = f"{self.prefix}{len(self.constants)}"
        part = replace(self.expression, node=node, kind=node.kind)
        self.constants[name] = compile_expression(part)
        return _column(name)


def _literal(node: Literal) -> _Step:
    value: Value
    is_null = np.asarray(node.value is None)
    if node.kind is Kind.NUMBER:
        value = exactly(np.asarray(node.value or 0.0, dtype=np.float64), is_null)
    else:
        value = truth(np.asarray(bool(node.value)), is_null)
    return lambda _columns, _made: value


def _column(name: str) -> _Step:
    return lambda columns, _: columns[name]


def _maker(node: Node) -> _Maker | None:  # noqa: C901, PLR0911, PLR0912 - one case a form
    match node:
        case Not():
            return lambda values: intervals.negated(_truth(values[0]))
        case And():
            return lambda values: reduce(intervals.conjunction, map(_truth, values))
        case Or():
            return lambda values: reduce(intervals.disjunction, map(_truth, values))
        case Comparison():
            return lambda values: _compared(node.comparator, values[0], values[1])
        case In():
            return _is_any
        case IsNull():
            return lambda values: intervals.is_null(values[0])
        case IsTruth(truth=True):
            return lambda values: values[0]
        case IsTruth():
            return lambda values: intervals.negated(_truth(values[0]))
        case Negative():
            return lambda values: intervals.negative(_number(values[0]))
        case Arithmetic():
            operation = _OPERATIONS[node.operator]
            return lambda values: operation(_number(values[0]), _number(values[1]))
        case Case():
            return _case
        case Call():
            return _call(node)
        case Cast(kind=Kind.BOOLEAN):
            return lambda values: _as_truth(values[0])
        case Cast(is_whole=True):
            return lambda values: intervals.whole(_number(values[0]))
        case Cast():
            return lambda values: _number(values[0])
        case _:
            return None


_OPERATIONS: Mapping[Operator, Callable[[Number, Number], Number]] = MappingProxyType(
    {
        Operator.ADD: intervals.add,
        Operator.SUBTRACT: intervals.subtract,
        Operator.MULTIPLY: intervals.multiply,
        Operator.DIVIDE: intervals.divide,
        Operator.REMAINDER: intervals.remainder,
    }
)


def _truth(value: Value) -> Truth:
    if isinstance(value, Number):
        raise TypeError("a number stands where a truth is needed")
    return value


def _number(value: Value) -> Number:
    return intervals.as_number(value) if isinstance(value, Truth) else value


def _as_truth(value: Value) -> Truth:
    """Return whether a number is not zero; NULL for NaN."""
    if isinstance(value, Truth):
        return value
    return intervals.negated(intervals.is_equal(value, _ZERO))


_ZERO = exactly(np.asarray(0.0), np.asarray(False))


def _compared(comparator: Comparator, one: Value, other: Value) -> Truth:
    left, right = _number(one), _number(other)
    match comparator:
        case Comparator.EQUAL:
            return intervals.is_equal(left, right)
        case Comparator.NOT_EQUAL:
            return intervals.negated(intervals.is_equal(left, right))
        case Comparator.LESS:
            return intervals.is_less(left, right)
        case Comparator.GREATER:
            return intervals.is_less(right, left)
        case Comparator.LESS_OR_EQUAL:
            return intervals.negated(intervals.is_less(right, left))
        case Comparator.GREATER_OR_EQUAL:
            return intervals.negated(intervals.is_less(left, right))


def _is_any(values: list[Value]) -> Truth:
    tests = (_compared(Comparator.EQUAL, values[0], option) for option in values[1:])
    return reduce(intervals.disjunction, tests)


def _case(values: list[Value]) -> Value:
    """Return what the branches that may be taken come to; conditions and values take turns."""
    *pairs, otherwise = values
    is_reached = np.asarray(True)
    branches = []
    for condition, value in zip(pairs[::2], pairs[1::2], strict=True):
        taken = _truth(condition)
        branches.append((is_reached & ~taken.is_not_true, value))
        is_reached = is_reached & ~taken.is_true
    return _one_of([*branches, (is_reached, otherwise)])


def _one_of(branches: list[tuple[intervals.Bools, Value]]) -> Value:
    if any(isinstance(value, Truth) for _, value in branches):
        return intervals.one_truth_of((where, _truth(value)) for where, value in branches)
    return intervals.one_of((where, _number(value)) for where, value in branches)


def _call(node: Call) -> _Maker | None:  # noqa: PLR0911 - one case a function
    match node.function:
        case Function.COALESCE:
            return _coalesced
        case Function.NULLIF:
            return _without_equal
        case Function.LEAST:
            return lambda values: _extreme(np.minimum, values)
        case Function.GREATEST:
            return lambda values: _extreme(np.maximum, values)
        case Function.ABS:
            return lambda values: intervals.absolute(_number(values[0]))
        case Function.FLOOR:
            return lambda values: intervals.rising(np.floor, _number(values[0]))
        case Function.CEIL:
            return lambda values: intervals.rising(np.ceil, _number(values[0]))
        case Function.ROUND:
            return lambda values: intervals.rounded(_number(values[0]), _digits(node))
        case _:
            return None


def _digits(node: Call) -> int:
    digits = node.arguments[1]
    if not isinstance(digits, Literal) or not isinstance(digits.value, float):
        raise TypeError("ROUND was parsed without a literal number of digits")
    return int(digits.value)


def _extreme(
    choose: Callable[[intervals.Doubles, intervals.Doubles], intervals.Doubles],
    values: list[Value],
) -> Number:
    return reduce(partial(intervals.extreme, choose), map(_number, values))


def _coalesced(values: list[Value]) -> Value:
    """Return the first value that is not NULL, NULL where all are."""
    is_reached = np.asarray(True)
    branches = []
    for value in values[:-1]:
        nullness = intervals.is_null(value)
        branches.append((is_reached & ~nullness.is_true, _without_null(value)))
        is_reached = is_reached & ~nullness.is_not_true
    return _one_of([*branches, (is_reached, values[-1])])


def _without_equal(values: list[Value]) -> Value:
    """Return the first value, NULL where it equals the second."""
    equality = _compared(Comparator.EQUAL, values[0], values[1])
    null = replace(values[0], may=np.asarray(intervals.NULL))
    return _one_of([(~equality.is_true, values[0]), (~equality.is_not_true, null)])


def _without_null(value: Value) -> Value:
    may = value.may & ~intervals.NULL
    return Truth(may) if isinstance(value, Truth) else replace(value, may=may)
