"""Take in what calls of a platform told: events at once, and contacts as they are when asked for.

A call is done once all that it told is stored, and whoever it hints at was read again or is
knowingly left to the next pull, as nobody is who was erased. Until then it waits, and may be taken
in once more, by whomever: events are known by their ids, and what contacts are at present does not
depend on who asks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from connector.domain.waits import LONGEST_REST
from connector.errors import LaneLost, Problem, RateLimited, StateError
from connector.ports.inbound_store import MOST_BYTES
from connector.sync.receiving.hearing import hear, portions, why
from connector.sync.receiving.hints import Hints, foreign_fields
from connector.sync.receiving.rereading import LOOK, Rereading
from connector.sync.receiving.storing import store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.ledger import Inbound
    from connector.errors import PlatformError
    from connector.ports.store import Transaction
    from connector.ports.webhook import WebhookParser
    from connector.sync.receiving.hearing import Heard
    from connector.sync.workspace import Workspace

OWNER = "receiving"
LEASE = timedelta(minutes=5)
ROUNDS = 20
"""How often calls are taken up in one turn, before the contacts they are about are read."""
MOST_NAMES = 5_000
"""Beyond so many people that calls are about, their contacts are read first."""
TRIES = 5
"""So often contacts are asked for because of a call; then they are left to the next pull."""
FIRST_REST = timedelta(seconds=5)
"""Before the next try; each further rest is of twice the length."""
DOUBLINGS = 6
"""So often: whoever is asked for until the platform answers, is so every five minutes at last."""
SHOWN_PROBLEMS = 1000


@dataclass(slots=True, kw_only=True)
class TakenIn:
    """What calls of one platform brought."""

    calls: int = 0
    """Those that are done."""
    received: list[datetime] = field(default_factory=list)
    """When each of those that are done reached us."""
    contacts: frozenset[int] = frozenset()
    """Persons they were about who wait to be scored."""
    events: int = 0
    """How many were new or corrected."""
    dead: int = 0
    """Calls that cannot be read; they are kept until a person has looked at them."""
    failed: int = 0
    """Calls that wait for a later try to read contacts again."""
    echoes: int = 0
    """Contacts not read again, since what changed is what we wrote."""
    left: int = 0
    """Contacts that could not be read again now, and are left to the next pull."""
    drift: Counter[str] = field(default_factory=Counter)
    """Values of ours that somebody changed, as `connector.sync.outbox.drift` counts them."""
    erased: int = 0
    """Persons who are erased here, since the platform erased them for privacy."""
    problems: list[Problem] = field(default_factory=list)
    errors: list[PlatformError] = field(default_factory=list)
    """Why contacts could not be read again, where that will not pass by itself."""
    is_more: bool = False
    """Whether more calls may wait."""


async def take_in(workspace: Workspace, name: str, *, limit: int = 500) -> TakenIn:
    """Take in calls of the platform `name` that wait, oldest first, `limit` of them at a time.

    Nobody is scored, and nothing written to a platform.
    """
    parser = workspace.platforms[name].webhook_parser
    if parser is None:
        return TakenIn()
    turn = _Turn(workspace=workspace, name=name, parser=parser)
    try:
        await turn.listen(limit)
        await turn.look_again()
    except BaseException:
        # Whoever comes next, in this process or another, need not wait for the leases to end.
        with suppress(StateError):
            await workspace.state.transact(turn.release)
        raise
    return turn.taken


@dataclass(slots=True, kw_only=True)
class _Turn:
    """Some calls of a platform, while they are taken in."""

    workspace: Workspace
    name: str
    parser: WebhookParser
    taken: TakenIn = field(default_factory=TakenIn)
    hints: Hints = field(default_factory=Hints)
    leased: dict[str, Inbound] = field(default_factory=dict)
    """Calls that are neither done nor failed yet, without what they carried."""
    open: list[tuple[Inbound, frozenset[str]]] = field(default_factory=list)
    """Those of them because of which contacts are to be read again, each with whom it names."""
    names: set[str] = field(default_factory=set)
    """Whom calls were about, by id or address."""

    def __post_init__(self) -> None:
        self.hints.foreign = foreign_fields(self.workspace, self.name)

    async def listen(self, limit: int) -> None:
        """Store what calls tell, until none waits or they are about many people."""
        for _ in range(ROUNDS):
            calls = await self.workspace.state.transact(partial(self._lease, limit))
            if calls:
                await self._hear(calls)
            size = sum(len(each.body) for each in calls)
            self.taken.is_more = len(calls) >= limit or size >= MOST_BYTES
            if not self.taken.is_more or len(self.names) >= MOST_NAMES:
                return

    async def look_again(self) -> None:
        """Read contacts again that calls hint at, and be done with the calls."""
        lookup = self.workspace.platforms[self.name].lookup
        if self.open and lookup is not None:
            rereading = Rereading(
                workspace=self.workspace, name=self.name, hints=self.hints, lookup=lookup
            )
            await rereading.run()
            await self._settle(rereading)
        async with self.workspace.state.read() as tx:
            self.taken.contacts = await self._waiting(tx)

    async def release(self, tx: Transaction) -> None:
        """Give back what is left of the calls."""
        await tx.inbound.release([*self.leased.values()])

    async def _lease(self, limit: int, tx: Transaction) -> Sequence[Inbound]:
        now = self.workspace.clock.now()
        return await tx.inbound.lease(
            self.name, owner=OWNER, now=now, until=now + LEASE, limit=limit
        )

    async def _hear(self, calls: Sequence[Inbound]) -> None:
        """Store what calls tell; one that cannot be read is dead."""
        self.leased |= {each.id: each for each in calls}
        heard, unheard = await asyncio.to_thread(hear, self.parser, calls)
        self.leased |= {each.call.id: each.call for each in heard}
        for reason in sorted({each.why for each in unheard}):
            await self._bury([each.call for each in unheard if each.why == reason], reason)
        for portion in portions(heard):
            await self._store(portion)

    async def _store(self, portion: Sequence[Heard]) -> None:
        """Store what calls tell; one that cannot be stored is dead, and costs no other."""
        work = partial(store, workspace=self.workspace, name=self.name, portion=portion)
        try:
            stored = await self.workspace.state.transact(work)
        except StateError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it tells, it keeps no other waiting
            if len(portion) == 1:
                await self._bury([portion[0].call], why(error))
                return
            for each in portion:
                await self._store([each])
            return
        self.taken.events += stored.events
        self.taken.drift += stored.drift
        self.taken.erased += stored.erased
        self._tell([it for each in portion for it in each.told.problems])
        self.hints.add(stored.open)
        self.hints.strangers |= {*stored.strangers}
        self.names.update(*(each.names for each in portion))
        self.open += [(each.call, each.hints | each.subjects) for each in stored.open]
        kept = {each.call.id for each in stored.open}
        self._finish([each.call for each in portion if each.call.id not in kept])

    async def _bury(self, calls: Sequence[Inbound], reason: str) -> None:
        """Keep calls that cannot be taken in until a person has looked at them."""
        async with self.workspace.state.write() as tx:
            await tx.inbound.fail(calls, error=reason, not_before=None, is_dead=True)
        for each in calls:
            self.leased.pop(each.id, None)
        self.taken.dead += len(calls)
        count = f"{len(calls)} call{'s' if len(calls) > 1 else ''}"
        message = f"{count} cannot be taken in, and {'are' if len(calls) > 1 else 'is'} kept"
        where = f"{self.name}.webhooks"
        self._tell([Problem(message=f"{message}: {reason}", path=where, hint=LOOK)])

    async def _settle(self, rereading: Rereading) -> None:
        """Be done with calls whose contacts were read, or are left; the others come again."""
        failure = rereading.failure
        is_lost = isinstance(failure, LaneLost)
        done: list[Inbound] = []
        again: list[Inbound] = []
        for call, names in self.open:
            is_open = rereading.is_open(names)
            if is_open and not is_lost and call.attempts + 1 >= TRIES:
                rereading.give_up(names)
                is_open = rereading.is_kept(names)
            (again if is_open else done).append(call)
        async with self.workspace.state.write() as tx:
            await tx.inbound.done(done, now=self.workspace.clock.now())
            if is_lost:
                await tx.inbound.release(again)
            elif failure is not None:
                await self._put_off(tx, again, failure)
        self._finish(done)
        self.leased.clear()
        self._note(rereading, failed=len(again))

    async def _put_off(
        self, tx: Transaction, calls: Sequence[Inbound], failure: PlatformError
    ) -> None:
        """Let calls come again after a rest, the longer the more often they failed."""
        now, asked = self.workspace.clock.now(), timedelta()
        if isinstance(failure, RateLimited) and failure.retry_after is not None:
            asked = failure.retry_after
        for attempts in {each.attempts for each in calls}:
            rest = max(asked, FIRST_REST * 2 ** min(attempts, DOUBLINGS))
            some = [each for each in calls if each.attempts == attempts]
            later = now + min(rest, LONGEST_REST)
            await tx.inbound.fail(some, error=str(failure), not_before=later, is_dead=False)

    def _finish(self, calls: Sequence[Inbound]) -> None:
        for each in calls:
            self.leased.pop(each.id, None)
        self.taken.calls += len(calls)
        self.taken.received += [each.received_at for each in calls]

    def _note(self, rereading: Rereading, *, failed: int) -> None:
        taken = self.taken
        self.names |= rereading.read
        taken.failed = failed
        taken.echoes, taken.left = rereading.echoes, rereading.left
        taken.drift += rereading.drift
        taken.erased += rereading.erased
        taken.errors += rereading.errors
        self._tell(rereading.problems)

    def _tell(self, problems: Sequence[Problem]) -> None:
        self.taken.problems += problems[: max(0, SHOWN_PROBLEMS - len(self.taken.problems))]

    async def _waiting(self, tx: Transaction) -> frozenset[int]:
        """Return the persons the calls were about who wait to be scored."""
        subjects = await tx.contacts.subjects(self.name, self.names)
        records = await tx.contacts.named(self.name, self.names)
        about = {each.contact for each in subjects.values()} | {*records.values()}
        chosen = {each for each in about if each is not None}
        digest = self.workspace.configuration.model.digest
        now = self.workspace.clock.now()
        return frozenset(await tx.contacts.waiting(now, digest, chosen) if chosen else ())
