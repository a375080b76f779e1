"""Numbers that tell operators how work stands; none of them names a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTally:
    """Which process has a lane now, where several share the work."""

    lane: str
    owner: str
    until: datetime
