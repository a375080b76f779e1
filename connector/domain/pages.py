"""What a platform hands over: a page of items and the cursor that resumes after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from connector.errors import Problem

Cursor: TypeAlias = str
"""Opaque text from an adapter: resume after here."""

ItemT_co = TypeVar("ItemT_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[ItemT_co]):
    """Some items in a row, what was wrong with others, and where to go on."""

    items: tuple[ItemT_co, ...]
    cursor: Cursor
    """Resumes after this page. Saved in the transaction that stores the items."""
    problems: tuple[Problem, ...] = ()
    """Rows or values left out of `items`, each with its place."""
    total: int | None = None
    """How many items the whole walk will bring, when known; for progress only."""
