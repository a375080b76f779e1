"""What a platform hands over: a page of items and the cursor that resumes after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

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
    whole: Mapping[str, datetime] = field(default_factory=dict)
    """Lists that were walked to their end, and when that began: their members are those told.

    By this page and all before it, also of readings that this one goes on from.
    """
    total: int | None = None
    """How many items the whole walk will bring, when known; for progress only."""
