"""Operators, literals and names of the syntax tree, as our nodes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlglot import exp

from connector.conditions.expression import Kind
from connector.conditions.limits import MAX_OPTIONS
from connector.conditions.nodes import (
    And,
    Arithmetic,
    Column,
    Comparator,
    Comparison,
    In,
    IsNull,
    IsTruth,
    Literal,
    Negative,
    Node,
    Not,
    Operator,
    Or,
)
from connector.conditions.scope import Form, Handler, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMPARATORS: Mapping[type[exp.Expr], Comparator] = MappingProxyType(
    {
        exp.EQ: Comparator.EQUAL,
        exp.NEQ: Comparator.NOT_EQUAL,
        exp.LT: Comparator.LESS,
        exp.LTE: Comparator.LESS_OR_EQUAL,
        exp.GT: Comparator.GREATER,
        exp.GTE: Comparator.GREATER_OR_EQUAL,
    }
)
_OPERATORS: Mapping[type[exp.Expr], Operator] = MappingProxyType(
    {
        exp.Add: Operator.ADD,
        exp.Sub: Operator.SUBTRACT,
        exp.Mul: Operator.MULTIPLY,
        exp.Div: Operator.DIVIDE,
        exp.Mod: Operator.REMAINDER,
    }
)
_EQUALITIES = frozenset({Comparator.EQUAL, Comparator.NOT_EQUAL})


def _paren(scope: Scope, tree: exp.Expr, want: Kind | None) -> Node:
    return scope.node(tree.this, want)


def _literal(_scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    if tree.args.get("is_string"):
        return Literal(kind=Kind.TEXT, value=str(tree.this))
    return Literal(kind=Kind.NUMBER, value=float(tree.this))


def _boolean(_scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    return Literal(kind=Kind.BOOLEAN, value=bool(tree.this))


def _null(_scope: Scope, _tree: exp.Expr, want: Kind | None) -> Node:
    return Literal(kind=want or Kind.NUMBER, value=None)


def _column(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    name = tree.name
    if name not in scope.names:
        raise scope.refusal(f"unknown name {name}", tree)
    return Column(kind=scope.names[name], name=name)


def _not(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    return Not(operand=scope.typed(tree.this, Kind.BOOLEAN, "NOT"))


def _and(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    operands = (scope.typed(each, Kind.BOOLEAN, "AND") for each in _chain(tree, exp.And))
    return And(operands=tuple(operands))


def _or(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    operands = (scope.typed(each, Kind.BOOLEAN, "OR") for each in _chain(tree, exp.Or))
    return Or(operands=tuple(operands))


def _chain(tree: exp.Expr, link: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield the operands of ``a AND b AND c``, which sqlglot nests one deeper for each."""
    links: list[exp.Expr] = []
    while isinstance(tree, link):
        links.append(tree)
        tree = tree.this
    yield tree
    yield from (each.expression for each in reversed(links))


def _comparison(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    comparator = _COMPARATORS[type(tree)]
    left, right = scope.alike((tree.this, tree.expression), None)
    if left.kind is Kind.BOOLEAN and comparator not in _EQUALITIES:
        raise scope.refusal(f"{comparator.value} does not compare what is true or false", tree)
    return Comparison(comparator=comparator, left=left, right=right)


def _between(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    bounds = (tree.this, tree.args["low"], tree.args["high"])
    value, low, high = scope.alike(bounds, None)
    if value.kind is Kind.BOOLEAN:
        raise scope.refusal("BETWEEN does not compare what is true or false", tree)
    return And(
        operands=(
            Comparison(comparator=Comparator.GREATER_OR_EQUAL, left=value, right=low),
            Comparison(comparator=Comparator.LESS_OR_EQUAL, left=value, right=high),
        )
    )


def _in(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    options = tree.expressions
    if not options:
        raise scope.refusal("IN needs a list of values between parentheses", tree)
    if len(options) > MAX_OPTIONS:
        raise scope.refusal(f"IN takes at most {MAX_OPTIONS} values", tree)
    operand, *listed = scope.alike((tree.this, *options), None)
    return In(operand=operand, options=tuple(listed))


def _is(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    asked = tree.expression
    if isinstance(asked, exp.Null):
        test: Node = IsNull(operand=scope.node(tree.this))
    elif isinstance(asked, exp.Boolean):
        user = f"IS {asked.sql()}"
        test = IsTruth(operand=scope.typed(tree.this, Kind.BOOLEAN, user), truth=bool(asked.this))
    else:
        raise scope.refusal("after IS stands NULL, TRUE or FALSE", tree)
    return Not(operand=test) if tree.args.get("negate") else test


def _arithmetic(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    operator = _OPERATORS[type(tree)]
    return Arithmetic(
        operator=operator,
        left=scope.typed(tree.this, Kind.NUMBER, operator.value),
        right=scope.typed(tree.expression, Kind.NUMBER, operator.value),
    )


def _negative(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    operand = scope.typed(tree.this, Kind.NUMBER, "-")
    if isinstance(operand, Literal) and isinstance(operand.value, float):
        return Literal(kind=Kind.NUMBER, value=-operand.value)
    return Negative(operand=operand)


def _alias(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    raise scope.refusal(f"an operator is missing after {scope.source(tree.this)}", tree)


def _form(handler: Handler, *parts: str) -> Form:
    return Form(handler, frozenset(parts))


_BINARY = ("this", "expression")

FORMS: Mapping[type[exp.Expr], Form] = MappingProxyType(
    {
        exp.Paren: _form(_paren, "this"),
        exp.Literal: _form(_literal, "this", "is_string"),
        exp.Boolean: _form(_boolean, "this"),
        exp.Null: _form(_null),
        exp.Column: _form(_column, "this"),
        exp.Not: _form(_not, "this"),
        exp.And: _form(_and, *_BINARY),
        exp.Or: _form(_or, *_BINARY),
        **dict.fromkeys(_COMPARATORS, _form(_comparison, *_BINARY)),
        exp.Between: _form(_between, "this", "low", "high"),
        exp.In: _form(_in, "this", "expressions"),
        exp.Is: _form(_is, *_BINARY, "negate"),
        **dict.fromkeys(_OPERATORS, _form(_arithmetic, *_BINARY, "typed", "safe")),
        exp.Neg: _form(_negative, "this"),
        exp.Alias: _form(_alias, "this", "alias"),
    }
)
"""The operators that the allowlist has."""
