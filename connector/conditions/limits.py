"""How large an expression may grow once it is compiled."""

from __future__ import annotations

from itertools import chain, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING

from connector.conditions.expression import ConditionError, Kind
from connector.conditions.nodes import (
    Call,
    Cast,
    Comparison,
    Function,
    In,
    Literal,
    Node,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_SIZE = 20_000
"""Operations after compiling, where an operand that is used twice counts twice."""

MAX_OPTIONS = 1_000
"""Values of one IN."""

_NAN_COPIES = 2
"""How often a number stands in its own test for NaN."""


def check_size(root: Node) -> None:
    """Raise ConditionError when `root` would compile to more than MAX_SIZE operations."""
    if _size(root, {}) > MAX_SIZE:
        raise ConditionError("the expression is too large: too much is nested in it")


def _size(node: Node, known: dict[int, int]) -> int:
    """Return the size of `node`; a node shared by several parents is measured once."""
    if id(node) not in known:
        below = zip(_copies(node), children(node), strict=False)
        known[id(node)] = 1 + sum(times * _size(each, known) for times, each in below)
    return known[id(node)]


def _copies(node: Node) -> Iterable[int]:
    """Return how often each operand stands in the compiled `node`."""
    match node:
        case In():
            tests = 1 + sum(not isinstance(option, Literal) for option in node.options)
            return chain((tests * _NAN_COPIES,), repeat(_NAN_COPIES))
        case Comparison():
            return repeat(_NAN_COPIES)
        case Call():
            return _CALL_COPIES.get(node.function, repeat(1))
        case Cast():
            return repeat(_cast_copies(node))
        case _:
            return repeat(1)


_CALL_COPIES: Mapping[Function, Iterable[int]] = MappingProxyType(
    {
        Function.ROUND: (1, 0),
        Function.NULLIF: (_NAN_COPIES + 1, _NAN_COPIES),
        Function.LEAST: repeat(_NAN_COPIES),
        Function.GREATEST: repeat(_NAN_COPIES),
    }
)


def _cast_copies(node: Cast) -> int:
    if node.kind is Kind.INSTANT and node.operand.kind is Kind.TEXT:
        return 48 if node.is_date else 24
    return 6
