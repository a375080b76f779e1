"""The part of the state store about webhook calls; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import Backlog, Inbound

MOST_BYTES = 2**24
"""No more webhook calls are leased at once once their bodies are as large together."""


class InboundStore(Protocol):
    """Webhook calls between their answer and their processing."""

    async def add(self, deliveries: Sequence[Inbound]) -> int:
        """Store calls; return how many were new.

        One with a `content` is new unless `connector.domain.tellings` takes it for a repeat, any
        other when none of its id is there.
        """
        ...

    async def overtaken(
        self, platform: str, moves: Mapping[tuple[str, str], datetime], *, now: datetime
    ) -> Collection[tuple[str, str]]:
        """Keep when calls told of members, by list and record; return of which a later one did.

        Of these nothing is kept. What was told later than `now` was told by a clock that was wrong,
        and overtakes nothing.
        """
        ...

    async def lease(
        self, platform: str, *, owner: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Inbound]:
        """Return unprocessed calls of a platform, oldest first, now leased by `owner`.

        Fewer than `limit` too where their bodies together reach MOST_BYTES.
        """
        ...

    async def done(self, deliveries: Sequence[Inbound], *, now: datetime) -> int:
        """Mark calls processed and let go of their bodies; older fences are ignored."""
        ...

    async def fail(
        self,
        deliveries: Sequence[Inbound],
        *,
        error: str,
        not_before: datetime | None,
        is_dead: bool,
    ) -> int:
        """Record that processing failed; return how many counted."""
        ...

    async def release(self, deliveries: Sequence[Inbound]) -> None:
        """Give leased calls back untried."""
        ...

    async def reclaim(self, platform: str | None = None) -> int:
        """End every lease, as `OutboxStore.reclaim` does; return how many."""
        ...

    async def backlog(self) -> Mapping[str, Backlog]:
        """Return, per platform that has any, the calls that wait and those that are dead."""
        ...

    async def list(
        self, *, platform: str | None = None, is_dead: bool | None = None, limit: int = 1000
    ) -> Sequence[Inbound]:
        """Return calls that are not processed, oldest first: dead ones, others, or both."""
        ...

    async def replay(self, calls: Collection[tuple[str, str]]) -> int:
        """Let dead calls (platform and id) wait as if they had not been tried; return how many."""
        ...

    async def drop(self, calls: Collection[tuple[str, str]], *, now: datetime) -> int:
        """Let go of dead calls (platform and id), as if processed; return how many."""
        ...

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` calls that were processed before an instant; return how many.

        The platform may make a call that is forgotten again.
        """
        ...

    async def prune_tellings(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of what calls said before an instant; return how many."""
        ...

    async def prune_moves(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of the moves told before an instant; return how many."""
        ...

    async def abandon(
        self, platforms: Collection[str], before: datetime, *, error: str, limit: int
    ) -> int:
        """Let go of what calls received before an instant carry; return of how many it was.

        Of calls of all but `platforms` that are not processed, `limit` at most. They are dead, with
        `error` as the cause.
        """
        ...

    async def prune_abandoned(
        self, platforms: Collection[str], before: datetime, *, limit: int
    ) -> int:
        """Forget at most `limit` calls received before an instant of all but `platforms`."""
        ...
