"""Compiles checked expressions to Polars.

Inside, logic is three-valued; who asks takes NULL for false. Numbers are IEEE doubles, the same
bits for one row as for a million, eager, lazy or streaming, but for the sign of zero, which nothing
here can tell. NaN counts as NULL wherever values are
compared. Nothing a row holds can raise: a value that does not fit becomes NULL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import and_, or_
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from connector.conditions.casts import cast
from connector.conditions.expression import Expression, Kind
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
    InList,
    IsNull,
    IsTruth,
    Like,
    Literal,
    Matches,
    Negative,
    Node,
    Not,
    Operator,
    Or,
    walk,
)
from connector.conditions.patterns import like_affix, like_parts, like_regex
from connector.domain.arithmetic import quotient, remainder
from connector.domain.frames import INSTANT, in_list_column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DTYPES: Mapping[Kind, pl.DataType] = MappingProxyType(
    {
        Kind.TEXT: pl.String(),
        Kind.NUMBER: pl.Float64(),
        Kind.BOOLEAN: pl.Boolean(),
        Kind.INSTANT: INSTANT,
    }
)
"""The type of a column of each kind, and of what an expression of that kind compiles to."""

# Methods, not operators: Python lets `a == b` begin with b when that is a `when` without otherwise.
_COMPARATORS: Mapping[Comparator, Callable[[pl.Expr, pl.Expr], pl.Expr]] = MappingProxyType(
    {
        Comparator.EQUAL: pl.Expr.eq,
        Comparator.NOT_EQUAL: pl.Expr.ne,
        Comparator.LESS: pl.Expr.lt,
        Comparator.LESS_OR_EQUAL: pl.Expr.le,
        Comparator.GREATER: pl.Expr.gt,
        Comparator.GREATER_OR_EQUAL: pl.Expr.ge,
    }
)

_MIRRORED: Mapping[Comparator, Comparator] = MappingProxyType(
    {
        Comparator.EQUAL: Comparator.EQUAL,
        Comparator.NOT_EQUAL: Comparator.NOT_EQUAL,
        Comparator.LESS: Comparator.GREATER,
        Comparator.LESS_OR_EQUAL: Comparator.GREATER_OR_EQUAL,
        Comparator.GREATER: Comparator.LESS,
        Comparator.GREATER_OR_EQUAL: Comparator.LESS_OR_EQUAL,
    }
)


def compile_expression(expression: Expression) -> pl.Expr:
    """Return `expression` over columns named as in its `names`, of the types in DTYPES.

    Lists it asks about are the boolean columns of `in_list_column`. A condition may be NULL.
    """
    return _Compiler().compile(expression.node)


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compiles each node once, however many parents share it."""

    known: dict[int, pl.Expr] = field(default_factory=dict)

    def compile(self, node: Node) -> pl.Expr:
        if id(node) not in self.known:
            self.known[id(node)] = self._compile(node)
        return self.known[id(node)]

    def _compile(self, node: Node) -> pl.Expr:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node:
            case Literal():
                return pl.lit(node.value, dtype=DTYPES[node.kind])
            case Column():
                return pl.col(node.name)
            case InList():
                return pl.col(in_list_column(node.platform, node.name))
            case Not():
                return self.compile(node.operand).not_()
            case And():
                return _joined(and_, [self.compile(each) for each in node.operands])
            case Or():
                return _joined(or_, [self.compile(each) for each in node.operands])
            case Comparison():
                return self._comparison(node)
            case In():
                return self._in(node)
            case IsNull():
                return self.compile(node.operand).is_null()
            case IsTruth():
                operand = self.compile(node.operand)
                return operand if node.truth else operand.not_()
            case Like():
                return _like(self.compile(node.operand), node)
            case Matches():
                return self.compile(node.operand).str.contains(node.pattern)
            case Negative():
                return -self.compile(node.operand)
            case Arithmetic():
                return self._arithmetic(node)
            case Case():
                return self._case(node)
            case Call():
                return self._call(node)
            case Cast():
                return cast(self.compile(node.operand), node)

    def _comparison(self, node: Comparison) -> pl.Expr:
        left, right = self._comparable(node.left), self._comparable(node.right)
        if _columns(node.left):
            return _COMPARATORS[node.comparator](left, right)
        # Polars loses count of the rows when a constant stands left of a column without values.
        return _COMPARATORS[_MIRRORED[node.comparator]](right, left)

    def _comparable(self, node: Node) -> pl.Expr:
        """Return `node` with NaN as NULL: to Polars NaN equals itself and tops every number."""
        compiled = self.compile(node)
        if node.kind is not Kind.NUMBER or isinstance(node, Literal):
            return compiled
        # Not fill_nan: planning takes three times as long for each one inside another.
        return pl.when(compiled.is_nan()).then(None).otherwise(compiled)

    def _in(self, node: In) -> pl.Expr:
        values = [option.value for option in node.options if isinstance(option, Literal)]
        known = [value for value in values if value is not None]
        others = [option for option in node.options if not isinstance(option, Literal)]
        if not _columns(node.operand):
            return self._in_apart(node)
        operand = self._comparable(node.operand)
        tests = [operand.eq(self._comparable(option)) for option in others]
        if known:
            listed = pl.Series(known, dtype=DTYPES[node.operand.kind]).implode()
            tests.append(operand.is_in(listed))
        if None in values:
            tests.append(pl.lit(None, dtype=pl.Boolean()))
        return _joined(or_, tests)

    def _in_apart(self, node: In) -> pl.Expr:
        """Compare one by one: Polars loses count of the rows when a constant is in a list."""
        return _joined(or_, [self._equal(node.operand, option) for option in node.options])

    def _equal(self, left: Node, right: Node) -> pl.Expr:
        return self._comparison(Comparison(comparator=Comparator.EQUAL, left=left, right=right))

    def _arithmetic(self, node: Arithmetic) -> pl.Expr:
        left, right = self.compile(node.left), self.compile(node.right)
        match node.operator:
            case Operator.ADD:
                return left + right
            case Operator.SUBTRACT:
                return left - right
            case Operator.MULTIPLY:
                return left * right
            case Operator.DIVIDE:
                return quotient(left, right, along=_columns(node))
            case Operator.REMAINDER:
                return remainder(left, right)

    def _case(self, node: Case) -> pl.Expr:
        otherwise = self.compile(node.otherwise)
        for condition, value in reversed(node.branches):
            otherwise = (
                pl.when(self.compile(condition)).then(self.compile(value)).otherwise(otherwise)
            )
        return otherwise

    def _call(self, node: Call) -> pl.Expr:
        first = self.compile(node.arguments[0])
        match node.function:
            case Function.COALESCE:
                return pl.coalesce(*map(self.compile, node.arguments))
            case Function.LEAST | Function.GREATEST:
                choose = _EXTREMES[node.function]
                return choose(*map(self._comparable, node.arguments))
            case Function.NULLIF:
                return pl.when(self._equal(*node.arguments)).then(None).otherwise(first)
            case Function.STARTS_WITH:
                return first.str.starts_with(self.compile(node.arguments[1]))
            case Function.ROUND:
                return first.round(_digits(node.arguments[1]))
            case _:
                return _OF_ONE[node.function](first)


_EXTREMES: Mapping[Function, Callable[..., pl.Expr]] = MappingProxyType(
    {Function.LEAST: pl.min_horizontal, Function.GREATEST: pl.max_horizontal}
)
_OF_ONE: Mapping[Function, Callable[[pl.Expr], pl.Expr]] = MappingProxyType(
    {
        Function.ABS: pl.Expr.abs,
        Function.FLOOR: pl.Expr.floor,
        Function.CEIL: pl.Expr.ceil,
        Function.LENGTH: lambda text: text.str.len_chars().cast(pl.Float64),
        Function.LOWER: lambda text: text.str.to_lowercase(),
        Function.UPPER: lambda text: text.str.to_uppercase(),
        Function.TRIM: lambda text: text.str.strip_chars(),
    }
)


def _joined(join: Callable[[pl.Expr, pl.Expr], pl.Expr], operands: Sequence[pl.Expr]) -> pl.Expr:
    """Return all operands joined in pairs, so that a long chain is not a deep one."""
    if len(operands) == 1:
        return operands[0]
    half = len(operands) // 2
    return join(_joined(join, operands[:half]), _joined(join, operands[half:]))


def _digits(node: Node) -> int:
    if not isinstance(node, Literal) or not isinstance(node.value, float):
        raise TypeError("ROUND was parsed without a literal number of digits")
    return int(node.value)


def _columns(root: Node) -> tuple[pl.Expr, ...]:
    """Return the columns that `root` is computed from, each once."""
    names = {
        in_list_column(node.platform, node.name) if isinstance(node, InList) else node.name: None
        for node in walk(root)
        if isinstance(node, (Column, InList))
    }
    return tuple(map(pl.col, names))


def _like(text: pl.Expr, node: Like) -> pl.Expr:
    parts = like_parts(node.pattern, node.escape)
    affix = like_affix(parts) if node.is_case_sensitive else None
    match affix:
        case None:
            regex = like_regex(parts, is_case_sensitive=node.is_case_sensitive)
            return text.str.contains(regex)
        case _ if affix.place == "whole":
            return text == pl.lit(affix.text)
        case _ if affix.place == "start":
            return text.str.starts_with(affix.text)
        case _ if affix.place == "end":
            return text.str.ends_with(affix.text)
        case _:
            return text.str.contains(affix.text, literal=True)
