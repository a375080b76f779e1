"""The state store in dicts: the reference that tests compare the databases with."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from state.memory.contacts import MemoryContacts
from state.memory.events import MemoryEvents
from state.memory.forgotten import MemoryForgotten
from state.memory.inbound import MemoryInbound
from state.memory.outbox import MemoryOutbox
from state.memory.pictures import MemoryPictures
from state.memory.pulse import MemoryPulse
from state.memory.retention import MemoryRetention
from state.memory.scores import MemoryScores
from state.memory.small import MemoryCursors, MemoryNotes, MemoryRuns
from state.memory.tables import Tables
from state.memory.tallies import MemoryTallies
from state.memory.triggers import MemoryTriggers
from state.ownership import busy
from state.pacing.kept import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Awaitable,
        Callable,
        Collection,
        Mapping,
        Sequence,
    )

    from connector.domain.ledger import Inbound
    from connector.domain.values import FieldType
    from connector.errors import Problem
    from connector.ports.progress import Progress


Result = TypeVar("Result")


class MemoryTransaction:
    """Keeps the contract of Transaction over one set of dicts."""

    def __init__(self, tables: Tables) -> None:
        """Take the tables that the stores read and change."""
        self.cursors = MemoryCursors(tables)
        self.contacts = MemoryContacts(tables)
        self.events = MemoryEvents(tables)
        self.scores = MemoryScores(tables)
        self.outbox = MemoryOutbox(tables)
        self.triggers = MemoryTriggers(tables)
        self.inbound = MemoryInbound(tables)
        self.forgotten = MemoryForgotten(tables)
        self.retention = MemoryRetention(tables)
        self.runs = MemoryRuns(tables)
        self.notes = MemoryNotes(tables)
        self.tallies = MemoryTallies(tables)
        self.pictures = MemoryPictures(tables)
        self.pulse = MemoryPulse(tables)


class MemoryState:
    """Keeps the contract of State within one process and one event loop."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._committed = Tables()
        self._writing = asyncio.Lock()
        self._owners: list[str] = []
        self._is_shared = False
        self._address: str | None = None
        self.ledger = MemoryLedger()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """Open a transaction that commits at the end of its block."""
        async with self._writing:
            draft = self._committed.copy()
            yield MemoryTransaction(draft)
            self._committed = draft

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryTransaction]:
        """Open a view of one moment."""
        yield MemoryTransaction(self._committed.copy())

    async def transact(self, work: Callable[[MemoryTransaction], Awaitable[Result]]) -> Result:
        """Return what `work` returns, in a transaction of its own."""
        async with self.write() as tx:
            return await work(tx)

    async def store_calls(self, calls: Sequence[Inbound]) -> int:
        """Store webhook calls; return how many were new."""
        return await self.transact(lambda tx: tx.inbound.add(calls))

    @asynccontextmanager
    async def own_cycles(
        self, owner: str, *, is_shared: bool = False, address: str | None = None
    ) -> AsyncIterator[None]:
        """Hold the right to run cycles; raises StateBusy naming who holds it."""
        if self._owners and not (is_shared and self._is_shared):
            raise busy(self._owners)
        self._owners.append(owner)
        self._is_shared, self._address = is_shared, address
        try:
            yield
        finally:
            self._owners.remove(owner)

    async def served_at(self) -> str | None:
        """Return the address of who owns the cycles, if it told one."""
        return self._address if self._owners and not self._is_shared else None

    async def owners(self) -> Sequence[str]:
        """Return the names of those who own the cycles now."""
        return list(self._owners)

    async def fold_events(
        self,
        properties: Mapping[str, FieldType],
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> Sequence[Problem]:
        """Do nothing: events in memory need no copy."""
        del properties, progress, anew
        return ()

    async def expunge_events(self, contacts: Collection[int]) -> None:
        """Do nothing: there is no copy."""

    async def wipe_traces(self, texts: Collection[str] = ()) -> bool:
        """Return that nothing is left: what is deleted in memory is gone."""
        del texts
        return True

    async def event_copy(self) -> None:
        """Return nothing: there is no copy."""

    async def aclose(self) -> None:
        """Forget nothing: the dicts go with the object."""
