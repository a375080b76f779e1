"""Numbers that tell operators how work stands; none of them names a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTally:
    """Which process talks to a platform now, where several share the work."""

    lane: str
    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaTally:
    """One of the processes that share the work."""

    owner: str
    since: datetime
