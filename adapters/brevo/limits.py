"""The limits on requests that Brevo states, by what is asked and by plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import Bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.brevo.config import PlanName

CONTACTS = "contacts"
"""Everything below /contacts."""
STATISTICS = "statistics"
"""What happened to transactional mail: /smtp/statistics."""
SENDING = "sending"
"""POST /smtp/email."""
SENDING_EVENTS = "sending_events"
"""POST /events."""
GENERAL = "general"
"""All that has no limit of its own, such as /account, /webhooks, /processes, /orders and the
reading of /events."""

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_WINDOWS: Mapping[str, timedelta] = {
    CONTACTS: _SECOND,
    STATISTICS: _HOUR,
    SENDING: _SECOND,
    SENDING_EVENTS: _SECOND,
    GENERAL: _HOUR,
}
_LIMITS: Mapping[PlanName, Mapping[str, int]] = {
    "general": {CONTACTS: 10, STATISTICS: 300, SENDING: 1000, SENDING_EVENTS: 10, GENERAL: 100},
    "advanced": {CONTACTS: 20, STATISTICS: 600, SENDING: 2000, SENDING_EVENTS: 10, GENERAL: 200},
    "extended": {CONTACTS: 60, STATISTICS: 1800, SENDING: 6000, SENDING_EVENTS: 10, GENERAL: 600},
}


def buckets_of(plan: PlanName) -> Sequence[Bucket]:
    """Return the limits of an account with `plan`."""
    return tuple(
        Bucket(name=name, limit=limit, window=_WINDOWS[name], counts_writes=name == CONTACTS)
        for name, limit in _LIMITS[plan].items()
    )
