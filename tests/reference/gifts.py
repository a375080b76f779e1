"""What a rule gives before decay and groups, and over which events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Any, NamedTuple, TypeAlias

from tests.reference.history import Happening

Rule: TypeAlias = Mapping[str, Any]
Lasting: TypeAlias = tuple[datetime | None, datetime | None]
"""The first and the last instant of some events."""


class Gift(NamedTuple):
    """Points, and since when they cool; those of None never do."""

    points: float
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """All that one rule gives one contact."""

    raw: float
    gifts: Sequence[Gift]
    events: int
    lasting: frozenset[Lasting] = frozenset({(None, None)})
    """From when to when; several where the contract leaves open which events are told."""

    @classmethod
    def over(
        cls, events: Sequence[Happening], *, raw: Sequence[float], gifts: Sequence[Gift]
    ) -> Given | None:
        """Return what is given for `events`; without any there is nothing to tell."""
        if not events:
            return None
        return cls(
            raw=fsum(raw), gifts=gifts, events=len(events), lasting=frozenset({lasting(events)})
        )


def lasting(events: Sequence[Happening]) -> Lasting:
    """Return the first and the last instant of `events`."""
    instants = [each.at for each in events]
    return (min(instants), max(instants))
