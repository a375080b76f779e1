"""What Brevo tells a webhook of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person

    Payload = Mapping[str, Any]

_PARIS = ZoneInfo("Europe/Paris")
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


def event_clocks(at: datetime, zone: tzinfo) -> Payload:
    """Return when something happened, as a transactional payload tells it.

    `date` is the clock of Paris, `ts` the local time of the account taken for UTC; only `ts_event`
    is what it seems to be.
    """
    offset = at.astimezone(zone).utcoffset()
    return {
        "date": _clock(at, _PARIS),
        "ts": int(at.timestamp() + (offset.total_seconds() if offset else 0)),
        "ts_event": int(at.timestamp()),
    }


def campaign_clocks(at: datetime, sent_at: datetime, zone: tzinfo) -> Payload:
    """Return the same for an event of a campaign, whose `date_...` are the account's."""
    clocks = event_clocks(at, zone)
    return {
        "date_sent": _clock(sent_at, zone),
        "date_event": _clock(at, zone),
        "ts_sent": int(sent_at.timestamp()),
        "ts_event": clocks["ts_event"],
        "ts": clocks["ts"],
    }


def _clock(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _told_now(account: BrevoAccount) -> Payload:
    now = account.now()
    return {"date": _clock(now, _PARIS), "ts": int(now.timestamp())}
