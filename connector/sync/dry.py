"""A cycle that leaves nothing behind: everything in one transaction that is undone."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

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
    from connector.ports.store import State, Transaction


Result = TypeVar("Result")


class _Undo(Exception):
    """Ends the transaction of a dry run."""


class DryState:
    """A state that can be written and read as usual, until it is let go and was never changed."""

    def __init__(self, tx: Transaction) -> None:
        """Take the transaction that will be undone."""
        self._tx = tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Give the one transaction; an error in a block ends the dry run."""
        yield self._tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Give the one transaction, so that what was written before is seen."""
        yield self._tx

    async def transact(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """Let `work` have the one transaction."""
        return await work(self._tx)

    async def store_calls(self, calls: Sequence[Inbound]) -> int:
        """Store calls in the one transaction."""
        return await self._tx.inbound.add(calls)

    @asynccontextmanager
    async def own_cycles(
        self, owner: str, *, is_shared: bool = False, address: str | None = None
    ) -> AsyncIterator[None]:
        """Let the dry run go ahead: whoever owns the cycles is not disturbed."""
        del owner, is_shared, address
        yield

    async def served_at(self) -> None:
        """Return nothing: no process serves what will be undone."""

    async def owners(self) -> Sequence[str]:
        """Return nobody, as `served_at`."""
        return []

    async def fold_events(
        self,
        properties: Mapping[str, FieldType],
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> Sequence[Problem]:
        """Do nothing: a copy of what will be undone is of no use."""
        del properties, progress, anew
        return ()

    async def expunge_events(self, contacts: Collection[int]) -> None:
        """Do nothing: nothing is changed."""

    async def wipe_traces(self, texts: Collection[str] = ()) -> bool:
        """Return that nothing is left to do: nothing is changed."""
        del texts
        return True

    async def event_copy(self) -> None:
        """Return nothing: a dry run tells of its writes alone."""

    async def aclose(self) -> None:
        """Leave the real state open: it is not ours."""


@asynccontextmanager
async def dry(state: State) -> AsyncIterator[DryState]:
    """Give a state for one dry run; at the end of the block all its writes are undone."""
    with suppress(_Undo):
        async with state.write() as tx:
            yield DryState(tx)
            raise _Undo
