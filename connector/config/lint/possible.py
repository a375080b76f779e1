"""What an expression can come to, whatever the values of its columns: never too little.

Numbers are enclosed between bounds, conditions are true or false for some values or for none.
Nothing is said of what is not understood: it may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, floor, inf, isfinite
from typing import TYPE_CHECKING

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
    Literal,
    Negative,
    Node,
    Not,
    Operator,
    Or,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from `low` to `high`, both included; none at all when `low` is the higher."""

    low: float = -inf
    high: float = inf

    @property
    def is_empty(self) -> bool:
        """Return whether no number is in it."""
        return self.low > self.high

    def within(self, other: Span) -> Span:
        """Return the numbers that are in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    def held(self, low: float | None, high: float | None) -> Span:
        """Return what becomes of it when its numbers are held between `low` and `high`."""
        bounds = Span(-inf if low is None else low, inf if high is None else high)
        return Span(*(min(max(each, bounds.low), bounds.high) for each in (self.low, self.high)))

    def __add__(self, other: Span) -> Span:
        """Return all sums of two numbers."""
        return Span(self.low + other.low, self.high + other.high)


ANY = Span()
NONE = Span(inf, -inf)

_SAFE = frozenset({Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY})
"""What makes a number of any two that are no larger than the language allows."""

_BELOW = frozenset({Comparator.EQUAL, Comparator.LESS, Comparator.LESS_OR_EQUAL})
_ABOVE = frozenset({Comparator.EQUAL, Comparator.GREATER, Comparator.GREATER_OR_EQUAL})

_OPPOSITE = {
    Comparator.EQUAL: Comparator.NOT_EQUAL,
    Comparator.NOT_EQUAL: Comparator.EQUAL,
    Comparator.LESS: Comparator.GREATER_OR_EQUAL,
    Comparator.LESS_OR_EQUAL: Comparator.GREATER,
    Comparator.GREATER: Comparator.LESS_OR_EQUAL,
    Comparator.GREATER_OR_EQUAL: Comparator.LESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of columns; of others nothing is."""

    spans: Mapping[str, Span] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    never_null: frozenset[str] = frozenset()


def hull(spans: Iterable[Span]) -> Span:
    """Return the least span that holds all of `spans`."""
    given = [each for each in spans if not each.is_empty]
    return (
        Span(min(each.low for each in given), max(each.high for each in given)) if given else NONE
    )


def span_of(node: Node, known: Known) -> Span:  # noqa: PLR0911 - one line a form
    """Return bounds of the number `node`; NULL and NaN are not among them."""
    match node:
        case Literal(kind=Kind.NUMBER, value=float(value)):
            return Span(value, value)
        case Literal(value=None):
            return NONE
        case Column():
            return known.spans.get(node.name, ANY)
        case Negative():
            inner = span_of(node.operand, known)
            return Span(-inner.high, -inner.low)
        case Arithmetic():
            return _reckoned(node, span_of(node.left, known), span_of(node.right, known))
        case Case():
            values = (*(value for _, value in node.branches), node.otherwise)
            return hull(span_of(each, known) for each in values)
        case Call():
            return _called(node, known)
        case Cast(operand=operand) if operand.kind is Kind.NUMBER and not node.is_whole:
            return span_of(operand, known)
        case _:
            return ANY


def may_be(node: Node, truth: bool, known: Known) -> bool:  # noqa: FBT001, PLR0911 - one line a form
    """Return whether the condition `node` may be `truth`."""
    match node:
        case Literal(value=bool(value)):
            return value is truth
        case Not():
            return may_be(node.operand, not truth, known)
        case And(operands=operands):
            if not truth:
                return any(may_be(each, False, known) for each in operands)
            together = _given(operands, known)
            return all(may_be(each, True, together) for each in operands)
        case Or(operands=operands):
            question = any if truth else all
            return question(may_be(each, truth, known) for each in operands)
        case Comparison():
            return _may_compare(node, truth, known)
        case In():
            question = any if truth else all
            equal = (
                Comparison(comparator=Comparator.EQUAL, left=node.operand, right=each)
                for each in node.options
            )
            return question(may_be(each, truth, known) for each in equal)
        case _:
            return True


def _reckoned(node: Arithmetic, left: Span, right: Span) -> Span:
    if left.is_empty or right.is_empty:
        return NONE
    match node.operator:
        case Operator.ADD:
            return left + right
        case Operator.SUBTRACT:
            return left + Span(-right.high, -right.low)
        case Operator.MULTIPLY:
            return _corners(left, right)
        case Operator.DIVIDE if right.low > 0 or right.high < 0:
            return _corners(left, Span(1 / right.high, 1 / right.low))
        case _:
            return ANY


def _corners(left: Span, right: Span) -> Span:
    """Return all products; nothing times whatever is nothing, however large it may be."""
    ends = [
        a * b if a and b else 0.0 for a in (left.low, left.high) for b in (right.low, right.high)
    ]
    return Span(min(ends), max(ends))


def _called(call: Call, known: Known) -> Span:
    spans = [span_of(each, known) for each in call.arguments]
    match call.function:
        case Function.COALESCE | Function.LEAST | Function.GREATEST:
            return _chosen(call, spans, known)
        case Function.LENGTH:
            return Span(0.0, inf)
        case Function.ABS | Function.FLOOR | Function.CEIL | Function.ROUND if spans[0].is_empty:
            return NONE
        case Function.ABS:
            return _sizes(spans[0])
        case Function.FLOOR | Function.CEIL | Function.ROUND:
            return _whole(call, spans)
        case _:
            # NULLIF is its first argument or NULL; what is left makes texts.
            return spans[0]


def _chosen(call: Call, spans: Sequence[Span], known: Known) -> Span:
    """Return what the least, the greatest or the first may be: NULL is skipped by all three."""
    pairs = zip(call.arguments, spans, strict=True)
    sure = [span for each, span in pairs if _is_never_null(each, known)]
    if call.function is Function.LEAST:
        return hull(spans).within(Span(high=min((each.high for each in sure), default=inf)))
    if call.function is Function.GREATEST:
        return hull(spans).within(Span(low=max((each.low for each in sure), default=-inf)))
    return hull(spans)


def _sizes(span: Span) -> Span:
    ends = sorted(map(abs, (span.low, span.high)))
    return Span(0.0 if span.low <= 0 <= span.high else ends[0], ends[1])


def _whole(call: Call, spans: Sequence[Span]) -> Span:
    """Return bounds of a rounded number; halves may go either way."""
    if call.function is not Function.ROUND:
        turn = floor if call.function is Function.FLOOR else ceil
        low, high = (float(turn(each)) if isfinite(each) else each for each in _ends(spans[0]))
        return Span(low, high)
    half = 0.5 / 10 ** spans[1].low
    return Span(spans[0].low - half, spans[0].high + half)


def _ends(span: Span) -> tuple[float, float]:
    return span.low, span.high


def _is_never_null(node: Node, known: Known) -> bool:
    """Return whether `node` is certainly a number: neither NULL nor NaN."""
    match node:
        case Literal():
            return node.value is not None
        case Column():
            return node.name in known.never_null
        case Negative():
            return _is_never_null(node.operand, known)
        case Arithmetic():
            is_safe = node.operator in _SAFE
            return is_safe and all(_is_never_null(each, known) for each in (node.left, node.right))
        case Call(function=Function.COALESCE | Function.LEAST | Function.GREATEST):
            return any(_is_never_null(each, known) for each in node.arguments)
        case _:
            return False


def _may_compare(node: Comparison, truth: bool, known: Known) -> bool:  # noqa: FBT001 - as may_be
    comparator = node.comparator if truth else _OPPOSITE[node.comparator]
    if node.left.kind is Kind.NUMBER:
        return _may_order(comparator, span_of(node.left, known), span_of(node.right, known))
    if node.left.kind is Kind.TEXT:
        left, right = (_words_of(each, known) for each in (node.left, node.right))
        if comparator is Comparator.EQUAL and left is not None and right is not None:
            return not left.isdisjoint(right)
    return True


def _may_order(comparator: Comparator, left: Span, right: Span) -> bool:  # noqa: PLR0911 - one each
    if left.is_empty or right.is_empty:
        return False
    match comparator:
        case Comparator.EQUAL:
            return not left.within(right).is_empty
        case Comparator.NOT_EQUAL:
            return not left.low == left.high == right.low == right.high
        case Comparator.LESS:
            return left.low < right.high
        case Comparator.LESS_OR_EQUAL:
            return left.low <= right.high
        case Comparator.GREATER:
            return left.high > right.low
        case _:
            return left.high >= right.low


def _words_of(node: Node, known: Known) -> frozenset[str] | None:
    """Return all texts that `node` may be, None where they are not known."""
    match node:
        case Literal(value=str(value)):
            return frozenset({value})
        case Column():
            return known.words.get(node.name)
        case _:
            return None


def _given(operands: Iterable[Node], known: Known) -> Known:
    """Return what is known of columns once all `operands` are true."""
    spans, words = dict(known.spans), dict(known.words)
    for each in operands:
        match each:
            case Comparison(left=Column() as column, right=Literal() as literal):
                _narrow(column, each.comparator, literal, spans, words)
            case In(operand=Column() as column):
                options = frozenset(
                    option.value
                    for option in each.options
                    if isinstance(option, Literal) and isinstance(option.value, str)
                )
                if len(options) == len(each.options):
                    words[column.name] = words.get(column.name, options) & options
            case _:
                continue
    return replace(known, spans=spans, words=words)


def _narrow(
    column: Column,
    comparator: Comparator,
    literal: Literal,
    spans: dict[str, Span],
    words: dict[str, frozenset[str]],
) -> None:
    """Take into account that `column` compares so with `literal`."""
    value = literal.value
    if isinstance(value, str) and comparator is Comparator.EQUAL:
        only = frozenset({value})
        words[column.name] = words.get(column.name, only) & only
    elif isinstance(value, float) and comparator in _BELOW | _ABOVE:
        low = value if comparator in _ABOVE else -inf
        high = value if comparator in _BELOW else inf
        spans[column.name] = spans.get(column.name, ANY).within(Span(low, high))
