"""The contract of the state store.

All work happens inside a transaction: `State.write` commits when its block ends and undoes all of
it when the block raises; `State.read` sees one moment and writes nothing. Whatever belongs
together (a page and its cursor; scores, history, desired state and triggers) goes into one
`write`. Concurrent writers that collide get StaleWrite and may try again.

Bulk methods take and give whole batches: no method is called once per row of a large set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from connector.domain.ledger import OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    import polars as pl

    from connector.domain.event_copy import EventCopy
    from connector.domain.events import Event
    from connector.domain.ledger import (
        Firing,
        FiringState,
        Inbound,
        TriggerState,
    )
    from connector.domain.records import SavedEvents
    from connector.domain.values import FieldType
    from connector.errors import Problem
    from connector.ports.contact_store import ContactStore
    from connector.ports.forgotten_store import ForgottenStore
    from connector.ports.inbound_store import InboundStore
    from connector.ports.outbox_store import OutboxStore
    from connector.ports.picture_store import PictureStore
    from connector.ports.progress import Progress
    from connector.ports.retention_store import RetentionStore
    from connector.ports.score_store import ScoreStore
    from connector.ports.small_stores import CursorStore, NoteStore, PulseStore, RunStore
    from connector.ports.tally_store import TallyStore

Result = TypeVar("Result")


class EventStore(Protocol):
    """Events, stored once; a corrected one supersedes the old, which is kept."""

    async def save(
        self,
        platform: str,
        events: Sequence[tuple[int, Event]],
        recorded_at: datetime,
        *,
        keep_later: bool = False,
    ) -> SavedEvents:
        """Store events, each with the number of its subject.

        The identity of an event is (platform, id). Equal content changes nothing; among several
        of one id in `events` the last counts. With `keep_later` what is known of an event stays
        if it occurred later than what is handed over: for what may arrive in any order.
        """
        ...

    async def refs(self, platform: str, ids: Collection[str]) -> Mapping[str, str]:
        """Return by id, of those events that are known, whom they are about as they name them."""
        ...

    async def frame(
        self, contacts: Collection[int] | None, properties: Mapping[str, FieldType]
    ) -> pl.LazyFrame:
        """Return the current events of persons (of everybody when None) as `event_schema` says.

        Events whose subject nobody knows are not among them. In no order. Of those that a person
        has with one occasion of a platform, the one recorded last is; of several, the first by id.
        """
        ...

    async def count(self) -> int: ...

    async def types(self) -> Mapping[tuple[str, str], int]:
        """Return the number per platform and type, as `count`: each occasion of a person once."""
        ...


class TriggerStore(Protocol):
    """Which triggers hold, and what they have caused."""

    async def states(self, contacts: Collection[int]) -> Sequence[TriggerState]: ...
    async def save_states(self, states: Sequence[TriggerState]) -> None: ...

    async def add(self, firings: Sequence[Firing]) -> int:
        """Insert firings whose key is new, or was that of one called off; return how many."""
        ...

    async def lease(
        self,
        destination: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        latest_first: bool = False,
    ) -> Sequence[Firing]:
        """Return pending firings, and those whose lease has run out, now in flight.

        Those that fired first come first, or those that fired last.
        """
        ...

    async def settle(self, firings: Sequence[Firing]) -> int:
        """Record the state of leased firings; those with an older fence are ignored."""
        ...

    async def unfinished(self, contacts: Collection[int]) -> Sequence[Firing]:
        """Return what waits, is pending or in flight for these persons, by key."""
        ...

    async def held(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """Return those of them that nobody else leased or settled since, as they are now."""
        ...

    async def of(self, contact: int, limit: int) -> Sequence[Firing]:
        """Return what was, or is to be, done for a person, whatever became of it; latest first.

        Ties by key. What is done or called off is kept for a while.
        """
        ...

    async def save(self, firings: Sequence[Firing]) -> None:
        """Replace what is known of firings: all fields but fence and lease, which stay."""
        ...

    async def release(self, trigger: str, *, limit: int | None, at: datetime) -> Sequence[int]:
        """Make pending, as fired at `at`, all that the `limit` first in the queue wait for.

        Returns these persons: the oldest entries first, ties by key; everybody when None.
        """
        ...

    async def count(self, fired: Mapping[str, int], at: datetime) -> None:
        """Add for how many persons each trigger fired at `at`, which is a decision."""
        ...

    async def fired(self, trigger: str, since: datetime | None) -> int:
        """Return how often a trigger fired from `since` on; ever, when None."""
        ...

    async def undo_after(self, at: datetime) -> None:
        """Let nothing of triggers be known as later than `at`: what was happened at `at`."""
        ...

    async def is_due(self, destination: str, now: datetime) -> bool:
        """Return whether any firing may be worked on now."""
        ...

    async def reclaim(self, destination: str | None = None) -> int:
        """Make every leased firing pending, as `OutboxStore.reclaim` does."""
        ...

    async def counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per trigger and state."""
        ...

    async def open_counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state that are OPEN."""
        ...

    async def list(
        self,
        *,
        states: Collection[FiringState] = OPEN,
        destination: str | None = None,
        limit: int | None = None,
    ) -> Sequence[Firing]:
        """Return firings in these states, oldest first, ties by key."""
        ...


class Transaction(Protocol):
    """All stores, seen at one moment and changed together."""

    @property
    def cursors(self) -> CursorStore: ...
    @property
    def contacts(self) -> ContactStore: ...
    @property
    def events(self) -> EventStore: ...
    @property
    def scores(self) -> ScoreStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def triggers(self) -> TriggerStore: ...
    @property
    def inbound(self) -> InboundStore: ...
    @property
    def forgotten(self) -> ForgottenStore: ...
    @property
    def retention(self) -> RetentionStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def notes(self) -> NoteStore: ...
    @property
    def tallies(self) -> TallyStore: ...
    @property
    def pictures(self) -> PictureStore: ...
    @property
    def pulse(self) -> PulseStore: ...


class State(Protocol):
    """The state of one installation."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction that commits at the end of its block."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a view of one moment."""
        ...

    async def transact(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """Return what `work` returns; what it wrote is committed, or undone when it raises.

        For many small questions it is quicker than `write`: all of it runs at one go, outside of
        the event loop. So `work` may await nothing but the transaction.
        """
        ...

    async def store_calls(self, calls: Sequence[Inbound]) -> int:
        """Store webhook calls durably, at once; return how many were new.

        In a transaction of its own, which waits for no other writer where the database allows
        that: whoever calls waits for the answer.
        """
        ...

    def own_cycles(
        self, owner: str, *, is_shared: bool = False, address: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Hold the right to run cycles; raises StateBusy naming who holds it.

        `is_shared` lets others in who share it too, on a database that several processes may
        work on. `address` is where this process takes requests, for `served_at`.
        """
        ...

    async def served_at(self) -> str | None:
        """Return the address of the process that owns the cycles, if it told one and lives.

        None where several processes may write beside each other: nothing has to go through one.
        """
        ...

    async def owners(self) -> Sequence[str]:
        """Return the names of those who own the cycles now, without taking anything."""
        ...

    async def fold_events(
        self,
        properties: Mapping[str, FieldType],
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> Sequence[Problem]:
        """Bring the columnar copy of events up to date where that is worth it.

        What many events are read from is then quick; what is read is the same without it, and
        there may be none. `anew` builds all of it. Only for the one who owns the cycles. Returns
        what went wrong, since nothing about the copy is a reason to stop.
        """
        ...

    async def expunge_events(self, contacts: Collection[int]) -> None:
        """Remove all events of these persons from the copy's files, now.

        Only for the one who owns the cycles. Events they have in the state are not touched.
        Raises StateError when the files cannot be rewritten.
        """
        ...

    async def wipe_traces(self, texts: Collection[str] = ()) -> bool:
        """Leave nothing of deleted rows in the database's own files, as far as it lets us.

        `texts` are what no row holds any more. Returns False where something may be left, since
        others read at present, or too much would have to be rewritten.
        """
        ...

    async def event_copy(self) -> EventCopy | None:
        """Return how the columnar copy of events stands; None when there is none."""
        ...

    async def aclose(self) -> None:
        """Let go of the database."""
        ...
