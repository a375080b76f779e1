"""The first gate: every word and sign of a condition against the allowlist, before any parsing.

What passes is sqlglot's own tokens, with two changes that keep its grammar from guessing: a
column becomes a quoted identifier, whatever keyword it looks like, and a type of CAST becomes the
token of that type in every dialect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from sqlglot import Token, TokenType
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import TokenError

from connector.conditions.expression import ConditionError
from connector.conditions.words import (
    FUNCTIONS,
    IN_LIST,
    INSTANT_LITERALS,
    KEYWORDS,
    REFUSED,
    REFUSED_ALONE,
    SIGNS,
    TYPE_TOKENS,
    TYPES,
)

if TYPE_CHECKING:
    from collections.abc import Collection

DIALECT = "postgres"
MAX_LENGTH = 10_000
MAX_NESTING = 16
"""Parentheses, CASEs and prefixes inside one another; sqlglot calls itself for each."""

_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PREFIXES = frozenset({"NOT", "-", "+"})
_VALUE_ENDS = frozenset({")", "END", "NULL", "TRUE", "FALSE"})
_LITERALS = frozenset({TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER})


class _Tokenizer(Postgres.Tokenizer):
    """Reads no statements: a condition may begin with a column called `show` or `call`."""

    COMMANDS: ClassVar[set[TokenType]] = set()


@dataclass(frozen=True, slots=True)
class _Gate:
    columns: Collection[str]
    functions: frozenset[str]


def read_tokens(text: str, columns: Collection[str], *, lists: bool) -> list[Token]:
    """Return the tokens of `text`, all of them allowed.

    Raises ConditionError at the first one that is not, with its position.
    """
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"an expression has at most {MAX_LENGTH} characters")
    tokens = _tokenize(text)
    if not tokens:
        raise ConditionError("the expression is empty", position=0)
    gate = _Gate(columns, FUNCTIONS | {IN_LIST} if lists else FUNCTIONS)
    allowed = [
        _allow(gate, token, before=tokens[place - 1] if place else None, after=after)
        for place, (token, after) in enumerate(zip(tokens, [*tokens[1:], None], strict=True))
    ]
    _check_nesting(tokens)
    return allowed


def _tokenize(text: str) -> list[Token]:
    if "\0" in text:
        raise ConditionError("a NUL character is not allowed", position=text.index("\0"))
    try:
        tokens = _Tokenizer(dialect=DIALECT).tokenize(text)
    except TokenError as error:
        raise ConditionError("a quote or comment is opened and never closed") from error
    for token in tokens:
        if token.comments:
            raise ConditionError("comments are not allowed here", position=token.end + 1)
    if not tokens and text.strip():
        raise ConditionError("comments are not allowed here", position=0)
    return tokens


def _allow(gate: _Gate, token: Token, *, before: Token | None, after: Token | None) -> Token:
    """Return `token`, or what sqlglot shall read in its place."""
    if token.token_type is TokenType.STRING:
        return token
    if token.token_type is TokenType.NUMBER:
        return _number(token)
    if token.token_type is TokenType.IDENTIFIER:
        return _quoted_name(gate, token)
    if _WORD.fullmatch(token.text):
        return _word(gate, token, before=before, after=after)
    return _sign(token, before=before)


def _number(token: Token) -> Token:
    if not _NUMBER.fullmatch(token.text):
        raise ConditionError(f"{token.text} is not a number", position=token.start)
    if not isfinite(float(token.text)):
        message = f"{token.text[:40]} is larger than a number can be"
        raise ConditionError(message, position=token.start)
    return token


def _sign(token: Token, *, before: Token | None) -> Token:
    if token.text not in SIGNS:
        shown = token.text if token.text.isprintable() else repr(token.text)
        raise ConditionError(f"{shown} is not allowed in a condition", position=token.start)
    if token.text == "+" and (before is None or not _ends_value(before)):
        raise ConditionError("+ needs a number on its left", position=token.start)
    return token


def _ends_value(token: Token) -> bool:
    word = token.text.upper()
    if token.token_type in _LITERALS or word in _VALUE_ENDS:
        return True
    return bool(_WORD.fullmatch(word)) and word not in KEYWORDS


def _quoted_name(gate: _Gate, token: Token) -> Token:
    if token.text not in gate.columns:
        hint = _near(token.text, gate.columns) or "texts stand between single quotes: 'x'"
        raise ConditionError(f'unknown name "{token.text}"', position=token.start, hint=hint)
    return token


def _word(gate: _Gate, token: Token, *, before: Token | None, after: Token | None) -> Token:
    word = token.text.upper()
    if word in KEYWORDS:
        return token
    if after and after.text == "(" and after.token_type is TokenType.L_PAREN:
        return _function(gate, token)
    if before and before.token_type is TokenType.ALIAS:
        return _type(token)
    if word in INSTANT_LITERALS and after and after.token_type is TokenType.STRING:
        return token
    return _name(gate, token, before=before)


def _function(gate: _Gate, token: Token) -> Token:
    word = token.text.upper()
    if word in gate.functions:
        return token
    if word == IN_LIST:
        raise ConditionError(
            "in_list() is not known here: only conditions of targets and triggers see lists",
            position=token.start,
        )
    if word in REFUSED:
        raise ConditionError(f"{word}: {REFUSED[word]}", position=token.start)
    hint = _near(word, gate.functions)
    raise ConditionError(f"unknown function {word}", position=token.start, hint=hint)


def _type(token: Token) -> Token:
    target = TYPES.get(token.text.upper())
    if target is None:
        hint = _near(token.text.upper(), TYPES)
        raise ConditionError(f"unknown type {token.text}", position=token.start, hint=hint)
    return _retyped(token, TYPE_TOKENS[target], token.text)


def _name(gate: _Gate, token: Token, *, before: Token | None) -> Token:
    name = token.text if token.text in gate.columns else token.text.lower()
    if name in gate.columns:
        return _retyped(token, TokenType.IDENTIFIER, name)
    reason = REFUSED.get(token.text.upper())
    # After a value no name can stand: there the word is an operator, as in `title RLIKE 'x'`.
    if reason and (token.text.upper() in REFUSED_ALONE or (before and _ends_value(before))):
        raise ConditionError(f"{token.text.upper()}: {reason}", position=token.start)
    if token.text.upper() in FUNCTIONS:
        message = f"{token.text.upper()} is a function: its arguments stand between parentheses"
        raise ConditionError(message, position=token.start)
    hint = _near(name, gate.columns)
    raise ConditionError(f"unknown name {token.text}", position=token.start, hint=hint)


def _retyped(token: Token, token_type: TokenType, text: str) -> Token:
    return Token(token_type, text, token.line, token.col, token.start, token.end)


def _near(word: str, known: Collection[str]) -> str | None:
    near = get_close_matches(word[:100], known, n=1)
    return f"did you mean {near[0]}?" if near else None


def _check_nesting(tokens: list[Token]) -> None:
    """Refuse what sqlglot's recursive descent would go too deep for."""
    depth = prefixes = 0
    for token in tokens:
        word = token.text.upper() if token.token_type is not TokenType.STRING else ""
        prefixes = prefixes + 1 if word in _PREFIXES else 0
        depth += (word in {"(", "CASE"}) - (word in {")", "END"})
        if depth + prefixes > MAX_NESTING:
            message = f"the expression is nested more than {MAX_NESTING} levels deep"
            raise ConditionError(message, position=token.start)
