"""What happened to a message by e-mail, told alike by webhooks and by what is polled.

Brevo gives events no ids, and tells the same one in up to three places: webhooks, the statistics
of transactional mail, and the statistics of campaigns per contact. So ids are derived here, from
what all of them say, and nothing else goes into the event: whichever copy comes first, the others
are the same event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from adapters.brevo.values import short
from connector.domain.events import Event, derived_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.values import Value

TRANSACTIONAL = "transactional"
MARKETING = "marketing"

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AT_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an event of Brevo means in our words."""

    type: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    happens_once: bool = False
    """Whether it happens at most once to a message, so that its instant does not tell it apart."""


_SENT = Meaning(type="email.sent", happens_once=True)
_OPENED = Meaning(type="email.opened")
_OPENED_BY_MACHINE = Meaning(type="email.opened", fields={"is_machine": True})
_CLICKED = Meaning(type="email.clicked")
_SPAM = Meaning(type="email.complained", happens_once=True)
_UNSUBSCRIBED = Meaning(type="email.unsubscribed", happens_once=True)
_HARD = Meaning(type="email.bounced", fields={"bounce": "hard"}, happens_once=True)
_SOFT = Meaning(type="email.bounced", fields={"bounce": "soft"})
_INVALID = Meaning(type="email.bounced", fields={"bounce": "invalid"}, happens_once=True)

_MEANINGS: Mapping[str, Meaning] = {
    **dict.fromkeys(("request", "requests", "sent", "messages_sent"), _SENT),
    "delivered": Meaning(type="email.delivered", happens_once=True),
    **dict.fromkeys(("opened", "open", "unique_opened"), _OPENED),
    **dict.fromkeys(("proxy_open", "unique_proxy_open", "loaded_by_proxy"), _OPENED_BY_MACHINE),
    **dict.fromkeys(("click", "clicks", "clicked"), _CLICKED),
    **dict.fromkeys(("spam", "complaint", "complaints"), _SPAM),
    **dict.fromkeys(("unsubscribe", "unsubscribed", "unsubscriptions"), _UNSUBSCRIBED),
    **dict.fromkeys(("hard_bounce", "hard_bounces"), _HARD),
    **dict.fromkeys(("soft_bounce", "soft_bounces"), _SOFT),
    **dict.fromkeys(("invalid", "invalid_email"), _INVALID),
    "reply": Meaning(type="email.replied"),
}
"""By Brevo's names, of which there is a set for subscriptions, one for calls, one for answers."""

_OF_NO_CONTACT = frozenset({"deferred", "blocked", "error", "inbound_email_processed"})
"""What a mail server did on its way: the contact has no part in it, and no message came."""

TYPES = frozenset(each.type for each in _MEANINGS.values())


def snake(name: str) -> str:
    """Return one of Brevo's names as its calls write it: ``hardBounce`` is ``hard_bounce``."""
    return _WORD.sub("_", name.strip()).lower()


def meaning_of(name: str) -> Meaning | None:
    """Return what an event of this name means; None where it is none of mail."""
    return _MEANINGS.get(snake(name))


def is_of_no_contact(name: str) -> bool:
    """Return whether an event of this name says nothing of a contact."""
    return snake(name) in _OF_NO_CONTACT


def mail_event(
    what: Meaning,
    *,
    email: str,
    occurred_at: datetime,
    message_kind: str,
    about: str | None,
    link: object = None,
    fields: Mapping[str, object] | None = None,
) -> Event:
    """Return an event of mail.

    `email` is normalised; `about` is the id of the message, or of the campaign, where it is told.
    The instant counts to the second, as most of Brevo's clocks tell no more.
    """
    occurred_at = occurred_at.replace(microsecond=0)
    url = short(link) if what.type == "email.clicked" else None
    said: dict[str, Value | None] = {
        **what.fields,
        "message_kind": message_kind,
        "message_id" if message_kind == TRANSACTIONAL else "campaign_id": about,
        "url": url,
        **{name: short(value) for name, value in (fields or {}).items()},
    }
    return Event(
        id=derived_id(
            email,
            what.type,
            _AT_NO_TIME if what.happens_once and about else occurred_at,
            {
                **what.fields,
                "about": f"{message_kind} {about or ''}",
                "link": plain_link(url or ""),
            },
        ),
        subject=email,
        type=what.type,
        occurred_at=occurred_at,
        fields={name: value for name, value in said.items() if value is not None},
    )


def message_id(raw: object) -> str | None:
    """Return the id of a message without the brackets that only some places put around it."""
    return raw.strip().strip("<>") or None if isinstance(raw, str) else None


def plain_link(url: str) -> str:
    """Return what is left of a link once all is gone that differs between its copies.

    Scheme, letter case of the host, escapes, a slash at the end; and the query, in which
    statistics show the placeholders that a call shows filled in.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    return f"{host}{unquote(parts.path).rstrip('/')}" if host else url
