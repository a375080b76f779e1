"""Engagement events in our words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.domain.instants import to_micros
from connector.domain.values import FieldType, Stored, Value, to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CANONICAL_TYPES: frozenset[str] = frozenset(
    {
        *("email.sent", "email.delivered", "email.opened", "email.clicked", "email.bounced"),
        *("email.unsubscribed", "email.complained", "email.replied"),
        *("sms.sent", "sms.delivered", "sms.clicked", "sms.replied"),
        *("page.viewed", "form.submitted", "asset.downloaded"),
        *("list.subscribed", "list.unsubscribed"),
        *("webinar.registered", "webinar.attended", "meeting.booked", "meeting.held"),
        *("demo.held", "event.attended", "survey.answered"),
        *("cart.item_added", "cart.item_removed", "cart.abandoned"),
        *("order.placed", "order.refunded", "call.logged", "deal.won", "deal.lost"),
        "contact.created",
    }
)

NOT_INTERACTIONS: frozenset[str] = frozenset(
    {
        *("email.sent", "email.delivered", "email.bounced", "sms.sent", "sms.delivered"),
        *("contact.created", "cart.abandoned", "deal.lost"),
    }
)
"""What happens to a contact without their doing; `inactive` does not look at it by default."""

EVENT_COLUMNS: Mapping[str, FieldType] = {
    **dict.fromkeys(
        (
            *("type", "platform", "url", "title", "campaign_id", "campaign_name", "message_id"),
            *("form_id", "form_name", "list_id", "list_name", "asset", "product"),
        ),
        FieldType.TEXT,
    ),
    "quantity": FieldType.NUMBER,
    "amount": FieldType.NUMBER,
    **dict.fromkeys(("currency", "phase", "kind", "message_kind"), FieldType.TEXT),
    "is_machine": FieldType.BOOLEAN,
}
"""The columns every condition on an event may name, beside the declared properties."""

CUSTOM = "custom."

_to_json = json.JSONEncoder(ensure_ascii=False).encode
_to_sorted_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, at an instant, to a contact of a platform."""

    id: str
    """Unique on its platform; derived by `derived_id` when the platform gives none."""
    subject: str = field(repr=False)
    """The contact as the platform names it: a record id, else an e-mail address."""
    type: str
    """A canonical type, or ``custom.<name>``."""
    occurred_at: datetime
    fields: Mapping[str, Value] = field(default_factory=dict, repr=False)
    """Typed values of EVENT_COLUMNS (without type and platform) and any other properties."""
    occasion: str | None = field(default=None, repr=False)
    """What it tells of on its platform, where that gives events to several contacts.

    Of a person's events with one occasion, only that which was learned last counts.
    """
    raw: str | None = field(default=None, repr=False)
    """The platform's own payload, where it says more than `fields`."""


def canonical_type(name: str) -> str:
    """Return `name` when it is canonical or already custom, else ``custom.<name>``."""
    return name if name in CANONICAL_TYPES or name.startswith(CUSTOM) else f"{CUSTOM}{name}"


def fields_to_json(fields: Mapping[str, Value]) -> str:
    """Return `fields` as JSON with sorted keys: equal fields give equal text."""
    stored: dict[str, Stored] = {name: to_stored(value) for name, value in fields.items()}
    return _to_sorted_json(stored)


def derived_id(subject: str, kind: str, occurred_at: datetime, fields: Mapping[str, Value]) -> str:
    """Return an id for an event that has none: equal events get equal ids."""
    content = _to_json([subject, kind, to_micros(occurred_at), fields_to_json(fields)])
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
