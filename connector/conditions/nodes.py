"""The tree of a checked expression: every node knows its kind, nothing in it is sqlglot's.

Sugar is gone: ``<>`` is a negated ``=``, ``NOT LIKE`` a negated LIKE, ``IS NOT NULL`` a negated
IS NULL, BETWEEN two comparisons, and so on. Instants are microseconds since the epoch in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from connector.conditions.expression import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

Constant: TypeAlias = str | float | bool | datetime | None
"""What a literal stands for; a number is always a float, an instant aware and in UTC."""


class Comparator(Enum):
    """How two values of one kind are compared."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Operator(Enum):
    """Arithmetic on two numbers."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"


class Function(Enum):
    """A function that a condition may call."""

    COALESCE = "COALESCE"
    NULLIF = "NULLIF"
    LEAST = "LEAST"
    GREATEST = "GREATEST"
    ABS = "ABS"
    ROUND = "ROUND"
    FLOOR = "FLOOR"
    CEIL = "CEIL"
    LENGTH = "LENGTH"
    LOWER = "LOWER"
    UPPER = "UPPER"
    TRIM = "TRIM"
    STARTS_WITH = "STARTS_WITH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A value as written; NULL has the kind that its place asks for."""

    kind: Kind
    value: Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by its name."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InList:
    """That a platform reports the contact in one of its lists."""

    platform: str
    name: str
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The negation of a boolean; NULL stays NULL."""

    operand: Node
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """True when all operands are; false when any is false, else NULL."""

    operands: tuple[Node, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """True when any operand is; false when all are false, else NULL."""

    operands: tuple[Node, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two values of one kind compared; NULL when either is NULL or not a number (NaN)."""

    comparator: Comparator
    left: Node
    right: Node
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """That a value equals one of the options: ``value = a OR value = b OR ...``."""

    operand: Node
    options: tuple[Node, ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull:
    """That a value is NULL; never NULL itself."""

    operand: Node
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class IsTruth:
    """That a boolean is `truth`; as Polars has it, NULL where the boolean is NULL."""

    operand: Node
    truth: bool
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """That a whole text has the form of `pattern` (``%`` any characters, ``_`` exactly one)."""

    operand: Node
    pattern: str
    is_case_sensitive: bool
    escape: str | None = None
    """The character of the pattern after which the next one stands for itself."""
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """That some part of a text matches a regular expression of Polars' linear-time engine."""

    operand: Node
    pattern: str
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """A number with its sign turned."""

    operand: Node
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """Two numbers joined by an operator, as IEEE doubles."""

    operator: Operator
    left: Node
    right: Node
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The value of the first branch whose condition is true, else `otherwise`."""

    kind: Kind
    branches: tuple[tuple[Node, Node], ...]
    """Condition and value, in order."""
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function and its arguments; ROUND always has two, the second a literal."""

    kind: Kind
    function: Function
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A value as another kind; NULL where it cannot be one."""

    kind: Kind
    operand: Node
    is_whole: bool = False
    """To an integer: the fraction is cut off."""
    is_date: bool = False
    """To a date: the midnight, on the local clock, that begins the day."""
    timezone: str = "UTC"
    """Where texts without an offset, and days, are local."""


Node: TypeAlias = (
    Literal
    | Column
    | InList
    | Not
    | And
    | Or
    | Comparison
    | In
    | IsNull
    | IsTruth
    | Like
    | Matches
    | Negative
    | Arithmetic
    | Case
    | Call
    | Cast
)


def children(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911 - one case a form
    """Return the nodes directly below `node`, in the order in which they are written."""
    match node:
        case Literal() | Column() | InList():
            return ()
        case And() | Or():
            return node.operands
        case Comparison() | Arithmetic():
            return (node.left, node.right)
        case In():
            return (node.operand, *node.options)
        case Case():
            pairs = (each for branch in node.branches for each in branch)
            return (*pairs, node.otherwise)
        case Call():
            return node.arguments
        case _:
            return (node.operand,)


def walk(root: Node) -> Iterator[Node]:
    """Yield `root` and every node below it, parents first, a shared node once."""
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(reversed(children(node)))
