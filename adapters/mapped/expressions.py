"""JMESPath expressions: checked when the file is read, harmless whatever they are applied to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError, LexerError, ParseError
from pydantic import AfterValidator, Field

from adapters.mapped.mistakes import meant_at, mistakes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = Any
"""What a call says: nothing is known of it before somebody looks."""

_LONGEST = 2_000
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
        _compiled(text)
        for message in mistakes_in(text):
            raise ValueError(message)
    except RecursionError:
        msg = "is no JMESPath expression: it is nested too deep"
        raise ValueError(msg) from None
    except (LexerError, ParseError) as error:
        place = error.lex_position + 1
        reason = "it ends too soon" if place > len(text) else f"character {place} does not fit"
        hint = meant_at(text, error.lex_position)
        msg = f"is no JMESPath expression: {reason}" + (f" ({hint})" if hint else "")
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


def tree_of(text: str) -> Json:
    """Return the expression `text` as the nodes that it is read as, each with its `type`."""
    return _compiled(text).parsed


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
