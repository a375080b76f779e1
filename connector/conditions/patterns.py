"""Patterns of LIKE and regular expressions, checked when read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl
from polars.exceptions import PolarsError

from connector.conditions.expression import ConditionError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = 1_000
"""Characters of a pattern; with linear time, the most work a text can cause per character."""

_SPECIAL = frozenset(r"\.+*?()|[]{}^$#&-~")
_ANY = "%"
_ONE = "_"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``%`` or ``_`` of a pattern where it is not escaped."""

    sign: str


@dataclass(frozen=True, slots=True)
class Affix:
    """A pattern that needs no regular expression: one text, open at the ends."""

    text: str
    place: Literal["whole", "start", "end", "inside"]


def like_parts(pattern: str, escape: str | None) -> tuple[str | Wildcard, ...]:
    """Return the characters of a LIKE pattern; runs of ``%`` are one.

    Raises ConditionError where the escape character ends the pattern.
    """
    parts: list[str | Wildcard] = []
    for part in _split(pattern, escape):
        if part != Wildcard(_ANY) or parts[-1:] != [part]:
            parts.append(part)
    return tuple(parts)


def _split(pattern: str, escape: str | None) -> Iterator[str | Wildcard]:
    characters = iter(pattern)
    for character in characters:
        if character == escape:
            following = next(characters, None)
            if following is None:
                raise ConditionError("the pattern ends with its escape character")
            yield following
        elif character in {_ANY, _ONE}:
            yield Wildcard(character)
        else:
            yield character


def like_affix(parts: tuple[str | Wildcard, ...]) -> Affix | None:
    """Return the pattern as one text when it has no wildcard but ``%`` at its ends."""
    opens = parts[:1] == (Wildcard(_ANY),)
    closes = len(parts) > 1 and parts[-1:] == (Wildcard(_ANY),)
    middle = parts[opens : len(parts) - closes]
    text = "".join(part for part in middle if isinstance(part, str))
    if len(text) < len(middle):
        return None
    if opens and (closes or not text):
        return Affix(text, "inside")
    return Affix(text, "end" if opens else "start" if closes else "whole")


def like_regex(parts: tuple[str | Wildcard, ...], *, is_case_sensitive: bool) -> str:
    """Return the regular expression, anchored at both ends, that means a LIKE pattern."""
    flags = "s" if is_case_sensitive else "is"
    return rf"\A(?{flags}:{''.join(map(_as_regex, parts))})\z"


def check_regex(pattern: str) -> None:
    """Raise ConditionError when Polars' regular expressions, which never backtrack, refuse it."""
    if len(pattern) > MAX_LENGTH:
        raise ConditionError(f"a pattern has at most {MAX_LENGTH} characters")
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except PolarsError as error:
        raise ConditionError(f"the regular expression is refused: {_reason(error)}") from error


def _as_regex(part: str | Wildcard) -> str:
    if isinstance(part, Wildcard):
        return ".*" if part.sign == _ANY else "."
    return f"\\{part}" if part in _SPECIAL else part


def _reason(error: PolarsError) -> str:
    """Return the one line of Polars' message that says why."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return (told or [lines[0].removeprefix("regex error: ")])[0]
