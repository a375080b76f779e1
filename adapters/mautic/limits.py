"""The limit on requests that an administrator of Mautic may set."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import Bucket

if TYPE_CHECKING:
    from collections.abc import Sequence

API = "api"
"""Everything below /api; the place that gives tokens counts in nothing."""
MOST_AN_HOUR = 100_000
"""Where no limit is set: more than an instance answers."""
AT_ONCE = 4
"""Requests under way: each of them has a process of the server work for a while."""


def buckets_of(calls_per_hour: int | None) -> Sequence[Bucket]:
    """Return the limit of an instance that is set to so many calls an hour, None for no limit."""
    limit = calls_per_hour or MOST_AN_HOUR
    return (Bucket(name=API, limit=limit, window=timedelta(hours=1), counts_writes=True),)
