"""Take up rows that are pending: a run goes through them once, however long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.sync.outbox.adopting import adopt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

OWNER = "cycle"
LEASE = timedelta(minutes=15)
SLICE = 1_000
"""Rows taken up in one transaction: the first of them are written while the others are read, and
whoever stores a webhook waits for no more of them."""
ROUND = 50_000
"""Rows that are written together: all their attributes, then all their lists, and so on."""
SHARED_ROUND = 10_000
"""The same where others score meanwhile: whom they decide anew waits until what is in hand is."""
SHARED_CALLS = 50
"""... and of so many calls: where each takes one contact, few of them are in hand."""


@dataclass(slots=True, kw_only=True)
class Leases:
    """The pending rows of one platform, in the order of their contacts."""

    workspace: Workspace
    name: str
    urgent: bool = False
    """Whether only urgent ones are taken up."""
    last: int | None = None
    """The contact of the last row that was taken up."""
    count: int = 0
    """How many were."""
    is_over: bool = False

    async def round(self) -> AsyncGenerator[Sequence[Outbound]]:
        """Yield the rows of the next round, some at a time."""
        end = self.count + self._most()
        while not self.is_over and self.count < end:
            rows = await self._take_up(min(SLICE, end - self.count))
            self.is_over = not rows
            if rows:
                self.count += len(rows)
                self.last = rows[-1].contact
                yield rows

    def _most(self) -> int:
        if not self.workspace.is_shared:
            return ROUND
        able = self.workspace.configuration.platform(self.name).adapter.capabilities
        return min(SHARED_ROUND, SHARED_CALLS * able.attribute_batch)

    async def _take_up(self, limit: int) -> Sequence[Outbound]:
        now = self.workspace.clock.now()

        async def work(tx: Transaction) -> Sequence[Outbound]:
            rows = await tx.outbox.lease(
                self.name,
                owner=OWNER,
                now=now,
                until=now + LEASE,
                limit=limit,
                after=self.last,
                urgent=self.urgent,
            )
            return rows if self.name in self.workspace.ours else await adopt(tx, self.name, rows)

        return await self.workspace.state.transact(work)
