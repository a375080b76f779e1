"""A checked expression: what the parser gives and the compiler takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.conditions.nodes import Node


class Kind(Enum):
    """The type of a value inside an expression."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "datetime"


class ConditionError(ValueError):
    """An expression that cannot be used, and where in its text it goes wrong."""

    def __init__(
        self, message: str, *, position: int | None = None, hint: str | None = None
    ) -> None:
        """Take the zero-based character at which the trouble begins, when it is known."""
        super().__init__(message)
        self.message = message
        self.position = position
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression whose names, types and functions were all checked."""

    text: str
    """As it was written."""
    kind: Kind
    node: Node = field(repr=False, compare=False)
    names: frozenset[str]
    """The columns it reads."""
    lists: frozenset[tuple[str, str]] = frozenset()
    """Platform and name of each list that ``in_list`` asks about."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """Corners of SQL in it that commonly surprise."""
