"""Calls of an account: proved by an HMAC over a timestamp and the raw bytes."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.memory.wire import event_of
from connector.domain.contacts import Membership, Removal
from connector.domain.instants import BadInstant, parse_instant
from connector.errors import BadSignature, TooOld, UnexpectedAnswer
from connector.ports.webhook import DATED, MOST_BYTES, Notification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from connector.ports.webhook import Telling, WebhookRequest

TIMESTAMP = "memory-timestamp"
SIGNATURE = "memory-signature"
_WINDOW = timedelta(minutes=5)


def sign(secret: str, timestamp: str, body: bytes) -> bytes:
    """Return the proof that a call with this body was made at this epoch second."""
    content = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest().encode()


@dataclass(frozen=True, slots=True)
class MemoryWebhookParser:
    """Reads bodies `{"items": [{"key", "event" | "changed" | "removed" | "member"}, ...]}`."""

    name: str
    secrets: tuple[SecretStr, ...]
    """Any of them proves a call: two, while one takes the place of the other."""
    most_bytes = MOST_BYTES
    unavailable_status = 503

    def verify(self, request: WebhookRequest) -> None:
        """Raise BadSignature or TooOld unless the call is proved and recent."""
        timestamp = request.headers.get(TIMESTAMP, "")
        given = request.headers.get(SIGNATURE, "").encode()
        # All are compared, so that the time taken does not tell which one was near.
        proofs = [
            hmac.compare_digest(sign(each.get_secret_value(), timestamp, request.body), given)
            for each in self.secrets
        ]
        if not any(proofs):
            raise BadSignature
        try:
            age = request.received_at - parse_instant(timestamp)
        except BadInstant as error:
            raise BadSignature from error
        if abs(age) > _WINDOW:
            raise TooOld

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the key of each item."""
        return tuple(str(item.get("key")) for item in self._items(request))

    def telling(self, request: WebhookRequest) -> Telling:  # noqa: ARG002 - all of them are alike
        """Return that equal calls are one: each item has an id or an instant."""
        return DATED

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what the items tell; of a kind nobody knows nothing."""
        items = self._items(request)
        try:
            return _notification(items)
        except (KeyError, TypeError, ValueError) as error:
            raise self._unreadable() from error

    def _items(self, request: WebhookRequest) -> Sequence[Mapping[str, object]]:
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise self._unreadable() from error
        items = body.get("items") if isinstance(body, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self._unreadable()
        return items

    def _unreadable(self) -> UnexpectedAnswer:
        text = "the body of a webhook cannot be read"
        return UnexpectedAnswer(text, platform=self.name, operation="parse a webhook")


def _notification(items: Sequence[Mapping[str, object]]) -> Notification:
    return Notification(
        events=tuple(event_of(each) for each in _of(items, "event")),
        memberships=tuple(
            Membership(
                list_name=str(each["list"]),
                remote_id=str(each["contact"]),
                is_member=each.get("is_member") is not False,
            )
            for each in _of(items, "member")
        ),
        removals=tuple(
            Removal(remote_id=str(each["contact"]), erased=each.get("erased") is True)
            for each in _of(items, "removed")
        ),
        reread=tuple(str(each["contact"]) for each in _of(items, "changed")),
        fields={
            str(each["contact"]): frozenset({str(each["field"])})
            for each in _of(items, "changed")
            if "field" in each
        },
    )


def _of(items: Sequence[Mapping[str, object]], kind: str) -> Sequence[Mapping[str, object]]:
    found = [item[kind] for item in items if kind in item]
    return [each for each in found if isinstance(each, dict)]
