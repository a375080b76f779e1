"""Do what triggers want done, on a platform or by a courier: leased, performed, and settled.

A deed that was done and not seen to be is done again under the same key, which its receiver can
tell. Where it cannot, as with a message to people, an attempt is recorded before it is made, and
one of which nobody saw the end is left to a person: an alert in the dead letters can be sent again
by hand, one that came twice cannot be taken back. Nothing is sent to somebody who opted out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.changes import Action, Addressee, Outcome
from connector.domain.ledger import Firing, FiringState
from connector.errors import (
    ContactGone,
    EndpointGone,
    LeftAlone,
    NothingSent,
    PlatformError,
    Problem,
    RateLimited,
    Recovery,
    UnexpectedAnswer,
)
from connector.sync.asking.retrials import given_up
from connector.sync.records.forgotten import lately_erased
from connector.sync.records.opting_out import opted_out
from connector.sync.triggers.creating import create_absent
from connector.sync.triggers.missing import still_missing
from connector.sync.triggers.receivers import receiver_of
from connector.sync.triggers.triggering import NO_TRIGGER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.values import Written
    from connector.ports.store import Transaction
    from connector.sync.triggers.receivers import Receiver
    from connector.sync.workspace import Workspace

OWNER = "cycle"
LEASE = timedelta(minutes=15)
LEASED_AT_ONCE = 1_000
CALLS_AT_ONCE = 100
"""Fewer are leased where requests take few, so that their turn is over before their lease."""
TO_THE_PERSON = frozenset({"email", "campaign"})
"""Kinds of deed that reach the contact, who may have opted out of that."""

UNSEEN = "it ended while this was sent: it may have arrived, and is not sent twice"
OPTED_OUT = "the contact has opted out"
NO_RECORD = "the contact has no record there"


@dataclass(slots=True, kw_only=True)
class Delivered:
    """What one round of deeds of one receiver came to."""

    done: int = 0
    failed: int = 0
    """To be tried again by a later run."""
    dead: int = 0
    """Rejected for good."""
    dropped: int = 0
    calls: int = 0
    problems: list[Problem] = field(default_factory=list)
    errors: list[PlatformError] = field(default_factory=list)
    """What ended the round early."""


async def deliver(workspace: Workspace, name: str, *, urgent: bool = False) -> Delivered:
    """Do what is pending for the platform or in the lane `name`, where it takes actions at all.

    When `urgent`, only some of it: what was decided last.
    """
    delivered = Delivered()
    receiver = receiver_of(workspace, name)
    if receiver is None:
        return delivered
    later: list[Firing] = []
    reasons: Counter[tuple[str, str]] = Counter()
    while firings := await _lease(workspace, receiver, urgent=urgent):
        turn = _Turn(workspace=workspace, receiver=receiver, firings=firings)
        await turn.run()
        delivered.calls += turn.calls
        states = Counter(each.state for each in turn.settled)
        delivered.done += states[FiringState.DONE]
        delivered.dead += states[FiringState.DEAD]
        delivered.dropped += states[FiringState.DROPPED]
        # What is to be tried again stays leased until the end, so that this run leaves it alone.
        again = [each for each in turn.settled if each.state is FiringState.PENDING]
        if not isinstance(turn.error, NothingSent):
            delivered.failed += sum(1 for each in again if each.last_error)
        later += again
        reasons.update(_told(turn.settled) + turn.remarks)
        if turn.error is not None:
            delivered.errors.append(turn.error)
        if urgent or turn.error is not None:
            break
    await _settle(workspace, later)
    delivered.problems += _problems(reasons, name, delivered.errors)
    return delivered


@dataclass(slots=True, kw_only=True)
class _Turn:
    """Some leased deeds, and what became of each."""

    workspace: Workspace
    receiver: Receiver
    firings: Sequence[Firing]
    settled: list[Firing] = field(default_factory=list)
    calls: int = 0
    remarks: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By trigger: what else is to be told of deeds that were done."""
    error: PlatformError | None = None
    """What made us stop asking this receiver."""
    missing: dict[str, str] = field(default_factory=dict)
    """By key: the records that were not there."""
    recorded: int = 0
    """How many of `settled` are in the store, or stay leased to be tried again."""

    async def run(self) -> None:
        """Settle every deed, each batch before the next one begins."""
        contacts = {each.contact for each in self.firings}
        async with self.workspace.state.read() as tx:
            refusing = opted_out(await tx.contacts.records_of(contacts))
        left = [each for each in self.firings if not self._called_off(each, refusing)]
        left = await self._push(left)
        pairs = await self._addressed(left)
        await self._record()
        size = self.receiver.batch
        for start in range(0, len(pairs), size):
            erased = await lately_erased(self.workspace.state)
            known = [pair for pair in pairs[start : start + size] if pair[0].contact not in erased]
            if begun := await self._begun(known):
                await self._perform(begun)
            await self._find_again()
            await self._record()

    async def _addressed(self, firings: Sequence[Firing]) -> list[tuple[Firing, Action]]:
        """Return what is to be done about whom; whoever has no record there cannot be reached.

        Whoever is still to be created may have been decided since the last were: they wait.
        """
        has_records = self.receiver.has_records
        async with self.workspace.state.read() as tx:
            firings = await self._ours(tx, firings)
            contacts = {each.contact for each in firings}
            to = dict(await tx.contacts.addressees(self.name, contacts)) if has_records else {}
            persons = await tx.contacts.persons(contacts - to.keys())
            rows = await tx.outbox.rows(self.name, contacts - to.keys()) if has_records else {}
        pairs: list[tuple[Firing, Action]] = []
        for firing in firings:
            here = to.get(firing.contact)
            person = persons.get(firing.contact)
            if here is None and person and (firing.kind == "push" or not has_records):
                here = Addressee(remote_id=person.key, email=person.email)
            row = rows.get(firing.contact)
            if here is None and row and row.is_to_be_created:
                self._end(firing, FiringState.PENDING, None)
            elif here is None:
                # Not everybody is on the platform that sends the mails: no trouble is made of that.
                is_usual = firing.kind in TO_THE_PERSON
                state = FiringState.DROPPED if is_usual else FiringState.DEAD
                self._end(firing, state, NO_RECORD)
            else:
                pairs.append((firing, _action(firing, here)))
        return pairs

    async def _begun(self, pairs: Sequence[tuple[Firing, Action]]) -> list[tuple[Firing, Action]]:
        """Record that these are tried now, where nobody could tell later; return those still ours.

        Whoever took long may have lost its lease to another.
        """
        if self.receiver.knows_keys or self.error is not None or not pairs:
            return list(pairs)
        async with self.workspace.state.write() as tx:
            ours = await self._ours(tx, [firing for firing, _ in pairs])
            await tx.triggers.save(
                [replace(each, attempts=each.attempts + 1, last_error=UNSEEN) for each in ours]
            )
        keys = {each.key for each in ours}
        return [pair for pair in pairs if pair[0].key in keys]

    async def _ours(self, tx: Transaction, firings: Sequence[Firing]) -> list[Firing]:
        """Return those still ours to do; a person who became another meanwhile waits.

        Everything about them was read of who they were: a later run looks anew.
        """
        now = {each.key: each.contact for each in await tx.triggers.held(firings)}
        ours: list[Firing] = []
        for each in firings:
            if now.get(each.key) == each.contact:
                ours.append(each)
            elif each.key in now:
                self._end(each, FiringState.PENDING, None)
        return ours

    async def _record(self) -> None:
        """Store what is over; what is to be tried again stays leased."""
        new = self.settled[self.recorded :]
        self.recorded = len(self.settled)
        await _settle(
            self.workspace, [each for each in new if each.state is not FiringState.PENDING]
        )

    def _called_off(self, firing: Firing, refusing: frozenset[int]) -> bool:
        """Settle a deed that must not be done, or cannot be done here."""
        if firing.trigger not in self.workspace.configuration.model.triggers:
            self._end(firing, FiringState.DROPPED, NO_TRIGGER)
        elif firing.kind in TO_THE_PERSON and firing.contact in refusing:
            self._end(firing, FiringState.DROPPED, OPTED_OUT)
        elif firing.last_error == UNSEEN and not self.receiver.knows_keys:
            self._end(firing, FiringState.DEAD, UNSEEN)
        elif firing.kind not in self.receiver.kinds:
            self._end(firing, FiringState.PENDING, None)
        else:
            return False
        return True

    async def _push(self, firings: Sequence[Firing]) -> list[Firing]:
        """Create who is absent, where the platform lets us; return the deeds still to be done."""
        platform = self.workspace.platforms.get(self.name)
        if platform is None or platform.contact_creator is None:
            return list(firings)
        pushes = [each for each in firings if each.kind == "push"]
        created = await create_absent(self.workspace, self.name, {e.contact for e in pushes})
        self.calls += created.calls
        self.error = created.error
        for firing in pushes:
            self._take(firing, created.outcomes[firing.contact])
        return [each for each in firings if each.kind != "push"]

    async def _perform(self, pairs: Sequence[tuple[Firing, Action]]) -> None:
        """Do these; a batch that is refused as a whole is halved down to the culprit."""
        if self.error is not None:
            self._fail([firing for firing, _ in pairs], self.error, is_tried=False)
            return
        half = len(pairs) // 2
        try:
            outcomes = await self._outcomes([action for _, action in pairs])
        except PlatformError as error:
            if error.recovery is Recovery.SKIP and half:
                await self._perform(pairs[:half])
                await self._perform(pairs[half:])
                return
            if error.recovery is not Recovery.SKIP:
                self.error = error
            outcomes = [Outcome(error=error)] * len(pairs)
        for (firing, action), outcome in zip(pairs, outcomes, strict=True):
            self._take(firing, outcome)
            if isinstance(outcome.error, ContactGone) and self.receiver.has_records:
                self.missing[firing.key] = action.to.remote_id

    async def _outcomes(self, batch: Sequence[Action]) -> Sequence[Outcome]:
        async def attempt() -> Sequence[Outcome]:
            self.calls += 1
            try:
                return await self.receiver.actions.perform(batch)
            except NothingSent:
                self.calls -= 1
                raise

        outcomes = await self.workspace.patience(self.name)(attempt)
        if len(outcomes) == len(batch):
            return outcomes
        message = f"{len(outcomes)} outcomes came for {len(batch)} actions"
        error = UnexpectedAnswer(message, platform=self.name, operation="perform actions")
        return [Outcome(error=error)] * len(batch)

    async def _find_again(self) -> None:
        """Give up what was to be done about records that are gone, where nobody is them now."""
        tried, self.missing = self.missing, {}
        if not tried:
            return
        gone = [each for each in self.settled if each.key in tried]
        lost: Collection[str] = ()
        try:
            lost = await still_missing(self.workspace, self.name, gone, tried)
        except PlatformError as error:
            self.error = self.error or error
        self.settled = [e for e in self.settled if e.key not in tried or e.key in lost]

    def _take(self, firing: Firing, outcome: Outcome) -> None:
        error = outcome.error
        if error is None:
            self._end(firing, FiringState.DONE, None)
            if outcome.remark:
                self.remarks[firing.trigger, outcome.remark] += 1
        elif error.recovery is Recovery.SKIP:
            self._end(firing, FiringState.DEAD, str(error), is_tried=True)
        else:
            self._fail([firing], error, is_tried=True)

    def _fail(self, firings: Sequence[Firing], error: PlatformError, *, is_tried: bool) -> None:
        """Leave these to a later run; waiting for a limit is no attempt.

        Where the receiver has a schedule, that says when, and when they are given up.
        """
        counts = is_tried and not isinstance(error, RateLimited | LeftAlone | NothingSent)
        retrials = self.workspace.retrials(self.name)
        for firing in firings:
            retrial = None
            if is_tried or isinstance(error, EndpointGone):
                retrial = retrials.after(error, firing.attempts, firing.key)
            if retrial is None:
                self._end(firing, FiringState.PENDING, str(error), is_tried=counts)
            elif retrial.is_over:
                self._end(firing, FiringState.DEAD, given_up(error, retrial), is_tried=True)
            else:
                later = replace(firing, not_before=retrial.not_before)
                self._end(later, FiringState.PENDING, str(error), is_tried=True)

    @property
    def name(self) -> str:
        """Return the lane of the receiver."""
        return self.receiver.name

    def _end(
        self, firing: Firing, state: FiringState, reason: str | None, *, is_tried: bool = False
    ) -> None:
        attempts = firing.attempts + is_tried
        self.settled.append(replace(firing, state=state, attempts=attempts, last_error=reason))


def _action(firing: Firing, to: Addressee) -> Action:
    return Action(
        key=firing.key,
        trigger=firing.trigger,
        kind=firing.kind,
        to=to,
        at=firing.at,
        params=_params(firing),
    )


def _params(firing: Firing) -> Mapping[str, Written]:
    """Return what a deed takes along; a task, the instant it is due instead of the time left."""
    left = firing.params.get("due")
    if firing.kind != "task" or not isinstance(left, Decimal):
        return firing.params
    others = {name: value for name, value in firing.params.items() if name != "due"}
    return {**others, "due_at": firing.at + timedelta(seconds=float(left))}


def _told(settled: Sequence[Firing]) -> Counter[tuple[str, str]]:
    """Return, by trigger and reason, how many deeds were not done and should have been."""
    return Counter(
        (each.trigger, each.last_error)
        for each in settled
        if each.last_error and each.state is not FiringState.DROPPED
    )


def _problems(
    reasons: Counter[tuple[str, str]], name: str, errors: Sequence[PlatformError]
) -> list[Problem]:
    told = {str(error) for error in errors}
    return [
        Problem(
            message=f"{count} action{'s' if count > 1 else ''} on {name}: {reason}",
            path=f"triggers.{trigger}",
        )
        for (trigger, reason), count in reasons.items()
        if reason not in told
    ]


async def _lease(workspace: Workspace, receiver: Receiver, *, urgent: bool) -> Sequence[Firing]:
    now = workspace.clock.now()
    limit = min(LEASED_AT_ONCE, CALLS_AT_ONCE * receiver.batch)
    async with workspace.state.write() as tx:
        return await tx.triggers.lease(
            receiver.name,
            owner=OWNER,
            now=now,
            until=now + LEASE,
            limit=limit,
            latest_first=urgent,
        )


async def _settle(workspace: Workspace, firings: Sequence[Firing]) -> None:
    if firings:
        await workspace.state.transact(lambda tx: tx.triggers.settle(firings))
