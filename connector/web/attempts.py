"""How often each address failed of late: a few words of memory, however many there are."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MOST_ADDRESSES = 10_000
WINDOW = timedelta(minutes=1)
TRUST = timedelta(hours=1)
"""How long an address counts as proved."""


@dataclass(slots=True)
class _Record:
    begins: datetime
    failures: int = 0
    proved_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Attempts:
    """Failures by address within a minute; who fails too often is to be refused unheard."""

    allowed: int
    """Failures in a minute."""
    allowed_if_proved: int | None = None
    """... of an address from which a proof came within the hour; None: the same.

    Platforms call from addresses that they share with strangers, who must not be able to silence
    them.
    """
    most: int = MOST_ADDRESSES
    _records: OrderedDict[str, _Record] = field(default_factory=OrderedDict)

    def wait(self, address: str, now: datetime) -> timedelta | None:
        """Return for how long an address is not listened to; None when it is."""
        record = self._records.get(address)
        if record is None or record.failures < self._allowed(record, now):
            return None
        left = record.begins + WINDOW - now
        # A clock that was set back must not shut somebody out for longer than a minute.
        return left if timedelta() < left <= WINDOW else None

    def failed(self, address: str, now: datetime) -> None:
        """Count a failure."""
        record = self._of(address, now)
        if not timedelta() <= now - record.begins < WINDOW:
            record.begins, record.failures = now, 0
        record.failures += 1

    def proved(self, address: str, now: datetime) -> None:
        """Remember that somebody at an address proved who they are."""
        self._of(address, now).proved_at = now

    def _allowed(self, record: _Record, now: datetime) -> int:
        if self.allowed_if_proved is None or record.proved_at is None:
            return self.allowed
        is_recent = abs(now - record.proved_at) <= TRUST
        return self.allowed_if_proved if is_recent else self.allowed

    def _of(self, address: str, now: datetime) -> _Record:
        record = self._records.get(address)
        if record is None:
            record = self._records[address] = _Record(begins=now)
            if len(self._records) > self.most:
                self._records.popitem(last=False)
        else:
            self._records.move_to_end(address)
        return record
