"""Rules in the words of a page, and values of a model as they stand in a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from connector.web.dashboard.language import Language

_LONGEST = 160
"""Characters of a value with many parts."""
_ANY = "*"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What rules do, in the language of whoever looks; events by the type that mappings name."""

    language: Language

    def text(self, english: str, **values: object) -> str:
        """Return a text with `values` in its places."""
        return self.language.text(english, **values)

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form of a text that stands by a number."""
        return self.language.plural(one, many, number, **values)

    def number(self, value: float) -> str:
        """Return a number as it is written."""
        return self.language.number(value)

    def event(self, pattern: str) -> str:
        """Return which events a pattern of types means."""
        say = self.language.text
        return say("event of any kind") if pattern == _ANY else pattern


def value_of(language: Language, value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value of a model on one line; nothing is a dash."""
    match value:
        case None:
            return NOTHING
        case bool():
            return language.text("yes") if value else language.text("no")
        case float() | int():
            return language.number(value)
        case str():
            return value
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"


def points_of(language: Language, value: float) -> str:
    """Return points with their sign, and a decimal where there is one."""
    told = language.number(abs(round(value, 1)))
    if not value:
        return told
    return ("+" if value > 0 else "\N{MINUS SIGN}") + told
