"""What an expression can come to, whatever its columns are: never too little.

Numbers are enclosed between bounds, a condition may be true or may not. Of what is not understood
nothing is said: it may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf, isinf
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from connector.conditions.enclosure import NoEnclosure, Value, enclose, known
from connector.conditions.expression import Kind
from connector.conditions.intervals import FALSE, NULL, TRUE, VALUE, Number
from connector.conditions.nodes import (
    And,
    Column,
    Comparator,
    Comparison,
    In,
    Literal,
    Node,
    Not,
    Or,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.conditions.expression import Expression


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from `low` to `high`, both included; none at all when `low` is the higher."""

    low: float = -inf
    high: float = inf

    def __str__(self) -> str:
        """Return the bounds that there are in words."""
        if isinf(self.high):
            return f"at least {self.low:.12g}"
        if isinf(self.low):
            return f"at most {self.high:.12g}"
        return f"between {self.low:.12g} and {self.high:.12g}"

    def within(self, other: Span) -> Span:
        """Return the numbers that are in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    def held(self, low: float | None, high: float | None) -> Span:
        """Return what becomes of it when its numbers are held between `low` and `high`."""
        floor, cap = -inf if low is None else low, inf if high is None else high
        return Span(*(min(max(each, floor), cap) for each in (self.low, self.high)))

    def __add__(self, other: Span) -> Span:
        """Return all sums of two numbers."""
        return Span(self.low + other.low, self.high + other.high)


ANY = Span()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of columns; of others nothing is."""

    spans: Mapping[str, Span] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    never_null: frozenset[str] = frozenset()


def span_of(expression: Expression, facts: Facts) -> Span:
    """Return bounds of the number that `expression` is, where it is one."""
    value = _value(expression, facts)
    if not isinstance(value, Number):
        return ANY
    return Span(value.low.item(), value.high.item())


def may_be_true(expression: Expression, facts: Facts) -> bool:
    """Return whether the condition `expression` is true for any values of its columns."""
    return _may_be(expression, expression.node, True, facts)


def _may_be(expression: Expression, node: Node, truth: bool, facts: Facts) -> bool:  # noqa: FBT001 - a value
    """Return whether `node`, a part of `expression`, may be `truth`."""
    if any(span.low > span.high for span in facts.spans.values()):
        return False
    match node:
        case Not():
            return _may_be(expression, node.operand, not truth, facts)
        case And(operands=operands) if truth:
            together = _narrowed(operands, facts)
            return all(_may_be(expression, each, truth, together) for each in operands)
        case And(operands=operands) | Or(operands=operands):
            question = any if truth or isinstance(node, And) else all
            return question(_may_be(expression, each, truth, facts) for each in operands)
        case Comparison() | In() if _kind(node) is Kind.TEXT:
            return not truth or _may_agree(node, facts)
        case _:
            value = _value(replace(expression, node=node), facts)
            wanted = TRUE if truth else FALSE
            return value is None or isinstance(value, Number) or bool((value.may & wanted).item())


def _value(expression: Expression, facts: Facts) -> Value | None:
    """Return what `expression` may come to, None where nothing is known of it."""
    numbers = {
        each.name
        for each in walk(expression.node)
        if isinstance(each, Column) and each.kind is Kind.NUMBER
    }
    try:
        enclosure = enclose(expression, numbers, prefix="(")
    except NoEnclosure:
        return None
    if any(part.meta.root_names() for part in enclosure.constants.values()):
        return None
    columns: dict[str, Value] = {name: _number(name, facts) for name in numbers}
    for name, part in enclosure.constants.items():
        columns[name] = known(pl.select(part).to_series())
    with np.errstate(all="ignore"):
        return enclosure.value(columns)


def _number(name: str, facts: Facts) -> Number:
    span = facts.spans.get(name, ANY)
    may = VALUE if name in facts.never_null else VALUE | NULL
    return Number(np.asarray(span.low), np.asarray(span.high), np.asarray(may))


def _kind(node: Comparison | In) -> Kind:
    return node.left.kind if isinstance(node, Comparison) else node.operand.kind


def _may_agree(node: Comparison | In, facts: Facts) -> bool:
    """Return whether two texts may compare so."""
    if isinstance(node, Comparison):
        pairs = [(node.left, node.right)]
        is_equality = node.comparator is Comparator.EQUAL
    else:
        pairs = [(node.operand, option) for option in node.options]
        is_equality = True
    return not is_equality or any(_may_equal(*pair, facts) for pair in pairs)


def _may_equal(left: Node, right: Node, facts: Facts) -> bool:
    words, others = _words_of(left, facts), _words_of(right, facts)
    return words is None or others is None or not words.isdisjoint(others)


def _words_of(node: Node, facts: Facts) -> frozenset[str] | None:
    """Return all texts that `node` may be, None where they are not known."""
    match node:
        case Literal(value=str(value)):
            return frozenset({value})
        case Column():
            return facts.words.get(node.name)
        case _:
            return None


def _narrowed(conditions: Iterable[Node], facts: Facts) -> Facts:
    """Return what is known of columns once all `conditions` are true."""
    spans, words = dict(facts.spans), dict(facts.words)
    for each in conditions:
        match each:
            case Comparison(left=Column(name=name), right=Literal(value=float(value))):
                spans[name] = spans.get(name, ANY).within(_side(each.comparator, value))
            case Comparison(
                comparator=Comparator.EQUAL,
                left=Column(name=name),
                right=Literal(value=str(value)),
            ):
                words[name] = words.get(name, frozenset({value})) & {value}
            case In(operand=Column(kind=Kind.TEXT, name=name), options=options):
                texts = [_words_of(option, facts) for option in options]
                told = frozenset().union(*(text for text in texts if text is not None))
                if None not in texts:
                    words[name] = words.get(name, told) & told
            case _:
                continue
    return replace(facts, spans=spans, words=words)


def _side(comparator: Comparator, value: float) -> Span:
    """Return the numbers that may compare so with `value`."""
    match comparator:
        case Comparator.EQUAL:
            return Span(value, value)
        case Comparator.LESS | Comparator.LESS_OR_EQUAL:
            return Span(high=value)
        case Comparator.GREATER | Comparator.GREATER_OR_EQUAL:
            return Span(low=value)
        case _:
            return ANY
