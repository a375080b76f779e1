"""The contacts of the latest answer, for whoever asks the same a moment later.

A pull reads the contacts that changed, and then who of them is in which list. Where one answer has
all of them, which it has at most pulls, the second question need not be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.spans import micros_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.brevo.account import Row

_LASTS = micros_of(timedelta(minutes=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """All contacts that were changed since an instant, as one answer had them."""

    since: int
    began: int
    """When the answer was asked for. Both are microseconds since the epoch."""
    rows: Sequence[Row]


@dataclass(slots=True)
class Latest:
    """At most one answer, for a minute."""

    glance: Glance | None = None

    def keep(self, glance: Glance) -> None:
        """Remember an answer in place of the one before."""
        self.glance = glance

    def covering(self, since: int, now: int) -> Glance | None:
        """Return an answer that has all that was changed since an instant; None without one."""
        glance = self.glance
        if glance is None or glance.since > since or not 0 <= now - glance.began <= _LASTS:
            return None
        return glance
