"""What the translation of a syntax tree knows wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from connector.conditions.expression import ConditionError, Kind
from connector.conditions.nodes import Literal, Node

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MAX_DEPTH = 100
"""Operators inside one another; ``a + b + c`` is two deep, ``a AND b AND c`` one."""

_NOUNS = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.INSTANT: "a date and time",
}
_OPEN_WHERE_ALL_ARE = (exp.Coalesce, exp.Least, exp.Greatest)

Handler: TypeAlias = "Callable[[Scope, exp.Expr, Kind | None], Node]"
"""Takes a syntax node and the kind its place asks for, which only an untyped NULL heeds."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of syntax node that is allowed: who translates it, and which parts it may have."""

    handler: Handler
    parts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The text, the names it may use, and how deep the translation stands in it."""

    text: str
    names: Mapping[str, Kind]
    timezone: ZoneInfo
    forms: Mapping[type[exp.Expr], Form]
    depth: int = 0

    def node(self, tree: exp.Expr, want: Kind | None = None) -> Node:
        """Return `tree` as one of our nodes; raise ConditionError when it is not allowed."""
        form = self.forms.get(type(tree))
        if form is None:
            raise self.refusal(f"{_title(tree)} is not allowed in a condition", tree)
        extra = sorted(name for name, part in tree.args.items() if part and name not in form.parts)
        if extra:
            raise self.refusal(f"{_title(tree)} with {extra[0]} is not allowed", tree)
        if self.depth >= MAX_DEPTH:
            raise self.refusal(f"more than {MAX_DEPTH} operators stand inside one another", tree)
        return form.handler(self._deeper(), tree, want)

    def typed(self, tree: exp.Expr, kind: Kind, user: str) -> Node:
        """Return `tree` as a node of `kind`, which `user` (AND, LENGTH) takes."""
        node = self.node(tree, kind)
        if node.kind is not kind:
            told = f"{user} takes {noun(kind)}, but {self.source(tree)} is {noun(node.kind)}"
            raise self.refusal(told, tree)
        return node

    def alike(self, trees: Iterable[exp.Expr], want: Kind | None) -> tuple[Node, ...]:
        """Return `trees` as nodes of one kind; untyped NULLs take the kind of the others."""
        listed = list(trees)
        first = next((place for place, tree in enumerate(listed) if not is_open(tree)), 0)
        leader = self.node(listed[first], want)
        nodes = tuple(
            leader if place == first else self.node(tree, leader.kind)
            for place, tree in enumerate(listed)
        )
        for tree, node in zip(listed, nodes, strict=True):
            if node.kind is not leader.kind:
                raise self._mismatch(listed[first], leader, tree, node)
        return nodes

    def source(self, tree: exp.Expr) -> str:
        """Return the part of the text that `tree` was read from, as far as that is known."""
        places = [node.meta for node in tree.walk() if "start" in node.meta]
        if not places:
            return tree.sql()[:40]
        start, end = min(at["start"] for at in places), max(at["end"] for at in places)
        part = self.text[start : end + 1]
        closed = part + ")" * (part.count("(") - part.count(")"))
        return closed if len(closed) <= 40 else closed[:37] + "..."  # noqa: PLR2004 - a line

    def refusal(self, message: str, tree: exp.Expr, hint: str | None = None) -> ConditionError:
        """Return the error to raise about `tree`."""
        starts = [node.meta["start"] for node in tree.walk() if "start" in node.meta]
        return ConditionError(message, position=min(starts, default=None), hint=hint)

    def _deeper(self) -> Scope:
        return Scope(
            text=self.text,
            names=self.names,
            timezone=self.timezone,
            forms=self.forms,
            depth=self.depth + 1,
        )

    def _mismatch(
        self, first: exp.Expr, left: Node, second: exp.Expr, right: Node
    ) -> ConditionError:
        told = (
            f"{self.source(first)} is {noun(left.kind)}, "
            f"{self.source(second)} is {noun(right.kind)}"
        )
        return self.refusal(told, second, _cure(left, right))


def noun(kind: Kind) -> str:
    """Return what a value of `kind` is called in a sentence."""
    return _NOUNS[kind]


def is_open(tree: exp.Expr) -> bool:
    """Return whether `tree` is an untyped NULL, or made of nothing else."""
    if isinstance(tree, exp.Paren):
        return is_open(tree.this)
    if isinstance(tree, _OPEN_WHERE_ALL_ARE):
        return all(map(is_open, (tree.this, *tree.expressions)))
    if isinstance(tree, exp.Nullif):
        return is_open(tree.this) and is_open(tree.expression)
    if isinstance(tree, exp.Case):
        return all(map(is_open, case_values(tree)))
    return isinstance(tree, exp.Null)


def case_values(tree: exp.Case) -> tuple[exp.Expr, ...]:
    """Return the values that a CASE may have, the one after ELSE (else NULL) last."""
    branches = (branch.args["true"] for branch in tree.args["ifs"])
    return (*branches, tree.args.get("default") or exp.Null())


def _title(tree: exp.Expr) -> str:
    return tree.sql_names()[0] if isinstance(tree, exp.Func) else tree.key.upper()


def _cure(left: Node, right: Node) -> str | None:
    kinds = {left.kind, right.kind}
    literals = [each for each in (left, right) if isinstance(each, Literal)]
    if kinds == {Kind.INSTANT, Kind.TEXT} and literals:
        return "write DATE '2026-01-15' or TIMESTAMP '2026-01-15 10:00:00'"
    if kinds == {Kind.NUMBER, Kind.TEXT} and literals:
        quoted = isinstance(literals[0].value, str)
        return "a number has no quotes" if quoted else f"write '{literals[0].value:g}' in quotes"
    if kinds == {Kind.BOOLEAN, Kind.TEXT} and literals:
        return "TRUE and FALSE have no quotes"
    return None
