"""What Brevo tells a webhook of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person

    Payload = Mapping[str, Any]

MARKETING = {
    "delivered": "delivered",
    "opened": "opened",
    "click": "click",
    "hardBounce": "hard_bounce",
    "softBounce": "soft_bounce",
    "unsubscribed": "unsubscribe",
    "spam": "spam",
}
"""What a payload calls an event of a campaign, by the name it is subscribed to with."""
TRANSACTIONAL = {
    "request": "request",
    "sent": "request",
    "delivered": "delivered",
    "opened": "opened",
    "uniqueOpened": "unique_opened",
    "click": "click",
    "hardBounce": "hard_bounce",
    "softBounce": "soft_bounce",
    "unsubscribed": "unsubscribed",
    "spam": "complaint",
    "blocked": "blocked",
    "invalid": "invalid_email",
    "deferred": "deferred",
}
"""The same of a transactional message, whose names differ in places."""


def contact_updated(
    account: BrevoAccount, person: Person, changes: Mapping[str, object]
) -> Payload:
    """Return that attributes of a contact were written, by whomever."""
    return {
        "event": "contact_updated",
        "email": person.email,
        "key": f"{person.id}-updated",
        "content": [dict(changes)],
        **_told_now(account),
    }


def contact_deleted(account: BrevoAccount, person: Person, list_ids: Sequence[int]) -> Payload:
    """Return that a contact is gone."""
    return {
        "event": "contact_deleted",
        "email": person.email,
        "key": f"{person.id}-deleted",
        "list_id": list(list_ids),
        **_told_now(account),
    }


def list_addition(account: BrevoAccount, person: Person, list_id: int) -> Payload:
    """Return that a contact came into a list."""
    return {
        "event": "list_addition",
        "email": person.email,
        "key": f"{person.id}-{list_id}",
        "list_id": [list_id],
        **_told_now(account),
    }


def local_text(account: BrevoAccount, at: datetime) -> str:
    """Return an instant as the account's clock shows it, without its zone."""
    return at.astimezone(account.zone).strftime("%Y-%m-%d %H:%M:%S")


def local_seconds(account: BrevoAccount, at: datetime) -> int:
    """Return the seconds since the epoch of a clock that takes local time for UTC."""
    offset = at.astimezone(account.zone).utcoffset()
    return int(at.timestamp() + (offset.total_seconds() if offset else 0))


def _told_now(account: BrevoAccount) -> Payload:
    now = account.now()
    return {"date": local_text(account, now), "ts": int(now.timestamp())}
