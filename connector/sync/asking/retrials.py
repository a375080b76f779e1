"""When what failed is tried again, where its receiver has a schedule for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from connector.domain.waits import LONGEST_REST
from connector.errors import (
    EndpointGone,
    LeftAlone,
    LimitUsedUp,
    NothingSent,
    PlatformError,
    RateLimited,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from connector.ports.clock import Clock

JITTER = 0.1
"""Up to this share of a wait is added to it, so that not everything is tried again at once."""
_SPREAD = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrial:
    """What follows on a failed attempt."""

    attempts: int
    """How many there were, this one included."""
    not_before: datetime | None = None
    """When it is tried again; None: given up."""

    @property
    def is_over(self) -> bool:
        """Return whether it is not tried again."""
        return self.not_before is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrials:
    """The schedule of one receiver; one without is tried again by every later run."""

    retries: tuple[timedelta, ...]
    """As `Capabilities.retries` has them."""
    clock: Clock

    def after(self, error: PlatformError, attempts: int, key: str) -> Retrial | None:
        """Return what follows on one more attempt that ended with `error`, after `attempts`.

        None where there is no schedule, or nothing was attempted. `key` names what is tried.
        """
        if isinstance(error, EndpointGone):
            return Retrial(attempts=attempts + 1)
        if not self.retries or isinstance(error, LeftAlone | LimitUsedUp | NothingSent):
            return None
        if attempts >= len(self.retries):
            return Retrial(attempts=attempts + 1)
        wait = self.retries[attempts]
        asked = error.retry_after if isinstance(error, RateLimited) else None
        share = crc32(f"{key} {attempts}".encode()) % _SPREAD / _SPREAD
        later = max(wait * (1 + JITTER * share), asked or wait)
        rest = min(later, LONGEST_REST)
        return Retrial(attempts=attempts + 1, not_before=self.clock.now() + rest)


def given_up(error: PlatformError, retrial: Retrial) -> str:
    """Return why something is a dead letter."""
    if isinstance(error, EndpointGone):
        return str(error)
    return f"{error}; given up after {retrial.attempts} attempts"
