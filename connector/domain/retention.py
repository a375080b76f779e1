"""How far a sweep of what is kept for a while only has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one step of a sweep did."""

    deleted: int
    place: int
    """Where the next step goes on."""
    is_over: bool
    """Whether this was the last one for now."""
