"""What is a JMESPath expression and yet not what anybody means; pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.functions import Functions
from jmespath.lexer import Lexer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VALUES = frozenset({"true", "false", "null"})
_FUNCTIONS = Functions.FUNCTION_TABLE
_TEXTS_OF: Mapping[str, int] = {"join": 0, "contains": 1, "starts_with": 1, "ends_with": 1}
"""The argument of a function that is a fixed text nearly always."""
_MARK = "\0"
"""Begins the names of fields that are written in double quotes, in a tree."""


_MEANT: tuple[tuple[str, str, str], ...] = (
    (r"^\s*", r"\$", "a path begins without `$.`"),
    (r"^\s*$|\{", r"\{", "braces belong to requests, the expression stands alone here"),
    (r"[^=!<>]$", r"=", "whether two are the same is asked with `==`"),
    (r"\.$", r"\d", "an item of a list is written `[0]`"),
    (r"(^|[^\[\w])$", r"-?\d", "a number stands in backquotes, such as `5`"),
    (r"\s$", r"(?i:and)\b", "`and` is written `&&`"),
    (r"\s$", r"(?i:or)\b", "`or` is written `||`"),
    (r"\bnot\s+$", r"", "`not` is written `!`"),
    (r"\s$", r"(?i:is)\b", "whether two are the same is asked with `==`"),
    (r"\[$", r"['\"]", "a part of an object is written `.name`"),
    (r"\w$", r"-\w", 'a name with other signs than letters stands in double quotes, "first-name"'),
    (r"\s$", r"[-+*/]\s", "nothing is added up here; texts are put together by join('', [a, b])"),
    (r"", r"\?", "there is no `? :`; write `a && b || c`"),
    (r"\w\s+$", r"\w", 'a name with a blank stands in double quotes, "first name"'),
)
"""What stands before a place that does not fit, what stands there, and what was meant."""
_OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("len", "count", "size"), "length"),
    **dict.fromkeys(("concat", "concatenate"), "join"),
    **dict.fromkeys(("coalesce", "default", "ifnull"), "not_null"),
    **dict.fromkeys(("int", "float", "number"), "to_number"),
    **dict.fromkeys(("str", "string", "text"), "to_string"),
}
"""Functions as other languages call them."""


def meant_at(text: str, place: int) -> str | None:
    """Return what was probably meant where an expression does not fit; `place` counts from 0."""
    before, behind = text[:place], text[place:]
    for left, right, hint in _MEANT:
        if re.search(left, before) and re.match(right, behind):
            return hint
    return None


def mistakes_in(text: str) -> Iterator[str]:
    """Yield, in words, what is wrong in a JMESPath expression that can be read."""
    tree = _marked(text)
    for each in _nodes(tree):
        children = [child for child in each.get("children", ()) if isinstance(child, dict)]
        match each["type"]:
            case "function_expression":
                yield from _wrong_call(each["value"], len(children))
                place = _TEXTS_OF.get(each["value"], len(children))
                yield from _quoted(children[place : place + 1])
            case "comparator":
                yield from _bare(children)
                if not any(child["type"] == "literal" for child in children):
                    # Beside a fixed value it can only be the name of a field.
                    yield from _quoted(children)
            case "subexpression" if children[0]["type"] == "not_expression":
                yield "`!` comes before `.`: write `!(a.b)` for what is not so"


def _marked(text: str) -> Any:  # noqa: ANN401 - the library has no types
    """Return the tree of an expression, in which names in double quotes begin with a mark."""
    starts = [
        each["start"] for each in Lexer().tokenize(text) if each["type"] == "quoted_identifier"
    ]
    for start in reversed(starts):
        text = f"{text[: start + 1]}\\u0000{text[start + 1 :]}"
    return jmespath.compile(text).parsed


def _nodes(tree: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    if isinstance(tree, dict):  # and no bound of a slice
        yield tree
        for each in tree.get("children", ()):
            yield from _nodes(each)


def _bare(operands: list[Any]) -> Iterator[str]:
    """Yield words for values that are names of fields as they stand."""
    for each in operands:
        if each["type"] == "field" and each["value"] in _VALUES:
            word = each["value"]
            yield f"compares with a field named {word}: the value stands in backquotes, `{word}`"


def _quoted(operands: list[Any]) -> Iterator[str]:
    """Yield texts in double quotes, which are names of fields as they stand."""
    for each in operands:
        if each["type"] == "field" and each["value"].startswith(_MARK):
            word = each["value"].removeprefix(_MARK)
            yield (
                f'takes "{word}" for the name of a field: a text stands in single quotes, '
                f"'{word}', and a field may be written @.\"{word}\""
            )


def _wrong_call(name: str, count: int) -> Iterator[str]:
    if name not in _FUNCTIONS:
        guess = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, _FUNCTIONS, n=1)), None)
        hint = f"; did you mean `{guess}`?" if guess else ""
        yield f"is no JMESPath expression: there is no function `{name}`{hint}"
        return
    signature = _FUNCTIONS[name]["signature"]
    is_open = bool(signature) and signature[-1].get("variadic", False)
    if count < len(signature) or (count > len(signature) and not is_open):
        yield f"is no JMESPath expression: `{name}` takes {len(signature)} arguments"
