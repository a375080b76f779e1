"""What HubSpot's calls tell: who changed and has to be read again, and who is gone.

A call is an array of at most 100 items in no order. An item comes again when an answer was late or
none, and its `eventId` is not its own; so several of its fields together are its key, but never
the number of the attempt.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.http import Json
from adapters.hubspot.milliseconds import instant_at
from adapters.hubspot.webhooks.signature import verify
from connector.domain.contacts import Removal
from connector.errors import UnexpectedAnswer
from connector.ports.webhook import DATED, MOST_BYTES, Notification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from pydantic import SecretStr

    from connector.ports.webhook import Telling, WebhookRequest

MOST_ITEMS = 100
_CONTACT_TYPE = "0-1"
_KEY = ("portalId", "subscriptionType", "objectId", "propertyName", "occurredAt", "eventId")
_OTHER_OBJECTS = ("primaryObjectId", "newObjectId", "fromObjectId", "toObjectId")
"""Who a merge or an association is about."""
_CHANGES = frozenset({"creation", "propertyChange", "restore"})
_REMOVALS = frozenset({"deletion", "privacyDeletion"})
_LONGEST_ID = 20


@dataclass(frozen=True, slots=True)
class HubspotWebhookParser:
    """Keeps the part `webhook_parser` of the contract."""

    name: str
    secrets: tuple[SecretStr, ...]
    """Of the app, any of them proves a call: two, while one takes the place of the other."""
    most_bytes = MOST_BYTES
    unavailable_status = 503
    """HubSpot tries a call again up to ten times in a day, whatever error it is answered."""

    def verify(self, request: WebhookRequest) -> None:
        """Raise BadSignature or TooOld unless the call is proved and recent."""
        verify(request, self.secrets)

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the key of each item."""
        return tuple(_key(item) for item in self._items(request))

    def telling(self, request: WebhookRequest) -> Telling:  # noqa: ARG002 - all of them are alike
        """Return that equal calls are one: each item has an id or an instant."""
        return DATED

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what the items tell of contacts; of anything else nothing.

        An item that cannot be read is left out, unless all are so.
        """
        items = [item for item in self._items(request) if _is_of_contact(item)]
        readable = [item for item in items if _is_readable(item)]
        if items and not readable:
            raise self._unreadable()
        return _notification(readable)

    def _items(self, request: WebhookRequest) -> Sequence[Mapping[str, Json]]:
        try:
            items = json.loads(request.body)
        except (ValueError, RecursionError):
            raise self._unreadable() from None
        if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
            raise self._unreadable()
        if not all(isinstance(item, dict) for item in items):
            raise self._unreadable()
        return items

    def _unreadable(self) -> UnexpectedAnswer:
        text = f"{self.name}: the body of a webhook cannot be read"
        return UnexpectedAnswer(text, platform=self.name, operation="parse a webhook")


def _is_readable(item: Mapping[str, Json]) -> bool:
    try:
        _notification([item])
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _notification(items: Sequence[Mapping[str, Json]]) -> Notification:
    removals: dict[str, Removal] = {}
    merges = [removal for item in items if _action(item) == "merge" for removal in _merged(item)]
    reread = {each.merged_into: None for each in merges if each.merged_into}
    latest: dict[str, Mapping[str, Json]] = {}
    for item in sorted(items, key=_instant):
        action = _action(item)
        if action in _CHANGES | _REMOVALS:
            remote_id = _object_id(item, "objectId")
            before = latest.get(remote_id)
            # Whoever is erased stays so, and HubSpot tells of it in two items.
            if before is None or _action(before) != "privacyDeletion":
                latest[remote_id] = item
    for remote_id, item in latest.items():
        action = _action(item)
        if action in _REMOVALS:
            erased = action == "privacyDeletion"
            removals[remote_id] = Removal(remote_id=remote_id, erased=erased)
        else:
            reread[remote_id] = None
    removals |= {each.remote_id: each for each in merges}
    told = tuple(each for each in reread if each not in removals)
    changed_at = {each: _changed_at(latest[each]) for each in told if each in latest}
    return Notification(
        removals=tuple(removals.values()),
        reread=told,
        changed_at={each: at for each, at in changed_at.items() if at is not None},
        fields={each: names for each, names in _fields(items).items() if each in told},
    )


def _fields(items: Sequence[Mapping[str, Json]]) -> Mapping[str, frozenset[str]]:
    """Return which properties changed, by contact."""
    found: dict[str, set[str]] = {}
    for item in items:
        name = item.get("propertyName")
        if _action(item) == "propertyChange" and isinstance(name, str):
            found.setdefault(_object_id(item, "objectId"), set()).add(name)
    return {each: frozenset(names) for each, names in found.items()}


def _merged(item: Mapping[str, Json]) -> Iterator[Removal]:
    """Yield those that a merge took; the record left may have an id that neither had."""
    olds = item["mergedObjectIds"]
    if not isinstance(olds, list):
        raise TypeError
    primary = _object_id(item, "primaryObjectId")
    winner = _object_id(item, "newObjectId") if item.get("newObjectId") else primary
    for old in dict.fromkeys((primary, *(_id(each) for each in olds))):
        if old != winner:
            yield Removal(remote_id=old, merged_into=winner)


def _is_of_contact(item: Mapping[str, Json]) -> bool:
    kind = str(item.get("subscriptionType")).partition(".")[0]
    return kind == "contact" or (kind == "object" and item.get("objectTypeId") == _CONTACT_TYPE)


def _action(item: Mapping[str, Json]) -> str:
    return str(item.get("subscriptionType")).partition(".")[2]


def _instant(item: Mapping[str, Json]) -> int:
    at = item.get("occurredAt")
    return at if isinstance(at, int) else 0


def _changed_at(item: Mapping[str, Json]) -> datetime | None:
    try:
        return instant_at(_instant(item)) if _instant(item) else None
    except ValueError:
        return None


def _object_id(item: Mapping[str, Json], name: str) -> str:
    return _id(item[name])


def _id(raw: object) -> str:
    """Return an id as text; raises TypeError or ValueError when it is none."""
    if isinstance(raw, bool) or not isinstance(raw, (int, str)):
        raise TypeError
    text = str(raw)
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise ValueError
    return text


def _key(item: Mapping[str, Json]) -> str:
    found = [item.get(name) for name in (*_KEY, *_OTHER_OBJECTS)]
    content = [each if isinstance(each, (str, int)) else None for each in found]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
