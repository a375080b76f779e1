"""Texts that take values in: `{{ expression }}`, checked when the file is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.mapped.expressions import Inapplicable, Json, check_expression, found, roots
from adapters.rest.shapes import SHAPES, SOMETHING, UnknownName, check_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

SINCE = "since"
"""What names it is left out as long as there is none: everything is read then."""

_SLOT = re.compile(r"\{\{(.*?)\}\}(?!\})", re.DOTALL)
_OMITTED = object()
_DOTS = frozenset({".", ".."})
"""Parts of a path that lead elsewhere."""


class Unfillable(ValueError):
    """A text that takes in what is not there; the sentence repeats no value."""


def check_template(value: Json, known: Iterable[str]) -> None:
    """Raise ValueError where a text inside `value` takes in what it cannot.

    `known` are the names that there are, each with what `SHAPES` says of it.
    """
    shapes = {name: SHAPES.get(name, SOMETHING) for name in known}
    for text in _texts(value):
        for expression in _slots(text):
            check_expression(expression)
            try:
                check_names(expression, shapes)
            except UnknownName as error:
                msg = f"`{{{{ {expression} }}}}` names {error}"
                raise ValueError(msg) from None
        if "{{" in _SLOT.sub("", text):
            msg = "a `{{` has no `}}`"
            raise ValueError(msg)


def expressions_in(value: Json) -> Sequence[str]:
    """Return the expressions of the texts inside `value`."""
    return [each for text in _texts(value) for each in _slots(text)]


def names_in(value: Json) -> frozenset[str]:
    """Return the names that the texts inside `value` take in."""
    return frozenset[str]().union(*map(roots, expressions_in(value)))


def without_slots(text: str, instead: str) -> str:
    """Return a text with `instead` wherever it takes something in."""
    return _SLOT.sub(instead, text)


def filled(value: Json, context: Mapping[str, Json]) -> Json:
    """Return JSON with its texts filled in; one that is nothing but a slot becomes what is found.

    What names `since` is left out while there is none. Raises Unfillable.
    """
    result = _filled(value, context)
    return None if result is _OMITTED else result


def filled_path(path: str, context: Mapping[str, Json]) -> str:
    """Return a path with its slots filled in and quoted; raises Unfillable for an empty one."""

    def quoted(expression: str) -> str:
        text = _text_of(expression, context, empty=False)
        if text in _DOTS:
            msg = f"`{expression}` would lead to another path"
            raise Unfillable(msg)
        return quote(text, safe="")

    return _replaced(path, quoted)


def _filled(value: Json, context: Mapping[str, Json]) -> Json:
    if isinstance(value, dict):
        parts = {name: _filled(each, context) for name, each in value.items()}
        return {name: each for name, each in parts.items() if each is not _OMITTED}
    if isinstance(value, list):
        return [each for each in (_filled(one, context) for one in value) if each is not _OMITTED]
    return _filled_text(value, context) if isinstance(value, str) else value


def _filled_text(text: str, context: Mapping[str, Json]) -> Json:
    if "{{" not in text:
        return text
    if SINCE in context and context[SINCE] is None and SINCE in names_in(text):
        return _OMITTED
    whole = _SLOT.fullmatch(text.strip())
    if whole is not None and "{{" not in whole[1]:
        return _found(whole[1].strip(), context)
    return _replaced(text, lambda expression: _text_of(expression, context))


def _replaced(text: str, fill: Callable[[str], str]) -> str:
    return _SLOT.sub(lambda slot: fill(slot[1].strip()), text)


def _text_of(expression: str, context: Mapping[str, Json], *, empty: bool = True) -> str:
    """Return what is found as it stands within a text; raises Unfillable for what is no scalar."""
    value = _found(expression, context)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or not isinstance(value, (str, int, float)) or (value == "" and not empty):
        msg = f"`{expression}` is not there"
        raise Unfillable(msg)
    return str(value)


def _found(expression: str, context: Mapping[str, Json]) -> Json:
    try:
        return found(expression, context)
    except Inapplicable as error:
        raise Unfillable(str(error)) from error


def _slots(text: str) -> Iterator[str]:
    return (slot[1].strip() for slot in _SLOT.finditer(text))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
