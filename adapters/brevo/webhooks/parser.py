"""What Brevo's calls tell: what happened to a message, and who changed.

A call is one object, or an array of up to 500. Nothing of it has an id: what `id` says is the
webhook's own. A person is named by an address, never by a record. The clocks that are UTC are
`ts_epoch` in milliseconds and `ts_event` in seconds. The dates beside them are local to the account
or to France, and so may be `ts`, which is all that a call about a contact has: it is taken for the
instant, but never for one later than the call.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.events.mail import (
    MARKETING,
    TRANSACTIONAL,
    is_of_no_contact,
    mail_event,
    meaning_of,
    message_id,
    snake,
)
from adapters.brevo.values import fields_of, short
from adapters.brevo.webhooks.proof import MOST_BYTES, verify
from adapters.brevo.wire import email_of
from connector.domain.contacts import Removal
from connector.domain.events import Event, canonical_type, derived_id
from connector.domain.instants import parse_instant
from connector.errors import TooLarge, UnexpectedAnswer
from connector.ports.webhook import DATED, Notification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from pydantic import SecretStr

    from adapters.brevo.account import Row
    from connector.ports.webhook import Telling, WebhookRequest

MOST_ITEMS = 1000
"""Brevo says 500."""

_UTC = ("ts_epoch", "ts_event")
_ANY = ("ts",)
_UPDATED, _DELETED, _ADDED = "contact_updated", "contact_deleted", "list_addition"
_CHANGES = frozenset({_UPDATED, _ADDED, "unsubscribe", "unsubscribed", "spam", "hard_bounce"})
"""What may have changed the contact itself, so that it has to be read again."""
_ENVELOPE = frozenset(
    {
        *("id", "event", "email", "key", "date", "date_sent", "date_event", "ts", "ts_sent"),
        *("ts_event", "ts_epoch", "sending_ip", "ip", "contact_id"),
    }
)
_KEY = ("event", "email", "message-id", "camp_id", *_UTC, *_ANY, "URL", "link", "key", "list_id")


@dataclass(frozen=True, slots=True)
class BrevoWebhookParser:
    """Keeps the part `webhook_parser` of the contract."""

    name: str
    secrets: tuple[SecretStr, ...]
    """Any of them proves a call: two, while one takes the place of the other."""
    most_bytes = MOST_BYTES
    unavailable_status = 429
    """Brevo calls again only after this or a time-out: any other error loses the events."""

    def verify(self, request: WebhookRequest) -> None:
        """Raise BadSignature or TooLarge unless the call carries a secret of ours."""
        verify(request, self.secrets)

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the key of each item."""
        return tuple(_key(item) for item in self._items(request))

    def telling(self, request: WebhookRequest) -> Telling:  # noqa: ARG002 - all of them are alike
        """Return that equal calls are one: each item has an id or an instant."""
        return DATED

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what the items tell; one that cannot be read is left out, unless all are so."""
        items = self._items(request)
        readable = [item for item in items if _is_readable(item)]
        if not readable:
            raise self._unreadable()
        at = request.received_at
        changed_at: dict[str, datetime] = {}
        for item in readable:
            if _name(item) in _CHANGES:
                email, instant = _email(item), _occurred_at(item, at)
                changed_at[email] = max(instant, changed_at.get(email, instant))
        return Notification(
            events=tuple(each for item in readable for each in _events(item, at)),
            removals=tuple(
                Removal(remote_id=_email(item)) for item in readable if _name(item) == _DELETED
            ),
            reread=tuple(changed_at),
            changed_at=changed_at,
        )

    def _items(self, request: WebhookRequest) -> Sequence[Row]:
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise self._unreadable() from None
        items = body if isinstance(body, list) else [body]
        if not items or not all(isinstance(item, dict) for item in items):
            raise self._unreadable()
        if len(items) > MOST_ITEMS:
            raise TooLarge
        return items

    def _unreadable(self) -> UnexpectedAnswer:
        text = f"{self.name}: the body of a webhook cannot be read"
        return UnexpectedAnswer(text, platform=self.name, operation="parse a webhook")


def _is_readable(item: Row) -> bool:
    """Return whether an item says what happened, to whom and when."""
    return bool(_name(item) and _email(item) and (_instant(item, _UTC) or _instant(item, _ANY)))


def _events(item: Row, received_at: datetime) -> Iterator[Event]:
    name, email = _name(item), _email(item)
    if name in {_UPDATED, _DELETED} or is_of_no_contact(name):
        return
    occurred_at = _occurred_at(item, received_at)
    if name == _ADDED:
        yield from _subscriptions(item, email, occurred_at)
        return
    what = meaning_of(name)
    if what is None:
        yield _unknown(item, name, email, occurred_at)
        return
    campaign = short(item.get("camp_id"))
    kind = MARKETING if campaign else TRANSACTIONAL
    yield mail_event(
        what,
        email=email,
        occurred_at=occurred_at,
        message_kind=kind,
        about=campaign or message_id(item.get("message-id")),
        link=item.get("URL") or item.get("link"),
        fields=_said_of_message(item) if kind == TRANSACTIONAL else _said_of_campaign(item),
    )


def _subscriptions(item: Row, email: str, occurred_at: datetime) -> Iterator[Event]:
    """Yield an event for each list that a contact was added to."""
    lists = item.get("list_id")
    for each in lists if isinstance(lists, list) else [lists]:
        if list_id := short(each):
            fields, kind = {"list_id": list_id}, "list.subscribed"
            told_at = _instant(item, (*_UTC, *_ANY)) or occurred_at
            yield Event(
                id=derived_id(email, kind, told_at, fields),
                subject=email,
                type=kind,
                occurred_at=occurred_at,
                fields=fields,
            )


def _unknown(item: Row, name: str, email: str, occurred_at: datetime) -> Event:
    """Return an event of a kind that nobody here knows, with whatever it says."""
    kind = canonical_type(name)
    fields = fields_of({key: value for key, value in item.items() if key not in _ENVELOPE})
    return Event(
        id=derived_id(email, kind, occurred_at, fields),
        subject=email,
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )


def _said_of_message(item: Row) -> Mapping[str, object]:
    tags = item.get("tags")
    tag = tags[0] if isinstance(tags, list) and tags else item.get("tag")
    return {"title": item.get("subject"), "tag": tag, "template_id": item.get("template_id")}


def _said_of_campaign(item: Row) -> Mapping[str, object]:
    return {"campaign_name": item.get("campaign name")}


def _name(item: Row) -> str:
    name = short(item.get("event"))
    return snake(name) if name else ""


def _email(item: Row) -> str:
    return email_of(item.get("email")) or ""


def _occurred_at(item: Row, received_at: datetime) -> datetime:
    return _instant(item, _UTC) or min(received_at, _instant(item, _ANY) or received_at)


def _instant(item: Row, clocks: Sequence[str]) -> datetime | None:
    for clock in clocks:
        raw = item.get(clock)
        if isinstance(raw, (int, float, str)) and not isinstance(raw, bool) and raw:
            try:
                return parse_instant(raw).replace(microsecond=0)
            except ValueError:
                continue
    return None


def _key(item: Row) -> str:
    found = [item.get(name) for name in _KEY]
    content = [
        [short(part) for part in each] if isinstance(each, list) else short(each) for each in found
    ]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
