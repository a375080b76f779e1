"""What changed in the account, told to whoever wants to know: webhooks and the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.hubspot.simulator.records import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.hubspot.simulator.catalogue import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to a record."""

    kind: Kind
    action: str
    """As webhooks name it: creation, propertyChange, deletion, restore, merge, privacyDeletion,
    associationChange; and listMembership, of which only the journal tells."""
    record_id: int
    at_ms: int
    source: str = BY_HAND
    values: Mapping[str, str | None] = field(default_factory=dict)
    """By property; None where it was cleared."""
    more: Mapping[str, object] = field(default_factory=dict)
    """What else the notification of such an action says, in HubSpot's names."""


class Feed:
    """Hands each change to its listeners."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Change], None]] = []

    def tell(self, change: Change) -> None:
        """Hand out a change."""
        for listener in self.listeners:
            listener(change)
