"""Corners of SQL that commonly surprise, told where an expression has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.conditions.expression import Kind
from connector.conditions.nodes import (
    Arithmetic,
    Call,
    Column,
    Comparator,
    Comparison,
    Function,
    In,
    IsTruth,
    Like,
    Literal,
    Negative,
    Node,
    Not,
    children,
    walk,
)
from connector.conditions.patterns import Wildcard, like_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ROUND = (
    "ROUND takes halves to the even digit: ROUND(0.5) is 0, ROUND(1.5) is 2, ROUND(2.5) is 2; "
    "the `round` of a score takes them away from zero"
)

_LETTERS = {Function.LOWER: str.lower, Function.UPPER: str.upper}

_STRICT = frozenset({Function.ABS, Function.ROUND, Function.FLOOR, Function.CEIL})
"""Functions of a number that are NULL where it is."""


def warnings_of(root: Node, never_null: Collection[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each surprising corner in `root`, none of them twice.

    `never_null` are columns that always have a value.
    """
    texts = (text for node in walk(root) for text in _corners(node, never_null))
    return tuple(dict.fromkeys(texts))


def _corners(node: Node, never_null: Collection[str]) -> Iterator[str]:
    match node:
        case Call(function=Function.LEAST | Function.GREATEST):
            yield from _skipped_nulls(node, never_null)
        case Call(function=Function.ROUND):
            yield _ROUND
        case Not(operand=IsTruth(truth=truth)):
            word = str(truth).upper()
            yield (
                f"IS NOT {word} is NULL, hence not true, where its operand is NULL; "
                f"COALESCE(..., {word}) = {str(not truth).upper()} "
                "says which of both an unknown value counts as"
            )
        case Comparison() if _is_null(node.left) or _is_null(node.right):
            yield _null_comparison(node)
        case Comparison():
            yield from _wrong_case(node.left, node.right)
            yield from _wrong_case(node.right, node.left)
        case In():
            if any(map(_is_null, node.options)):
                yield "IN with a NULL among its values is NULL, never false, and NOT IN never true"
            for option in node.options:
                yield from _wrong_case(node.operand, option)
        # Without wildcards ILIKE is how one compares whole texts in any case.
        case Like(is_case_sensitive=True):
            yield from _wrong_case(node.operand, Literal(kind=Kind.TEXT, value=node.pattern))
            yield from _missing_wildcard(node)
        case _:
            return


def _skipped_nulls(call: Call, never_null: Collection[str]) -> Iterator[str]:
    for name in (name for each in call.arguments for name in _spoilers(each)):
        if name not in never_null:
            yield (
                f"{call.function.value} skips NULL: where {name} is NULL it is the other "
                f"value; write COALESCE({name}, 0) if it should count as 0"
            )


def _spoilers(node: Node) -> Iterator[str]:
    """Yield the columns of numbers that make `node` NULL when they are, through arithmetic."""
    match node:
        case Column(kind=Kind.NUMBER):
            yield node.name
        case Arithmetic() | Negative():
            for each in children(node):
                yield from _spoilers(each)
        case Call() if node.function in _STRICT:
            yield from _spoilers(node.arguments[0])
        case _:
            return


def _null_comparison(node: Comparison) -> str:
    instead = "IS NOT NULL" if node.comparator is Comparator.NOT_EQUAL else "IS NULL"
    return f"a comparison with NULL is never true; write {instead}"


def _wrong_case(operand: Node, text: Node) -> Iterator[str]:
    """Tell of a text in letters that LOWER or UPPER leave none of."""
    if not isinstance(operand, Call) or operand.function not in _LETTERS:
        return
    if isinstance(text, Literal) and isinstance(text.value, str):
        changed = _LETTERS[operand.function](text.value)
        if changed != text.value:
            yield f"{operand.function.value}(...) is never {text.value!r}; write {changed!r}"


def _missing_wildcard(node: Like) -> Iterator[str]:
    parts = like_parts(node.pattern, node.escape)
    if not any(isinstance(part, Wildcard) for part in parts):
        yield (
            f"LIKE {node.pattern!r} has no % or _: it compares with the whole text; "
            f"write {'%' + node.pattern + '%'!r} to look inside"
        )


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None
