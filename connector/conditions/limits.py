"""How large an expression may grow once it is compiled."""

from __future__ import annotations

from connector.conditions.expression import ConditionError
from connector.conditions.nodes import (
    Arithmetic,
    Call,
    Cast,
    Function,
    In,
    Literal,
    Node,
    Operator,
    children,
)

MAX_SIZE = 20_000
"""Operations after compiling, where an operand that is used twice counts twice."""

MAX_OPTIONS = 1_000
"""Values of one IN."""

_ROUNDING_COPIES = 8
_CAST_COPIES = 8


def check_size(root: Node) -> None:
    """Raise ConditionError when `root` would compile to more than MAX_SIZE operations."""
    if _size(root, {}) > MAX_SIZE:
        raise ConditionError("the expression is too large: too much is nested in it")


def _size(node: Node, known: dict[int, int]) -> int:
    """Return the size of `node`; a node shared by several parents is measured once."""
    if id(node) not in known:
        below = sum(_size(each, known) for each in children(node))
        known[id(node)] = 1 + _copies(node) * below
    return known[id(node)]


def _copies(node: Node) -> int:
    """Return how often the compiled `node` repeats its operands."""
    match node:
        case Call(function=Function.ROUND):
            return _ROUNDING_COPIES
        case Call(function=Function.NULLIF) | Arithmetic(operator=Operator.DIVIDE):
            return 2
        case Cast():
            return _CAST_COPIES
        case In():
            return 1 + sum(not isinstance(option, Literal) for option in node.options)
        case _:
            return 1
