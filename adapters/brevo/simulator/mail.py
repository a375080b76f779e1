"""Transactional mail: what was sent, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.brevo.simulator.payloads import event_clocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount

CALLS: Mapping[str, Sequence[tuple[str, str]]] = {
    "requests": (("request", "request"),),
    "delivered": (("delivered", "delivered"),),
    "opened": (("opened", "opened"), ("uniqueOpened", "unique_opened")),
    "loadedByProxy": (("opened", "proxy_open"), ("uniqueOpened", "unique_proxy_open")),
    "clicks": (("click", "click"),),
    "hardBounces": (("hardBounce", "hard_bounce"),),
    "softBounces": (("softBounce", "soft_bounce"),),
    "spam": (("spam", "complaint"),),
    "unsubscribed": (("unsubscribed", "unsubscribed"),),
    "blocked": (("blocked", "blocked"),),
    "invalid": (("invalid", "invalid_email"),),
    "deferred": (("deferred", "deferred"),),
}
"""By what the report calls an event: what webhooks subscribe to, and what they are told then.

Every event has three names.
"""
ONCE = "uniqueOpened"
"""Told of the first opening of a message only."""
BLOCKING = {
    "hardBounces": "hardBounce",
    "spam": "contactFlaggedAsSpam",
    "unsubscribed": "unsubscribedViaEmail",
}
"""Why an address gets no more mail, by the event that ended it."""
_TOLD_BRIEFLY = frozenset({"spam", "error"})
"""Events whose payloads leave fields out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to one address."""

    id: str
    """In angle brackets."""
    uuid: str
    email: str
    subject: str = ""
    template_id: int | None = None
    tags: Sequence[str] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """Something that happened to a message, as the report of events tells it."""

    at: datetime
    event: str
    message: Message
    link: str = ""
    reason: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """An address that transactional mail no longer goes to."""

    email: str
    code: str
    at: datetime


class Mail:
    """All transactional mail of an account."""

    def __init__(self, account: BrevoAccount) -> None:
        self.messages: dict[str, Message] = {}
        self.rows: list[MailRow] = []
        self.blocked: list[Blocked] = []
        self.templates: dict[int, str] = {}
        """Names of templates; where there are none, any is taken to be there."""
        self.by_key: dict[str, str] = {}
        """The message that a key of idempotency was used for."""
        self._seen: set[tuple[str, str]] = set()
        self._blocked: set[str] = set()
        """Addresses that are blocked, in lower case."""
        self.sender = "hello@example.com"
        self._account = account

    def send(self, email: str, **told: Any) -> Message:  # noqa: ANN401 - the fields of Message
        """Send a message, which is delivered at once unless the address is blocked."""
        account = self._account
        number = account.next_id()
        made = Message(
            id=f"<{202600000000 + number}.{number}@smtp-relay.brevo.com>",
            uuid=str(UUID(int=number)),
            email=email,
            sent_at=account.now(),
            **told,
        )
        self.messages[made.id] = made
        self.happen("requests", made)
        person = account.people.find("email_id", email)
        is_blocked = person is not None and person.is_email_blocked
        if is_blocked or email.lower() in self._blocked:
            self.happen("blocked", made, reason="unsubscribed user")
        else:
            self.happen("delivered", made)
        return made

    def happen(
        self,
        event: str,
        message: Message,
        *,
        at: datetime | None = None,
        **told: str,
    ) -> MailRow:
        """Let something happen to a message, and tell the webhooks.

        `event` is as the report calls it, such as `opened`, `clicks` or `loadedByProxy`.
        """
        row = MailRow(at=at or self._account.now(), event=event, message=message, **told)
        is_first = (event, message.id) not in self._seen
        self._seen.add((event, message.id))
        self.rows.append(row)
        if event in BLOCKING:
            self.blocked.append(Blocked(email=message.email, code=BLOCKING[event], at=row.at))
            self._blocked.add(message.email.lower())
        if not self._account.outbox.hooks:
            return row
        for name, called in CALLS.get(event, ()):
            if is_first or name != ONCE:
                self._account.outbox.tell("transactional", name, self._payload(row, called))
        return row

    def _payload(self, row: MailRow, called: str) -> Mapping[str, Any]:
        message = row.message
        told: dict[str, Any] = {
            "event": called,
            "email": message.email,
            **event_clocks(row.at, self._account.zone),
            "message-id": message.id,
        }
        if row.event in _TOLD_BRIEFLY:
            return told
        told |= {
            "ts_epoch": int(row.at.timestamp() * 1000),
            "subject": message.subject,
            "tag": json.dumps(list(message.tags)),
            "tags": list(message.tags),
            "sending_ip": "203.0.113.7",
        }
        optional = {"template_id": message.template_id, "link": row.link, "reason": row.reason}
        return told | {name: value for name, value in optional.items() if value}
