"""Small draws that Hypothesis would otherwise plan anew for each of a case's hundreds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

Drawn = TypeVar("Drawn")

FRESH = 10
"""How many examples of one run are drawn anew; later ones repeat parts of those before."""

# Planning a strategy takes longer than drawing from it.
_below = lru_cache(maxsize=None)(lambda most: st.integers(0, most - 1))


def pick(draw: st.DrawFn, options: Sequence[Drawn]) -> Drawn:
    """Return one of `options`, the first when nothing depends on it."""
    return options[draw(_below(len(options)))]


def some_of(draw: st.DrawFn, options: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Return a dictionary with about half of `options`."""
    present = draw(_below(2 ** len(options)))
    return {
        name: draw(strategy)
        for place, (name, strategy) in enumerate(options.items())
        if present >> place & 1
    }


def is_rare(draw: st.DrawFn) -> bool:
    """Return true in one case of four."""
    return draw(_below(4)) == 3
