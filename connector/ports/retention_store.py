"""The part of the state store about what is kept for a while; `connector.ports.store` has all.

Each call does a bounded part of the work, so that a transaction is short and others get their turn
between two of them; the caller goes on while there is more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from connector.domain.retention import Swept


class RetentionStore(Protocol):
    """Deletes what nobody can ask for any more, step by step."""

    async def events(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete events that occurred at or before `cutoff`, corrected versions included.

        Looks at `limit` subjects from the number `start` on, and deletes about `limit` events at
        most.
        """
        ...

    async def subjects(self, *, start: int, limit: int) -> Swept:
        """Delete names of nobody known that no event is left of, as `events` does.

        Those that stand for a person stay: people change addresses, and their past stays theirs.
        """
        ...

    async def score_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete what was decided before `cutoff`, but for the last of each person and score.

        Goes through `limit` entries behind the number `start`; one that was gone through need not
        be looked at again when `cutoff` moves on.
        """
        ...

    async def record_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete changes of records recorded before `cutoff` but for the last of each value.

        Goes through them as `score_history` does.
        """
        ...

    async def firings(self, before: datetime, *, limit: int) -> int:
        """Delete at most `limit` actions that were done or called off; return how many.

        They fired at or before `before`. Those that are dead wait for a person.
        """
        ...

    async def trigger_counts(self, before: datetime) -> int:
        """Keep of each trigger's counts up to `before` but their sum; return how many rows went."""
        ...

    async def runs(self, before: datetime, *, keep: int) -> int:
        """Delete runs that began before `before`, but not the last `keep`; return how many."""
        ...
