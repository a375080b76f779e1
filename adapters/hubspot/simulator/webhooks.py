"""Webhooks that the account sends: whom they are for, and the calls that carry them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.times import DAY, iso
from adapters.simulation.calls import OutgoingCall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from adapters.hubspot.simulator.account import Account
    from adapters.hubspot.simulator.feed import Change

MOST_IN_CALL = 100
MOST_ATTEMPTS = 10
MOST_SUBSCRIPTIONS = 1000
SIGNATURE = "x-hubspot-signature-v3"
TIMESTAMP = "x-hubspot-request-timestamp"
_TWICE = 20
"""One notification in so many is sent twice."""
_BAD = 400
# The rest of the escapes of a URI are signed as they are.
_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A call to the receiver of webhooks."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class _Item:
    """One notification on its way."""

    content: dict[str, Any]
    due_ms: int


class Webhooks:
    """The subscriptions of an app, and what is still to be sent because of them."""

    def __init__(self, account: Account, *, are_unordered: bool, seed: int) -> None:
        self.settings: dict[str, Any] | None = None
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.given_up = 0
        """Notifications that were never taken."""
        self._account = account
        self._now_ms = account.now_ms
        self._are_unordered = are_unordered
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated
        self._numbers = count(1)
        self._items: list[_Item] = []

    def set_target(self, url: str, most_at_once: int = 10) -> dict[str, Any]:
        """Say where to call; return the settings."""
        now = iso(self._now_ms())
        before = self.settings or {"createdAt": now}
        self.settings = {
            "createdAt": before["createdAt"],
            "updatedAt": now,
            "targetUrl": url,
            "throttling": {"maxConcurrentRequests": most_at_once},
        }
        return self.settings

    def subscribe(
        self, event_type: str, property_name: str | None = None, *, active: bool = True
    ) -> dict[str, Any]:
        """Ask for a type of notifications; return the subscription."""
        now = iso(self._now_ms())
        subscription: dict[str, Any] = {
            "id": str(next(self._numbers)),
            "eventType": event_type,
            "active": active,
            "createdAt": now,
            "updatedAt": now,
        }
        if property_name:
            subscription["propertyName"] = property_name
        self.subscriptions[subscription["id"]] = subscription
        return subscription

    def take(self, change: Change) -> None:
        """Note what is to be sent of a change."""
        if not self.subscriptions or self.settings is None or change.action == "listMembership":
            return
        # One write has one event id, however many of its properties are told of.
        event_id = self._random.randrange(10**9)
        for subscription in self.subscriptions.values():
            for name, value in _told(subscription, change):
                content = self._content(subscription, change, event_id)
                if name:
                    content |= {"propertyName": name, "propertyValue": value or ""}
                self._put(content)

    def waiting(self) -> int:
        """Return how many notifications are still to be sent."""
        return len(self._items)

    def due(self) -> Sequence[Delivery]:
        """Return the calls to be made now, as if all of them were taken."""
        return [self._delivery(each) for each in self._batches()]

    async def deliver(self, send: Callable[[Delivery], Awaitable[int | None]]) -> int:
        """Make the calls that are due; return how many were taken.

        `send` returns the status of the answer, None for a time-out. What is refused comes again
        later, up to ten times within a day.
        """
        taken = 0
        for batch in self._batches():
            status = await send(self._delivery(batch))
            self._answered(batch, status)
            taken += _is_taken(status)
        return taken

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls to be made now, each of which tells here how it was answered."""
        return [
            OutgoingCall(
                url=made.url,
                headers=made.headers,
                body=made.body,
                answered=partial(self._answered, batch),
            )
            for batch in self._batches()
            for made in (self._delivery(batch),)
        ]

    def sign(self, method: str, url: str, body: bytes, timestamp: str) -> str:
        """Return the signature (version 3) of a call."""
        for escape, character in _DECODED.items():
            url = url.replace(escape, character)
        content = method.encode() + url.encode() + body + timestamp.encode()
        digest = hmac.new(
            self._account.keys.client_secret.encode(), content, hashlib.sha256
        ).digest()
        return base64.b64encode(digest).decode()

    def _batches(self) -> Sequence[list[_Item]]:
        if self.settings is None:
            self._items.clear()
        now_ms = self._now_ms()
        items = [each for each in self._items if each.due_ms <= now_ms]
        self._items = [each for each in self._items if each.due_ms > now_ms]
        if self._are_unordered:
            self._random.shuffle(items)
        return [items[n : n + MOST_IN_CALL] for n in range(0, len(items), MOST_IN_CALL)]

    def _delivery(self, items: Sequence[_Item]) -> Delivery:
        settings = self.settings or {}
        body = json.dumps([each.content for each in items], separators=(",", ":")).encode()
        timestamp = str(self._now_ms())
        url = settings["targetUrl"]
        headers = {
            "content-type": "application/json",
            SIGNATURE: self.sign("POST", url, body, timestamp),
            TIMESTAMP: timestamp,
        }
        return Delivery(url=url, headers=headers, body=body)

    def _put(self, content: dict[str, Any]) -> None:
        self._items.append(_Item(content=content, due_ms=self._now_ms()))
        if self._are_unordered and self._random.randrange(_TWICE) == 0:
            self._items.append(_Item(content=dict(content), due_ms=self._now_ms()))

    def _answered(self, batch: Sequence[_Item], status: int | None) -> None:
        if not _is_taken(status):
            self._put_back(batch)

    def _put_back(self, items: Sequence[_Item]) -> None:
        for each in items:
            each.content["attemptNumber"] += 1
            if each.content["attemptNumber"] > MOST_ATTEMPTS:
                self.given_up += 1
                continue
            each.due_ms = self._now_ms() + self._random.randrange(DAY // MOST_ATTEMPTS)
            self._items.append(each)

    def _content(
        self, subscription: Mapping[str, Any], change: Change, event_id: int
    ) -> dict[str, Any]:
        source, _, source_id = change.source.partition(":")
        return {
            "eventId": event_id,
            "subscriptionId": int(subscription["id"]),
            "portalId": self._account.portal_id,
            "appId": self._account.app_id,
            "occurredAt": change.at_ms,
            "subscriptionType": subscription["eventType"],
            "attemptNumber": 0,
            "objectId": change.record_id,
            "objectTypeId": change.kind.type_id,
            "changeSource": source,
            "sourceId": source_id or "userId:1",
            "isSensitive": False,
            **_flag(change.action),
            **change.more,
        }


def _told(
    subscription: Mapping[str, Any], change: Change
) -> Sequence[tuple[str | None, str | None]]:
    """Return what a subscription tells of a change: its properties one by one, or itself."""
    object_type, _, action = subscription["eventType"].partition(".")
    if not subscription["active"] or object_type not in {change.kind.singular, "object"}:
        return ()
    if action == "propertyChange" and change.action in {"propertyChange", "creation"}:
        wanted = subscription.get("propertyName")
        return [(name, value) for name, value in change.values.items() if name == wanted]
    return [(None, None)] if action == change.action else ()


def _is_taken(status: int | None) -> bool:
    return status is not None and status < _BAD


def _flag(action: str) -> Mapping[str, str]:
    flags = {"creation": "CREATED", "deletion": "DELETED", "restore": "RESTORED"}
    return {"changeFlag": flags[action]} if action in flags else {}
