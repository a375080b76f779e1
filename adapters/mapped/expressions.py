"""JMESPath expressions: checked when the file is read, harmless whatever they are applied to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError, LexerError, ParseError
from jmespath.functions import Functions
from pydantic import AfterValidator, Field

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = Any
"""What a call says: nothing is known of it before somebody looks."""

_LONGEST = 2_000
_VALUES = frozenset({"true", "false", "null"})
_FUNCTIONS = Functions.FUNCTION_TABLE
_FURTHER_IN = frozenset(
    {
        *("subexpression", "index_expression", "pipe", "flatten"),
        *("projection", "value_projection", "filter_projection"),
    }
)
"""Nodes whose first child alone looks at what is given, the others at what it finds."""


class Inapplicable(ValueError):
    """An expression that means nothing for what it is applied to."""


def check_expression(text: str) -> str:
    """Return `text`; raises ValueError, with the place, unless it is a JMESPath expression."""
    try:
        tree = _compiled(text).parsed
        for name, count in _calls(tree):
            _check_call(name, count)
        for word in _bare(tree):
            msg = f"compares with a field named {word}: the value stands in backquotes, `{word}`"
            raise ValueError(msg)
    except RecursionError:
        msg = "is no JMESPath expression: it is nested too deep"
        raise ValueError(msg) from None
    except (LexerError, ParseError) as error:
        place = error.lex_position + 1
        reason = "it ends too soon" if place > len(text) else f"character {place} does not fit"
        msg = f"is no JMESPath expression: {reason}"
        raise ValueError(msg) from None
    return text


Expression: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=_LONGEST), AfterValidator(check_expression)
]
"""A JMESPath expression, as it is written."""


def found(text: str, value: Json) -> Json:
    """Return what the expression `text` finds in `value`; raises Inapplicable."""
    try:
        return _compiled(text).search(value)
    except JMESPathError as error:
        msg = f"`{text}` cannot be applied to it"
        raise Inapplicable(msg) from error
    except Exception as error:  # the functions of JMESPath raise what Python does
        msg = f"`{text}` cannot be applied to it"
        raise Inapplicable(msg) from error


def holds(text: str | None, value: Json) -> bool:
    """Return whether the condition `text` holds for `value`; without one it does.

    What JMESPath takes for true is true here. Raises Inapplicable.
    """
    if text is None:
        return True
    result = found(text, value)
    return result is not None and result is not False and result not in ("", [], {})


@lru_cache(maxsize=1_024)
def roots(text: str) -> frozenset[str]:
    """Return the names that the expression `text` looks for at the top of what it is given."""
    return frozenset(_roots(_compiled(text).parsed))


@lru_cache(maxsize=1_024)
def ends(text: str) -> frozenset[str]:
    """Return the names at which the paths of the expression `text` end."""
    return frozenset(_ends(_compiled(text).parsed))


@lru_cache(maxsize=1_024)
def _compiled(text: str) -> Any:  # noqa: ANN401 - the library has no types
    return jmespath.compile(text)


def _roots(tree: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    kind, children = tree["type"], tree.get("children", [])
    if kind == "field":
        yield tree["value"]
    elif kind in _FURTHER_IN and children:
        is_at_top = children[0]["type"] == "current"
        yield from _roots(children[1] if is_at_top and len(children) > 1 else children[0])
    elif kind != "expref":
        for each in children:
            yield from _roots(each)


def _ends(tree: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if not isinstance(tree, dict):  # the bounds of a slice
        return
    children = tree.get("children", [])
    if tree["type"] == "field":
        yield tree["value"]
    for each in children[-1:] if tree["type"] == "subexpression" else children:
        yield from _ends(each)


def _calls(tree: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401 - as above
    """Yield the functions that an expression calls, each with the number of its arguments."""
    if isinstance(tree, dict):
        children = tree.get("children", [])
        if tree.get("type") == "function_expression":
            yield tree["value"], len(children)
        for each in children:
            yield from _calls(each)


def _bare(tree: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield words for values that are compared with, and that are names of fields as they stand."""
    for each in tree.get("children", []):
        if not isinstance(each, dict):  # the bounds of a slice
            continue
        if tree["type"] == "comparator" and each["type"] == "field" and each["value"] in _VALUES:
            yield each["value"]
        yield from _bare(each)


def _check_call(name: str, count: int) -> None:
    if name not in _FUNCTIONS:
        msg = f"is no JMESPath expression: there is no function `{name}`"
        raise ValueError(msg)
    signature = _FUNCTIONS[name]["signature"]
    is_open = bool(signature) and signature[-1].get("variadic", False)
    if count < len(signature) or (count > len(signature) and not is_open):
        msg = f"is no JMESPath expression: `{name}` takes {len(signature)} arguments"
        raise ValueError(msg)
