"""Functions, CASE, CAST and patterns of the syntax tree, as our nodes."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlglot import exp

from connector.conditions.expression import ConditionError, Kind
from connector.conditions.literals import read_date, read_timestamp, zone_name
from connector.conditions.nodes import (
    Call,
    Case,
    Cast,
    Comparator,
    Comparison,
    Function,
    InList,
    Like,
    Literal,
    Matches,
    Node,
    Not,
)
from connector.conditions.patterns import check_regex, like_parts, like_regex
from connector.conditions.scope import Form, Scope, case_values, noun
from connector.conditions.words import IN_LIST, TYPE_TOKENS, CastTarget
from connector.domain.rounding import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

_CAST_TARGETS = {token.name: target for target, token in TYPE_TOKENS.items()}
_CASTS_TO: Mapping[CastTarget, frozenset[Kind]] = MappingProxyType(
    {
        CastTarget.TEXT: frozenset(Kind),
        CastTarget.NUMBER: frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN}),
        CastTarget.INTEGER: frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN}),
        CastTarget.BOOLEAN: frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN}),
        CastTarget.TIMESTAMP: frozenset({Kind.TEXT, Kind.INSTANT}),
        CastTarget.DATE: frozenset({Kind.TEXT, Kind.INSTANT}),
    }
)
_ORDERED = frozenset({Kind.NUMBER, Kind.INSTANT})


def _of_one_kind(function: Function, scope: Scope, tree: exp.Expr, want: Kind | None) -> Node:
    nodes = scope.alike((tree.this, *tree.expressions), want)
    if function is not Function.COALESCE and nodes[0].kind not in _ORDERED:
        told = f"{function.value} takes numbers, or dates and times"
        raise scope.refusal(f"{told}; {scope.source(tree.this)} is {noun(nodes[0].kind)}", tree)
    return Call(kind=nodes[0].kind, function=function, arguments=nodes)


def _nullif(scope: Scope, tree: exp.Expr, want: Kind | None) -> Node:
    nodes = scope.alike((tree.this, tree.expression), want)
    return Call(kind=nodes[0].kind, function=Function.NULLIF, arguments=nodes)


def _of_one(
    function: Function, takes: Kind, gives: Kind, scope: Scope, tree: exp.Expr, _: Kind | None
) -> Node:
    # Of some functions the parser lets it be left out.
    if tree.this is None:
        raise scope.refusal(f"{function.value} takes {noun(takes)}", tree)
    argument = scope.typed(tree.this, takes, function.value)
    return Call(kind=gives, function=function, arguments=(argument,))


def _round(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    value = scope.typed(tree.this, Kind.NUMBER, "ROUND")
    digits = tree.args.get("decimals")
    count = scope.node(digits) if digits else Literal(kind=Kind.NUMBER, value=0.0)
    if not isinstance(count, Literal) or count.value not in range(MAX_DIGITS + 1):
        told = f"the digits of ROUND are a whole number from 0 to {MAX_DIGITS}"
        raise scope.refusal(told, digits or tree)
    return Call(kind=Kind.NUMBER, function=Function.ROUND, arguments=(value, count))


def _starts_with(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    texts = (tree.this, tree.expression)
    arguments = tuple(scope.typed(each, Kind.TEXT, "STARTS_WITH") for each in texts)
    return Call(kind=Kind.BOOLEAN, function=Function.STARTS_WITH, arguments=arguments)


def _like(is_case_sensitive: bool, scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:  # noqa: FBT001 - bound by name
    return _like_with(scope, tree, None, is_case_sensitive=is_case_sensitive)


def _escape(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    like, escape = tree.this, tree.expression
    if not isinstance(like, (exp.Like, exp.ILike)):
        raise scope.refusal("ESCAPE belongs to LIKE", tree)
    if not escape.is_string or len(escape.name) != 1:
        raise scope.refusal("after ESCAPE stands one character in quotes", tree)
    is_case_sensitive = isinstance(like, exp.Like)
    return _like_with(scope, like, escape.name, is_case_sensitive=is_case_sensitive)


def _like_with(
    scope: Scope, tree: exp.Expr, escape: str | None, *, is_case_sensitive: bool
) -> Node:
    user = "LIKE" if is_case_sensitive else "ILIKE"
    operand = scope.typed(tree.this, Kind.TEXT, user)
    pattern = _pattern(scope, tree.expression, user)
    try:
        parts = like_parts(pattern, escape)
        check_regex(like_regex(parts, is_case_sensitive=is_case_sensitive))
    except ConditionError as error:
        raise scope.refusal(error.message, tree.expression) from error
    like = Like(
        operand=operand, pattern=pattern, is_case_sensitive=is_case_sensitive, escape=escape
    )
    return Not(operand=like) if tree.args.get("negate") else like


def _matches(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    operand = scope.typed(tree.this, Kind.TEXT, "a regular expression")
    pattern = _pattern(scope, tree.expression, "a regular expression")
    try:
        check_regex(pattern)
    except ConditionError as error:
        raise scope.refusal(error.message, tree.expression) from error
    return Matches(operand=operand, pattern=pattern)


def _pattern(scope: Scope, tree: exp.Expr, user: str) -> str:
    node = scope.node(tree, Kind.TEXT)
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise scope.refusal(f"the pattern of {user} is a text in quotes", tree)
    return node.value


def _case(scope: Scope, tree: exp.Expr, want: Kind | None) -> Node:
    if not isinstance(tree, exp.Case):
        raise TypeError(tree)
    values = scope.alike(case_values(tree), want)
    conditions = _case_conditions(scope, tree)
    return Case(
        kind=values[0].kind,
        branches=tuple(zip(conditions, values, strict=False)),
        otherwise=values[-1],
    )


def _case_conditions(scope: Scope, tree: exp.Case) -> tuple[Node, ...]:
    tests = [branch.this for branch in tree.args["ifs"]]
    if tree.this is None:
        return tuple(scope.typed(test, Kind.BOOLEAN, "WHEN") for test in tests)
    operand, *options = scope.alike((tree.this, *tests), None)
    return tuple(
        Comparison(comparator=Comparator.EQUAL, left=operand, right=option) for option in options
    )


def _cast(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    target = _cast_target(scope, tree)
    if target.kind is Kind.INSTANT and tree.this.is_string:
        return _instant(scope, tree.this, target)
    operand = scope.node(tree.this, target.kind)
    if operand.kind not in _CASTS_TO[target]:
        told = f"{scope.source(tree.this)} is {noun(operand.kind)}"
        raise scope.refusal(f"{told} and cannot become {noun(target.kind)}", tree)
    return Cast(
        kind=target.kind,
        operand=operand,
        is_whole=target is CastTarget.INTEGER,
        is_date=target is CastTarget.DATE,
        timezone=zone_name(scope.timezone) if target.kind is Kind.INSTANT else "UTC",
    )


def _cast_target(scope: Scope, tree: exp.Expr) -> CastTarget:
    asked = tree.args["to"]
    # Postgres calls a timestamp without a zone by another name.
    name = str(asked.this.value).removesuffix("NTZ") if isinstance(asked, exp.DataType) else ""
    target = _CAST_TARGETS.get(name)
    if target is None or asked.expressions:
        raise scope.refusal(f"CAST to {asked.sql()} is not allowed", tree)
    return target


def _instant(scope: Scope, tree: exp.Expr, target: CastTarget) -> Node:
    read = read_date if target is CastTarget.DATE else read_timestamp
    try:
        return Literal(kind=Kind.INSTANT, value=read(tree.name, scope.timezone))
    except ConditionError as error:
        raise scope.refusal(error.message, tree, error.hint) from error


def _anonymous(scope: Scope, tree: exp.Expr, _: Kind | None) -> Node:
    if tree.name.upper() != IN_LIST:
        raise scope.refusal(f"unknown function {tree.name}", tree)
    arguments = tree.expressions
    if len(arguments) != 2 or not all(each.is_string for each in arguments):  # noqa: PLR2004
        hint = "write in_list('platform', 'name of the list')"
        raise scope.refusal("in_list takes two texts in quotes", tree, hint)
    return InList(platform=arguments[0].name, name=arguments[1].name)


def _plain(function: Function, takes: Kind, gives: Kind) -> Form:
    return Form(partial(_of_one, function, takes, gives), frozenset({"this"}))


def _list(function: Function) -> Form:
    parts = frozenset({"this", "expressions", "ignore_nulls"})
    return Form(partial(_of_one_kind, function), parts)


_BINARY = frozenset({"this", "expression"})
_LIKE_PARTS = _BINARY | {"negate"}
_CAST_FORM = Form(_cast, frozenset({"this", "to", "safe"}))

FORMS: Mapping[type[exp.Expr], Form] = MappingProxyType(
    {
        exp.Coalesce: _list(Function.COALESCE),
        exp.Least: _list(Function.LEAST),
        exp.Greatest: _list(Function.GREATEST),
        exp.Nullif: Form(_nullif, _BINARY),
        exp.Abs: _plain(Function.ABS, Kind.NUMBER, Kind.NUMBER),
        exp.Floor: _plain(Function.FLOOR, Kind.NUMBER, Kind.NUMBER),
        exp.Ceil: _plain(Function.CEIL, Kind.NUMBER, Kind.NUMBER),
        exp.Round: Form(_round, frozenset({"this", "decimals"})),
        exp.Length: _plain(Function.LENGTH, Kind.TEXT, Kind.NUMBER),
        exp.Lower: _plain(Function.LOWER, Kind.TEXT, Kind.TEXT),
        exp.Upper: _plain(Function.UPPER, Kind.TEXT, Kind.TEXT),
        exp.Trim: _plain(Function.TRIM, Kind.TEXT, Kind.TEXT),
        exp.StartsWith: Form(_starts_with, _BINARY),
        exp.Like: Form(partial(_like, True), _LIKE_PARTS),
        exp.ILike: Form(partial(_like, False), _LIKE_PARTS),
        exp.Escape: Form(_escape, _BINARY),
        exp.RegexpLike: Form(_matches, _BINARY),
        exp.Case: Form(_case, frozenset({"this", "ifs", "default"})),
        exp.Cast: _CAST_FORM,
        exp.TryCast: _CAST_FORM,
        exp.Anonymous: Form(_anonymous, frozenset({"this", "expressions"})),
    }
)
"""The functions that the allowlist has."""
