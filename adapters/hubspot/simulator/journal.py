"""The journal of webhooks: files of what changed, to be fetched in order for three days."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.times import DAY, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.hubspot.simulator.feed import Change

KEPT = 3 * DAY
"""Milliseconds."""
_MOST_EVENTS = 100
"""In one file."""
_ACTIONS = {
    "creation": "CREATE",
    "propertyChange": "UPDATE",
    "deletion": "DELETE",
    "merge": "MERGE",
    "restore": "RESTORE",
    "associationChange": "UPDATE",
    "privacyDeletion": "DELETE",
}


@dataclass(slots=True, kw_only=True)
class File:
    """A file of the journal."""

    offset: str
    published_ms: int
    events: list[Mapping[str, Any]] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """Return it as HubSpot serves it."""
        return {
            "offset": self.offset,
            "publishedAt": self.published_ms,
            "journalEvents": self.events,
        }


class Journal:
    """What changed, for who subscribed to it."""

    def __init__(self, now_ms: Callable[[], int], portal_id: int) -> None:
        self.subscriptions: dict[str, Mapping[str, Any]] = {}
        self._now_ms = now_ms
        self._portal_id = portal_id
        self._files: list[File] = []
        self._open: File | None = None
        """The newest file while nobody has seen it: what was read is never written to again."""
        self._numbers = count(1)

    def subscribe(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Begin to keep what `wanted` asks for; return the subscription."""
        subscription = {**wanted, "id": str(next(self._numbers)), "portalId": self._portal_id}
        self.subscriptions[subscription["id"]] = subscription
        return subscription

    def take(self, change: Change) -> None:
        """Write down a change that somebody subscribed to."""
        if not self.subscriptions:
            return
        event = self._event(change)
        if any(_covers(each, event, change.action) for each in self.subscriptions.values()):
            if self._open is None or len(self._open.events) >= _MOST_EVENTS:
                offset = f"offset-{next(self._numbers):08}"
                self._open = File(offset=offset, published_ms=self._now_ms())
                self._files.append(self._open)
            self._open.events.append(event)

    def files(self) -> Sequence[File]:
        """Return the files that are kept, oldest first."""
        self._open = None
        least_ms = self._now_ms() - KEPT
        while self._files and self._files[0].published_ms < least_ms:
            self._files.pop(0)
        return self._files

    def after(self, offset: str, number: int = 1) -> Sequence[File] | None:
        """Return the next files; None for an offset that is not kept any more."""
        files = self.files()
        place = next((n for n, each in enumerate(files) if each.offset == offset), None)
        return None if place is None else files[place + 1 : place + 1 + number]

    def _event(self, change: Change) -> Mapping[str, Any]:
        event: dict[str, Any] = {
            "type": "OBJECT",
            "portalId": self._portal_id,
            "occurredAt": iso(change.at_ms),
            "action": _ACTIONS.get(change.action, "UPDATE"),
            "objectTypeId": change.kind.type_id,
            "objectId": change.record_id,
        }
        match change.action:
            case "listMembership":
                joined = change.more["isMember"]
                event |= {
                    "type": "LIST_MEMBERSHIP",
                    "listId": change.more["listId"],
                    "action": "ADDED" if joined else "REMOVED",
                }
            case "privacyDeletion":
                event["type"] = "GDPR_PRIVACY_DELETION"
            case "associationChange":
                event["type"] = "ASSOCIATION"
            case "merge":
                event |= change.more
        if change.values:
            event["propertyChanges"] = {
                name: {"value": value or ""} for name, value in change.values.items()
            }
        return event


def _covers(subscription: Mapping[str, Any], event: Mapping[str, Any], action: str) -> bool:
    wanted = subscription.get("subscriptionType", "OBJECT")
    if wanted != event["type"]:
        return False
    if action in {"listMembership", "privacyDeletion"}:
        return True
    return bool(subscription.get("objectTypeId", event["objectTypeId"]) == event["objectTypeId"])
