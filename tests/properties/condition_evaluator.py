"""A naive evaluator of checked expressions: one row at a time, plain Python, three-valued."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl

from connector.conditions.expression import Kind
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
)

Row: TypeAlias = Mapping[str, Any]


def evaluate(node: Node, row: Row) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - one case a node
    match node:
        case Literal():
            return node.value
        case Column():
            return row[node.name]
        case InList():
            return row[f"{node.platform}/{node.name}"]
        case Not():
            return _not(evaluate(node.operand, row))
        case And() | Or():
            join = _all if isinstance(node, And) else _any
            return join(evaluate(each, row) for each in node.operands)
        case Comparison():
            return _compare(node.comparator, evaluate(node.left, row), evaluate(node.right, row))
        case In():
            return _in(evaluate(node.operand, row), [evaluate(each, row) for each in node.options])
        case IsNull():
            return evaluate(node.operand, row) is None
        case IsTruth():
            value = evaluate(node.operand, row)
            return None if value is None else value is node.truth
        case Like():
            return _like(evaluate(node.operand, row), node)
        case Matches():
            text = evaluate(node.operand, row)
            return None if text is None else re.search(node.pattern, text) is not None
        case Negative():
            value = evaluate(node.operand, row)
            return None if value is None else -value
        case Arithmetic():
            left, right = evaluate(node.left, row), evaluate(node.right, row)
            return None if left is None or right is None else _calculate(node.operator, left, right)
        case Case():
            taken = (value for test, value in node.branches if evaluate(test, row) is True)
            return evaluate(next(taken, node.otherwise), row)
        case Call():
            return _call(node, [evaluate(each, row) for each in node.arguments])
        case Cast():
            return _cast(evaluate(node.operand, row), node)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    return False if False in seen else None if None in seen else True


def _any(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    return True if True in seen else None if None in seen else False


def _in(value: Any, options: list[Any]) -> bool | None:  # noqa: ANN401 - a value of any kind
    return _any(_compare(Comparator.EQUAL, value, option) for option in options)


def _is_missing(value: Any) -> bool:  # noqa: ANN401 - a value of any kind
    return value is None or (isinstance(value, float) and math.isnan(value))


def _compare(comparator: Comparator, left: Any, right: Any) -> bool | None:  # noqa: ANN401
    if _is_missing(left) or _is_missing(right):
        return None
    if isinstance(left, str):
        left, right = left.encode(), right.encode()
    outcomes = {
        Comparator.EQUAL: left == right,
        Comparator.NOT_EQUAL: left != right,
        Comparator.LESS: left < right,
        Comparator.LESS_OR_EQUAL: left <= right,
        Comparator.GREATER: left > right,
        Comparator.GREATER_OR_EQUAL: left >= right,
    }
    return bool(outcomes[comparator])


def _like(text: str | None, node: Like) -> bool | None:
    if text is None:
        return None
    if not node.is_case_sensitive:
        return _fits(text.lower(), node.pattern.lower(), node.escape)
    return _fits(text, node.pattern, node.escape)


def _fits(text: str, pattern: str, escape: str | None) -> bool:
    if not pattern:
        return not text
    if pattern[0] == escape:
        return text[:1] == pattern[1] and _fits(text[1:], pattern[2:], escape)
    if pattern[0] == "%":
        return any(_fits(text[start:], pattern[1:], escape) for start in range(len(text) + 1))
    starts = bool(text) and pattern[0] in {"_", text[0]}
    return starts and _fits(text[1:], pattern[1:], escape)


def _calculate(operator: Operator, left: float, right: float) -> float:
    match operator:
        case Operator.ADD:
            return left + right
        case Operator.SUBTRACT:
            return left - right
        case Operator.MULTIPLY:
            return left * right
        case Operator.DIVIDE:
            return _divide(left, right)
        case Operator.REMAINDER:
            return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left)


def _extreme(values: list[Any], wins: Callable[[Any, Any], bool]) -> Any:  # noqa: ANN401
    best: Any = None
    for value in values:
        if not _is_missing(value) and (best is None or not wins(best, value)):
            best = value
    return best


_OF_ONE: Mapping[Function, Callable[[Any], Any]] = {
    Function.ABS: abs,
    Function.FLOOR: lambda value: _whole(math.floor, value),
    Function.CEIL: lambda value: _whole(math.ceil, value),
    Function.LENGTH: lambda text: float(len(text)),
    Function.LOWER: str.lower,
    Function.UPPER: str.upper,
    Function.TRIM: str.strip,
}


def _whole(toward: Callable[[float], int], value: float) -> float:
    return math.copysign(toward(value), value) if math.isfinite(value) else value


def _call(node: Call, values: list[Any]) -> Any:  # noqa: ANN401, PLR0911 - one case a function
    first = values[0]
    match node.function:
        case Function.COALESCE:
            return next((value for value in values if value is not None), None)
        case Function.LEAST:
            return _extreme(values, lambda best, value: best < value)
        case Function.GREATEST:
            return _extreme(values, lambda best, value: best > value)
        case Function.NULLIF:
            return None if _compare(Comparator.EQUAL, *values) else first
        case Function.STARTS_WITH:
            return None if None in values else first.startswith(values[1])
        case Function.ROUND:
            return None if first is None else _round(first, int(values[1]))
        case _:
            return None if first is None else _OF_ONE[node.function](first)


def _round(value: float, digits: int) -> float:
    """Round halves to the even digit, on the number moved by a power of ten."""
    moved = value * 10.0**digits
    if not math.isfinite(moved):
        return value
    return math.copysign(float(round(moved)), value) / 10.0**digits


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_WORDS = {
    **dict.fromkeys(("true", "1", "yes"), True),
    **dict.fromkeys(("false", "0", "no"), False),
}


def _cast(value: Any, node: Cast) -> Any:  # noqa: ANN401 - a value of any kind
    if value is None or node.operand.kind is node.kind is not Kind.NUMBER:
        return value
    match node.kind:
        case Kind.TEXT:
            return _to_text(value)
        case Kind.BOOLEAN if isinstance(value, str):
            return _WORDS.get(value.strip().lower())
        case Kind.BOOLEAN:
            return None if math.isnan(value) else bool(value)
        case _:
            return _to_number(value, is_whole=node.is_whole)


def _to_text(value: float | bool | datetime) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text: str = pl.Series([value]).cast(pl.String)[0]
    assert float(text) == value
    return text


def _to_number(value: str | float, *, is_whole: bool) -> float | None:
    if isinstance(value, str):
        form = _INTEGER if is_whole else _NUMBER
        number = float(value) if form.fullmatch(value.strip()) else math.nan
        return number if math.isfinite(number) else None
    if not is_whole:
        return float(value)
    return float(int(value)) if math.isfinite(value) else None
