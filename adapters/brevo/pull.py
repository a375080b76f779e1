"""What the parts of one pull know of each other's trouble."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Pull:
    """The pull under way: it begins with contacts, and ends with events."""

    has_failed: bool = False
    """Whether a place of events failed in it: then no other is read again, however long it
    takes."""
