"""The real clock; no other module may ask the machine for the time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)

    async def sleep(self, span: timedelta) -> None:
        """Return after `span`."""
        await asyncio.sleep(span.total_seconds())
