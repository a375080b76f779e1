"""Reads an expression: sqlglot parses it, then only what is on the allowlist passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError

from connector.conditions.advice import warnings_of
from connector.conditions.expression import ConditionError, Expression, Kind
from connector.conditions.functions import FORMS as FUNCTIONS
from connector.conditions.lexer import DIALECT, read_tokens
from connector.conditions.limits import check_size
from connector.conditions.nodes import Column, InList, Node, walk
from connector.conditions.operators import FORMS as OPERATORS
from connector.conditions.scope import Scope, noun

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from zoneinfo import ZoneInfo

    from sqlglot import Token

_TOO_DEEP = "the expression is nested too deeply"
_FORMS = {**OPERATORS, **FUNCTIONS}


def parse(
    text: str,
    names: Mapping[str, Kind],
    *,
    expect: Kind,
    timezone: ZoneInfo,
    lists: bool = False,
    never_null: Collection[str] = (),
) -> Expression:
    """Return `text` as a checked expression of kind `expect` over the columns `names`.

    DATE and TIMESTAMP literals are local in `timezone`; `lists` allows ``in_list``;
    of the columns in `never_null`, which always have a value, no warning says they might be NULL.
    Raises ConditionError with a position and a hint where they are known.
    """
    tokens = read_tokens(text, names, lists=lists)
    try:
        tree = _syntax_tree(text, tokens)
        node = _checked(
            tree, Scope(text=text, names=names, timezone=timezone, forms=_FORMS), expect
        )
    except RecursionError:
        raise ConditionError(_TOO_DEEP) from None
    check_size(node)
    nodes = tuple(walk(node))
    return Expression(
        text=text,
        kind=expect,
        node=node,
        names=frozenset(each.name for each in nodes if isinstance(each, Column)),
        lists=frozenset((each.platform, each.name) for each in nodes if isinstance(each, InList)),
        warnings=warnings_of(node, never_null),
    )


def _checked(tree: exp.Expr, scope: Scope, expect: Kind) -> Node:
    node = scope.node(tree, expect)
    if node.kind is not expect:
        told = f"{noun(expect)} is needed here, but {scope.source(tree)} is {noun(node.kind)}"
        raise scope.refusal(told, tree)
    return node


def _syntax_tree(text: str, tokens: list[Token]) -> exp.Expr:
    try:
        trees = Dialect.get_or_raise(DIALECT).parser().parse(tokens, text)
    except ParseError as error:
        position = _position(text, error)
        if position is None:
            raise ConditionError("this is not an expression") from error
        near = text[position : position + 20].strip()
        message = f"the expression cannot be read from {near!r} on" if near else "it ends too soon"
        raise ConditionError(message, position=position) from error
    if len(trees) != 1 or trees[0] is None:
        raise ConditionError("one expression is needed", position=0)
    return trees[0]


def _position(text: str, error: ParseError) -> int | None:
    """Return where the token begins at which sqlglot stumbled; it says line and last column."""
    if not error.errors:
        return None
    place = error.errors[0]
    before = text.splitlines(keepends=True)[: (place["line"] or 1) - 1]
    position = sum(map(len, before)) + place["col"] - len(place["highlight"] or "")
    return position if 0 <= position <= len(text) else None
