"""What somebody may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_WORD = 60
_MOST_CANDIDATES = 1_000
"""Comparing is quadratic; beyond this a hint is not worth the wait."""


def did_you_mean(word: object, candidates: Iterable[str]) -> str | None:
    """Return a hint that names the candidate most like `word`, None when none is like it."""
    best = closest(word, candidates)
    return f"did you mean `{best}`?" if best else None


def closest(word: object, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like `word`, upper and lower case alike; None when none is."""
    known = {each.lower(): each for each in candidates}
    if not isinstance(word, str) or len(word) > _LONGEST_WORD or len(known) > _MOST_CANDIDATES:
        return None
    found = get_close_matches(word.lower(), known, n=1)
    return known[found[0]] if found else None


def one_of(candidates: Iterable[str]) -> str:
    """Return a hint that lists all candidates."""
    known = [f"`{each}`" for each in candidates]
    return f"one of {', '.join(known)}" if known else "there is none"


def shown(word: object) -> str:
    """Return a word that somebody wrote, in quotes and cut to a length one can read."""
    text = str(word)
    return f"`{text if len(text) <= _LONGEST_WORD else text[:_LONGEST_WORD] + '...'}`"
