"""The limits on requests that HubSpot states, by tier."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import Bucket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.config import Tier

BURST = "burst"
"""Every request of our app in ten seconds."""
DAILY = "daily"
"""Every request of all apps of the account from midnight to midnight."""
SEARCH = "search"
"""Searches of the whole account; their answers say nothing of limits."""
ASSOCIATIONS = "associations"
"""What is asked of associations."""

JOURNAL = "journal"
"""What an app asks of the webhooks journal; how much it may is not known for sure."""

REQUEST = (BURST, DAILY)
"""What any request counts in."""
SEARCH_REQUEST = (*REQUEST, SEARCH)
ASSOCIATIONS_REQUEST = (*REQUEST, ASSOCIATIONS)

ROLLING = timedelta(seconds=10)
_DAY = timedelta(days=1)
_LIMITS: Mapping[Tier, Mapping[str, int]] = {
    "free": {BURST: 100, DAILY: 250_000, ASSOCIATIONS: 100},
    "pro": {BURST: 190, DAILY: 625_000, ASSOCIATIONS: 150},
    "enterprise": {BURST: 190, DAILY: 1_000_000, ASSOCIATIONS: 200},
}


def buckets_of(tier: Tier) -> Sequence[Bucket]:
    """Return the limits of an account of `tier`."""
    most = _LIMITS[tier]
    return (
        Bucket(name=BURST, limit=most[BURST], window=ROLLING, counts_writes=True),
        Bucket(name=DAILY, limit=most[DAILY], window=_DAY, is_daily=True, counts_writes=True),
        Bucket(name=SEARCH, limit=5, window=timedelta(seconds=1)),
        Bucket(name=ASSOCIATIONS, limit=most[ASSOCIATIONS], window=ROLLING),
        Bucket(name=JOURNAL, limit=30, window=timedelta(minutes=1)),
    )
