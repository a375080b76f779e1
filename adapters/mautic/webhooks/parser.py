"""What Mautic's calls tell: who changed, who is gone, and some of what happened.

A call names one or more kinds of happening, each with a list of items, in any order. Items have no
id of their own, and calls come twice; what happened has the number of its row, so that it is the
same event wherever it is told. Of what only a look at other rows could decide nothing is taken: it
is read by and by.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.mautic.events.deeds import SUBMITTED
from adapters.mautic.events.hits import click_of, hit_of, view_of
from adapters.mautic.events.mail import opening
from adapters.mautic.events.messages import Message
from adapters.mautic.events.row_events import (
    SUBMISSIONS,
    event_of_row,
    kind_of_message,
    number_of,
    text_of,
)
from adapters.mautic.spans import instant_of
from adapters.mautic.webhooks.signature import MOST_BYTES, verify
from connector.domain.contacts import Removal
from connector.errors import TooLarge, UnexpectedAnswer
from connector.ports.webhook import DATED, Notification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pydantic import SecretStr

    from connector.domain.events import Event
    from connector.ports.webhook import Telling, WebhookRequest

    Item: TypeAlias = Mapping[str, Any]

MOST_ITEMS = 1000
DELETED = "mautic.lead_post_delete"
OPENED = "mautic.email_on_open"
HIT = "mautic.page_on_hit"
FILLED = "mautic.form_on_submit"
CHANGED = (
    "mautic.lead_post_save_new",
    "mautic.lead_post_save_update",
    "mautic.lead_channel_subscription_changed",
)
"""Who came to be known, or is not as before."""


@dataclass(frozen=True, slots=True)
class MauticWebhookParser:
    """Keeps the part `webhook_parser` of the contract."""

    name: str
    secrets: tuple[SecretStr, ...]
    """Any of them proves a call: two, while one takes the place of the other."""
    most_bytes = MOST_BYTES
    unavailable_status = 503
    """Only since 7.0 a call comes again; 410 would have Mautic never call again."""

    def verify(self, request: WebhookRequest) -> None:
        """Raise BadSignature or TooLarge unless the call carries a proof of ours."""
        verify(request, self.secrets)

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the key of each item."""
        return tuple(_key(kind, item) for kind, item in self._items(request))

    def telling(self, request: WebhookRequest) -> Telling:  # noqa: ARG002 - all of them are alike
        """Return that equal calls are one: each item has an id or an instant."""
        return DATED

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what the items tell; one that cannot be read is left out, unless all are so."""
        told = _Told(received_at=request.received_at, changed_at={}, gone={}, events={})
        readable = [told.take(kind, item) for kind, item in self._items(request)]
        if not any(readable):
            raise self._unreadable()
        reread = {each: at for each, at in told.changed_at.items() if each not in told.gone}
        return Notification(
            events=tuple(told.events.values()),
            removals=tuple(told.gone.values()),
            reread=tuple(reread),
            changed_at=reread,
        )

    def _items(self, request: WebhookRequest) -> Sequence[tuple[str, Item]]:
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise self._unreadable() from None
        if not isinstance(body, dict):
            raise self._unreadable()
        items = [
            (kind, item)
            for kind, told in body.items()
            if isinstance(told, (list, dict))
            for item in (told if isinstance(told, list) else [told])
            if isinstance(item, dict)
        ]
        if not items:
            raise self._unreadable()
        if len(items) > MOST_ITEMS:
            raise TooLarge
        return items

    def _unreadable(self) -> UnexpectedAnswer:
        text = f"{self.name}: the body of a webhook cannot be read"
        return UnexpectedAnswer(text, platform=self.name, operation="parse a webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the items of a call told so far."""

    received_at: datetime
    changed_at: dict[str, datetime]
    gone: dict[str, Removal]
    events: dict[str, Event]

    def take(self, kind: str, item: Item) -> bool:
        """Take note of an item; return whether it could be read, or was none of ours."""
        try:
            if kind == DELETED:
                number = _id(item.get("id") or item["contact"]["id"])
                self.gone[number] = Removal(remote_id=number)
            elif kind in CHANGED:
                self._change(_id(item["contact"]["id"]), item)
            elif translate := _EVENTS.get(kind):
                for event in translate(item):
                    self.events[event.id] = event
                    if kind == FILLED:
                        # Whoever fills in a form is known from then on, and known by more.
                        self._change(event.subject, item)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            return False
        return True

    def _change(self, number: str, item: Item) -> None:
        at = min(_said_at(item) or self.received_at, self.received_at)
        self.changed_at[number] = max(at, self.changed_at.get(number, at))


def _opened(item: Item) -> Iterator[Event]:
    stat = item["stat"]
    email = _part(stat, "email")
    message = Message(
        id=_id(stat["id"]),
        email=number_of(email.get("id")),
        subject=number_of(_part(stat, "lead").get("id")),
        sent_at=instant_of(stat["dateSent"]),
        kind=kind_of_message(stat.get("source")),
        agents={},
    )
    name, at = text_of(email.get("name")), stat.get("lastOpened") or stat.get("dateRead")
    if message.subject and at:
        yield opening(
            message, instant_of(at), {message.email: name} if message.email and name else {}
        )


def _hit(item: Item) -> Iterator[Event]:
    hit = item["hit"]
    email = _part(hit, "email")
    row = {
        "id": _id(hit["id"]),
        "date_hit": hit["dateHit"],
        "code": hit.get("code"),
        "url": hit.get("url"),
        "url_title": hit.get("urlTitle"),
        "user_agent": hit.get("userAgent"),
        "source": hit.get("source"),
        "source_id": hit.get("sourceId"),
        "email_id": email.get("id"),
        "lead_id": _part(hit, "lead").get("id"),
        "page_id": _part(hit, "page").get("id"),
        # It comes without its id; where there is none it is null.
        "redirect_id": None if hit.get("redirect") is None else "1",
    }
    found = hit_of(row)
    if found and found.trail is None:
        yield view_of(found)
    elif found and found.is_redirected:
        name = text_of(email.get("name"))
        yield click_of(found, None, {found.email: name} if found.email and name else {})


def _filled(item: Item) -> Iterator[Event]:
    row = item["submission"]
    form, subject = _part(row, "form"), number_of(_part(row, "lead").get("id"))
    if subject:
        yield event_of_row(
            SUBMISSIONS,
            _id(row["id"]),
            subject=subject,
            kind=SUBMITTED,
            at=instant_of(row["dateSubmitted"]),
            fields={
                "form_id": number_of(form.get("id")),
                "form_name": text_of(form.get("name")),
                "url": text_of(row.get("referer")),
                "page_id": number_of(_part(row, "page").get("id")),
            },
        )


_EVENTS: Mapping[str, Callable[[Item], Iterator[Event]]] = {
    OPENED: _opened,
    HIT: _hit,
    FILLED: _filled,
}
TRIGGERS = (*CHANGED, DELETED, *_EVENTS)
"""What a webhook of ours is called for."""


def _part(item: Item, name: str) -> Item:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _id(raw: object) -> str:
    """Return an id as text; raises TypeError or ValueError when it is none."""
    number = number_of(raw)
    if number is None or isinstance(raw, float):
        raise ValueError
    return str(int(number))


def _said_at(item: Item) -> datetime | None:
    try:
        return instant_of(item.get("timestamp"))
    except ValueError:
        return None


def _key(kind: str, item: Item) -> str:
    """Return what is the same each time an item is told, and of no other item."""
    stat = _part(item, "stat")
    found = [
        kind,
        item.get("id"),
        _part(item, "contact").get("id"),
        *(stat.get(name) for name in ("id", "openCount", "lastOpened")),
        _part(item, "hit").get("id"),
        _part(item, "submission").get("id"),
    ]
    is_row = any(each is not None for each in found[3:])
    content = [text_of(each) for each in (*found, None if is_row else item.get("timestamp"))]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
