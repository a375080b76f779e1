"""What there is to say of the columnar copy of events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCopy:
    """The copy as it stands."""

    where: str
    """Its folder."""
    size: int
    """In bytes."""
    events: int
    """Events in it, overridden ones included."""
    changed: int
    """Contacts whose events are read from the database, since they changed meanwhile."""
