"""Read contacts again that calls hint at, and believe that one is gone who is not found.

Who cannot be read now is left to the next pull, which finds changes, deletions and merges by
itself. But that somebody was erased for privacy no pull can tell: they are asked for again, by the
call that told of it, until the platform answers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from connector.errors import (
    LaneLost,
    LeftAlone,
    LimitUsedUp,
    PlatformError,
    Problem,
    RateLimited,
    Recovery,
    StateError,
    UnexpectedAnswer,
)
from connector.sync.asking.patience import Patience
from connector.sync.outbox.just_read import Taken, reading_of, take_contacts, watched
from connector.sync.outbox.second_look import SecondLook
from connector.sync.receiving.hearing import why
from connector.sync.receiving.hints import MOST_STRANGERS, Wanted, wanted
from connector.sync.records.ingest import ingest_removals

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Reading
    from connector.ports.platform import ContactLookup
    from connector.ports.store import Transaction
    from connector.sync.receiving.hints import Hints
    from connector.sync.workspace import Workspace

LOOK = "see `heatsync deliveries list`"
ASKED = 100
"""Records asked for at once."""
SHORT = timedelta(seconds=5)
"""What a platform may ask us to wait without being left to the next pull."""
PATIENCE = 10.0
"""Seconds that asking for some records may take, waiting for our own share of a limit included."""


@dataclass(slots=True, kw_only=True)
class Rereading:
    """The contacts that calls of one turn hint at, while they are read again."""

    workspace: Workspace
    name: str
    hints: Hints
    lookup: ContactLookup
    wanted: Wanted | None = None
    read: set[str] = field(default_factory=set)
    """Records that were asked for, and answered of."""
    open: set[str] = field(default_factory=set)
    """Records that are to be asked for once more."""
    given_up: set[str] = field(default_factory=set)
    """Those of them that were asked for often enough because of one call."""
    kept: set[str] = field(default_factory=set)
    """Those of them that would be left to the next pull, if it could tell that they were erased."""
    failure: PlatformError | None = None
    """What kept any from being read, at last."""
    left: int = 0
    reason: str | None = None
    """Why some are left to the next pull, or kept; those who are left for no trouble have none."""
    drift: Counter[str] = field(default_factory=Counter)
    erased: int = 0
    """Persons who are erased here, since the platform erased them for privacy."""
    errors: list[PlatformError] = field(default_factory=list)

    async def run(self) -> None:
        """Read who is wanted, some at a time, until a platform will not answer for now."""
        state = self.workspace.state
        target, reading = watched(self.workspace, self.name), reading_of(self.workspace, self.name)
        look = SecondLook(workspace=self.workspace, name=self.name, target=target)
        async with state.read() as tx:
            self.wanted = await wanted(tx, self.name, self.hints)
            await look.recall(tx)
        if self.wanted.left:
            self.left = self.wanted.left
            self.reason = f"of people nobody knows, {MOST_STRANGERS} are asked for at once"
        reading = look.without_paused(reading)
        ids = self.wanted.ids
        for start in range(0, len(ids), ASKED):
            some = ids[start : start + ASKED]
            since = self.workspace.clock.now()
            try:
                found = await self._ask(some, reading, look)
                taken = await state.transact(partial(self._take, some, found, since))
            except StateError:
                raise
            except Exception as error:  # noqa: BLE001 - one record keeps no other from being read
                if not self._goes_on(error, some, ids[start:]):
                    return
            else:
                self.drift += taken.drift
                self.erased += taken.erased
                self.read.update(some, (each.remote_id for each in found))

    def is_open(self, names: Collection[str]) -> bool:
        """Return whether any of those that `names` mean is to be asked for once more."""
        return not self.open.isdisjoint(self._meant(names))

    def is_kept(self, names: Collection[str]) -> bool:
        """Return whether any of them is to be asked for until the platform answers."""
        return not self.kept.isdisjoint(self._meant(names))

    def give_up(self, names: Collection[str]) -> None:
        """Leave those that `names` mean to the next pull: they were asked for often enough.

        Those are kept of whom no pull can tell what was told.
        """
        tried = self.open & self._meant(names)
        self.kept |= tried & self._erased
        given_up = tried - self._erased
        self.left += len(given_up - self.given_up)
        self.given_up |= given_up
        self.reason = str(self.failure)

    def _meant(self, names: Collection[str]) -> set[str]:
        of = self.wanted.of if self.wanted else {}
        return {each for name in names for each in of.get(name, ())}

    @property
    def _erased(self) -> frozenset[str]:
        return self.wanted.erased if self.wanted else frozenset()

    @property
    def echoes(self) -> int:
        """Return how many are not asked for, since what changed is what we wrote."""
        return self.wanted.echoes if self.wanted else 0

    @property
    def problems(self) -> Sequence[Problem]:
        """Return what is left or kept, and why, where there was trouble."""
        told: list[Problem] = []
        if self.reason is not None and self.left:
            told.append(left_to_the_pull(self.name, self.left, self.reason))
        if self.reason is not None and self.kept:
            told.append(_kept(self.name, len(self.kept), self.reason))
        return told

    async def _ask(
        self, ids: Sequence[str], reading: Reading, look: SecondLook
    ) -> Sequence[Contact]:
        """Return those of the records that exist; raises PlatformError, and TimeoutError."""
        circuit = self.workspace.circuits.of(self.name, self.workspace.clock)
        hasty = Patience(self.workspace.clock, circuit, self.workspace.progress, is_hasty=True)
        async with asyncio.timeout(PATIENCE):
            found = await hasty(partial(self.lookup.fetch, ids, reading))
            return await look.at_present(found)

    async def _take(
        self, ids: Sequence[str], found: Sequence[Contact], since: datetime, tx: Transaction
    ) -> Taken:
        taken = await take_contacts(tx, self.workspace, self.name, found, since=since)
        there = {each.remote_id for each in found}
        told = self.wanted.removals if self.wanted else {}
        gone = [
            replace(removal, remote_id=each)
            for each in ids
            if each not in there
            for removal in told.get(each, ())
        ]
        if not gone:
            return taken
        now = self.workspace.clock.now()
        departed = await ingest_removals(tx, self.name, gone, self.workspace.naming, now)
        return replace(taken, erased=departed.erased)

    def _goes_on(self, error: Exception, some: Sequence[str], rest: Sequence[str]) -> bool:
        """Take note of what kept `some` from being read; return whether the others can be."""
        is_alone = not isinstance(error, PlatformError | TimeoutError)
        self.failure = failure = self._as_told(error)
        if _will_pass_soon(failure):
            self.open.update(rest)
            return False
        is_alone = is_alone or failure.recovery is Recovery.SKIP
        self._leave(some if is_alone else rest)
        if not isinstance(failure, RateLimited | LeftAlone):
            self.errors.append(failure)
        return is_alone

    def _as_told(self, error: Exception) -> PlatformError:
        """Return an error as one of the platform."""
        if isinstance(error, PlatformError):
            return error
        if isinstance(error, TimeoutError):
            text = "its limits let nobody through for now"
            return LimitUsedUp(text, platform=self.name, operation="read again")
        return UnexpectedAnswer(why(error), platform=self.name, operation="read again")

    def _leave(self, ids: Sequence[str]) -> None:
        """Leave records to the next pull, but for those of whom it cannot tell what was told."""
        kept = self._erased.intersection(ids)
        self.open |= kept
        self.kept |= kept
        self.left += len(ids) - len(kept)
        self.reason = str(self.failure)


def left_to_the_pull(name: str, count: int, reason: str) -> Problem:
    """Return that contacts are read by the next pull, and not at once."""
    contacts = f"{count} contact{'s' if count > 1 else ''}"
    return Problem(
        message=f"{contacts} that calls told of could not be read at once, and will be by the next "
        f"pull: {reason}",
        path=f"{name}.webhooks",
        is_advice=True,
    )


def _kept(name: str, count: int, reason: str) -> Problem:
    """Return that the calls wait that told of the erasure of contacts, and why."""
    contacts = f"{count} contact{'s' if count > 1 else ''}"
    return Problem(
        message=f"{contacts} that calls tell to be erased could not be asked for; the calls wait "
        f"until that is possible: {reason}",
        path=f"{name}.webhooks",
        hint=LOOK,
        is_advice=True,
    )


def _will_pass_soon(error: PlatformError) -> bool:
    """Return whether to ask again after a moment, or in another process."""
    if isinstance(error, LaneLost):
        return True
    if isinstance(error, LimitUsedUp | LeftAlone):
        return False
    if isinstance(error, RateLimited):
        return error.retry_after is None or error.retry_after <= SHORT
    return error.recovery is Recovery.RETRY
