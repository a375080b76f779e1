"""Webhook calls as they are counted: minute by minute, by what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

STORED = "stored"
"""What became of a call that was taken: it is on disk. Every other outcome is a refusal."""
COUNTS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How many calls of a platform came to the same end within a minute."""

    platform: str
    """Empty: the address that was called is that of none."""
    outcome: str
    minute: datetime
    """When it began."""
    calls: int
