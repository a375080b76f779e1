"""Stand-ins for what tests must not use: the machine's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class FakeClock:
    """A clock that moves when it is told to, or waited for."""

    at: datetime
    waits: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, span: timedelta) -> None:
        self.waits.append(span)
        self.at += span

    def advance(self, span: timedelta) -> None:
        self.at += span
