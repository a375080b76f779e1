"""What texts may take in, as far as it is known before anything is asked; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from adapters.mapped.expressions import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapters.mapped.expressions import Json


@dataclass(frozen=True, slots=True)
class Something:
    """Anything: nobody knows what is in it."""


@dataclass(frozen=True, slots=True)
class Single:
    """A text, a number, true or false, or null: it has no parts."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these keys and no others."""

    keys: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Several:
    """A list whose items are all like this."""

    of: Shape


Shape: TypeAlias = Something | Single | Object | Several

SOMETHING, SINGLE = Something(), Single()

SHAPES: Mapping[str, Shape] = {
    "action": Object(
        {**dict.fromkeys(("key", "kind", "trigger", "at"), SINGLE), "params": SOMETHING}
    ),
    "contact": Object({"id": SINGLE, "email": SINGLE}),
    "fields": Several(Object({"name": SINGLE, "value": SINGLE})),
    "ids": Several(SINGLE),
    "items": Several(SOMETHING),
    "list": Object({"id": SINGLE, "name": SINGLE}),
    "now": SINGLE,
    "settings": SOMETHING,
    "since": SINGLE,
    "tag": SINGLE,
    "values": SOMETHING,
}
"""What each name stands for; of the values that are written nobody knows the names before."""


class UnknownName(ValueError):
    """An expression looks for what is not there; the sentence says what is."""


def check_names(expression: str, known: Mapping[str, Shape]) -> None:
    """Raise UnknownName where a JMESPath expression looks for what no object like `known` has."""
    _shape_of(tree_of(expression), Object(known), "")


def _shape_of(node: Json, shape: Shape, path: str) -> Shape:
    """Return what a node of an expression finds in a value of a shape; `path` led to it."""
    if not isinstance(node, dict):  # the bounds of a slice
        return SOMETHING
    return _LOOKS.get(node["type"], _any)(node, shape, path)


def _any(node: Json, shape: Shape, path: str) -> Shape:
    _all_of(node["children"], shape, path)
    return SOMETHING


def _single(node: Json, shape: Shape, path: str) -> Shape:
    _all_of(node["children"], shape, path)
    return SINGLE


def _unread(_node: Json, _shape: Shape, _path: str) -> Shape:
    """Return what nobody looks into: a fixed value, or what `&` stands before."""
    return SOMETHING


def _same(_node: Json, shape: Shape, _path: str) -> Shape:
    return shape


def _first(node: Json, shape: Shape, path: str) -> Shape:
    return _shape_of(node["children"][0], shape, path)


def _item(_node: Json, shape: Shape, _path: str) -> Shape:
    return shape.of if isinstance(shape, Several) else SOMETHING


def _object(node: Json, shape: Shape, path: str) -> Shape:
    return Object({each["value"]: _shape_of(each, shape, path) for each in node["children"]})


def _all_of(children: Iterable[Json], shape: Shape, path: str) -> None:
    for each in children:
        _shape_of(each, shape, path)


def _through(node: Json, shape: Shape, path: str) -> Shape:
    for each in node["children"]:
        shape = _shape_of(each, shape, path)
        if isinstance(each, dict) and each["type"] == "field":
            path = _joined(path, each["value"])
    return shape


def _projected(node: Json, shape: Shape, path: str) -> Shape:
    rows, item, *conditions = node["children"]
    before = _shape_of(rows, shape, path)
    of = SOMETHING if node["type"] == "value_projection" else _item(node, before, path)
    _all_of(conditions, of, path)
    return Several(_shape_of(item, of, path))


def _part(node: Json, shape: Shape, path: str) -> Shape:
    name = node["value"]
    match shape:
        case Object(keys) if name not in keys:
            guess = get_close_matches(name, keys, n=1)
            listed = ", ".join(f"`{each}`" for each in sorted(keys))
            hint = f"did you mean `{guess[0]}`?" if guess else f"there is {listed}"
            msg = f"`{_joined(path, name)}`, which is not known here: {hint}"
            raise UnknownName(msg)
        case Object(keys):
            return keys[name]
        case Several():
            msg = f"`{name}` of a list: its items have it, as `{path}[].{name}`"
            raise UnknownName(msg)
        case Single():
            msg = f"`{name}` of `{path}`, which is a single value"
            raise UnknownName(msg)
        case Something():
            return SOMETHING


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_LOOKS: Mapping[str, Callable[[Json, Shape, str], Shape]] = {
    "field": _part,
    **dict.fromkeys(("current", "identity", "slice"), _same),
    **dict.fromkeys(("subexpression", "pipe", "index_expression"), _through),
    "index": _item,
    **dict.fromkeys(("flatten", "key_val_pair"), _first),
    **dict.fromkeys(("projection", "filter_projection", "value_projection"), _projected),
    "multi_select_dict": _object,
    **dict.fromkeys(("comparator", "not_expression"), _single),
    **dict.fromkeys(("expref", "literal"), _unread),
}
