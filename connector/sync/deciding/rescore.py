"""Score whoever waits for it, decide what platforms shall show, and record all of it at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, IS_EXCLUDED
from connector.domain.instants import iso, midnight
from connector.domain.outbound import DeliveryState
from connector.errors import BackInTime
from connector.sync.deciding.copies import copies_of
from connector.sync.deciding.decide import decide
from connector.sync.deciding.in_force import is_in_force
from connector.sync.deciding.newcomers import newcomers
from connector.sync.deciding.results import decisions, long_scores, memory
from connector.sync.deciding.versions import remember_version
from connector.sync.records.leftovers import leave, take_up
from connector.sync.records.sinks import end, persons_there
from connector.sync.triggers.triggering import decide_triggers, release_waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.changes import Addressee
    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

BATCH = 200_000
"""Contacts scored and recorded together: bounds memory, and what a crash repeats."""
SHARED_BATCH = 5_000
"""The same where others score meanwhile: what they did with any of these is not done again."""
SHARED_WRITE = 500
"""Contacts recorded in one transaction there: nobody who stores a webhook waits for longer."""
FEW = 1_000
"""So few are written before others: everybody at once leaves nobody to be hurried."""
READ_AT_ONCE = 10_000
"""Contacts whose records are looked at together, where more than scores decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One of several equal parts of everybody."""

    part: int
    """From 0 on."""
    of: int

    def __contains__(self, contact: int) -> bool:
        return contact % self.of == self.part


@dataclass(slots=True, kw_only=True)
class Rescored:
    """What scoring did."""

    scored: int = 0
    unchanged: Counter[str] = field(default_factory=Counter)
    """Per platform, contacts decided now for whom nothing has to be written."""
    fired: Counter[str] = field(default_factory=Counter)
    """Per trigger, contacts for whom it fired."""
    pending: Counter[str] = field(default_factory=Counter)
    """Per platform, contacts decided now for whom something has to be written or created."""
    deleted: Counter[str] = field(default_factory=Counter)
    """Per platform that creates contacts, those not created again since somebody deleted them."""
    overtaken: list[int] = field(default_factory=list)
    """Persons whom somebody else decided meanwhile, perhaps from what was known before."""
    is_urgent: bool = False
    """Whether so few are decided that they are written before others."""
    is_superseded: bool = False
    """Whether other rules were put in force meanwhile, so that nothing more was recorded."""


async def refuse_the_past(workspace: Workspace, at: datetime) -> None:
    """Raise BackInTime when a decision later than `at` is recorded: it would rewrite history."""
    async with workspace.state.read() as tx:
        latest = await tx.scores.latest_at()
    if latest is not None and at < latest:
        msg = (
            f"scores are decided up to {iso(latest)} already; a sync at {iso(at)} would rewrite "
            "them (use --dry-run, or explain --at to look back)"
        )
        raise BackInTime(msg)


async def rescore(
    workspace: Workspace,
    at: datetime,
    chosen: Collection[int] | None = None,
    *,
    share: Share | None = None,
    unread: Collection[str] = (),
) -> Rescored:
    """Score, at `at`, those who are stale, due, or were last scored under another model.

    Only those of `chosen`, or in `share`, when given; while platforms are `unread`, only those who
    were scored before and are unknown to them.
    """
    model = workspace.configuration.model
    async with workspace.state.read() as tx:
        waiting = await tx.contacts.waiting(at, model.digest, chosen, unread=unread)
    numbers = sorted(each for each in waiting if share is None or each in share)
    # A cycle writes everybody, and nobody else meanwhile.
    done = Rescored(is_urgent=workspace.is_shared and len(numbers) <= FEW)
    size = SHARED_BATCH if workspace.is_shared else BATCH
    for start in range(0, len(numbers), size):
        batch = numbers[start : start + size]
        workspace.progress.step("Scoring", start, len(numbers))
        seen = {number: waiting[number] for number in batch}
        await _rescore_batch(workspace, at, seen, done)
        if done.is_superseded:
            return done
    workspace.progress.step("Scoring", len(numbers), len(numbers))
    if model.triggers:
        async with workspace.state.write() as tx:
            done.fired.update(await release_waiting(tx, model, at))
    return done


async def _rescore_batch(
    workspace: Workspace, at: datetime, seen: Mapping[int, int], done: Rescored
) -> None:
    """Score the persons of `seen`, each with the staleness it was read with."""
    # The engine and its arrays are a tenth of the memory of a process that only reads.
    from connector.scoring.engine import score

    model = workspace.configuration.model
    batch = list(seen)
    async with workspace.state.read() as tx:
        contacts = await tx.contacts.frame(batch, model.attributes, model.lists)
        events = await tx.events.frame(batch, model.properties)
        current = await tx.scores.current(batch)
        overrides = await tx.scores.overrides(batch)
        decided_at = await tx.scores.decided_at(batch) if workspace.is_shared else None
    remembered = memory(model, batch, current, overrides)
    scored = await asyncio.to_thread(
        score, model, contacts=contacts, events=events, at=at, memory=remembered, tally=True
    )
    size = SHARED_WRITE if workspace.is_shared else len(batch)
    for start in range(0, len(batch), size):
        some = {number: seen[number] for number in batch[start : start + size]}
        await _record(workspace, at, scored.contacts, seen=some, before=decided_at, done=done)
        if done.is_superseded:
            return


async def _record(
    workspace: Workspace,
    at: datetime,
    results: pl.DataFrame,
    *,
    seen: Mapping[int, int],
    before: Mapping[int, datetime | None] | None,
    done: Rescored,
) -> None:
    """Decide and record those of `results` who are in `seen`, in one transaction.

    Nothing is recorded by rules that are not in force any more: what the new ones decided stands.
    """
    model = workspace.configuration.model

    async def work(tx: Transaction) -> None:
        if workspace.is_shared and not await is_in_force(tx, model.digest):
            done.is_superseded = True
            return
        await remember_version(tx, workspace.configuration, at)
        undecided, overtaken = await _undecided(tx, model.digest, at, seen, before)
        decided = results.filter(pl.col(CONTACT).is_in(undecided))
        done.fired.update(await decide_triggers(tx, model, decided, at))
        await tx.scores.record(
            at=at,
            model=model.digest,
            seen=seen,
            decisions=decisions(model, decided),
            scores=long_scores(model, decided),
            day=midnight(at, model.timezone),
        )
        await _decide(tx, workspace, decided, at, done)
        done.scored += decided.height - int(decided[IS_EXCLUDED].sum())
        done.overtaken += overtaken

    await workspace.state.transact(work)


async def _undecided(
    tx: Transaction,
    digest: str,
    at: datetime,
    seen: Mapping[int, int],
    before: Mapping[int, datetime | None] | None,
) -> tuple[Sequence[int], Sequence[int]]:
    """Return those of a batch who are still to be decided, and those whom others decided since.

    Whoever was merged away meanwhile has gone on as somebody else, triggers included. Where others
    work as well, `before` says when each was last decided as the batch was read: who was decided
    since then was so from later knowledge, and what is remembered of their stages has moved on. So
    has what is remembered of triggers when somebody turned out to be them, which made them stale
    anew: by what was read before, it would end and begin again. And at `at`, before the batch was
    read, whoever was decided at a later instant would be without what happened in between.
    """
    if before is None:
        return await tx.contacts.unmerged(list(seen)), ()
    now = await tx.scores.decided_at(list(seen))
    stale = await tx.contacts.waiting(at, digest, seen.keys())
    there = [each for each in seen if each in now]
    overtaken = [
        each
        for each in there
        if now[each] != before.get(each)
        or (now[each] or at) > at
        or stale.get(each, seen[each]) != seen[each]
    ]
    left = set(overtaken)
    return [each for each in there if each not in left], overtaken


async def _decide(
    tx: Transaction, workspace: Workspace, results: pl.DataFrame, at: datetime, done: Rescored
) -> None:
    """Store the desired state on every platform that is a target."""
    for target in workspace.configuration.model.targets.values():
        reads = target.copies or target.creates or target.platform in workspace.sinks
        for part in results.iter_slices(READ_AT_ONCE if reads else max(results.height, 1)):
            await _decide_part(tx, workspace, target, results=part, at=at, done=done)


async def _decide_part(
    tx: Transaction,
    workspace: Workspace,
    target: Target,
    *,
    results: pl.DataFrame,
    at: datetime,
    done: Rescored,
) -> None:
    name, contacts = target.platform, results[CONTACT].to_list()
    is_ours, is_sink = name in workspace.ours, name in workspace.sinks
    found = persons_there(tx, contacts) if is_sink else tx.contacts.addressees(name, contacts)
    addressees = await found
    rows = await tx.outbox.rows(name, contacts)
    moved = [row for row in rows.values() if _is_elsewhere(row, addressees)]
    standing = {**rows, **await take_up(tx, name, addressees, rows)}
    if target.creates:
        new = await newcomers(tx, target, results, addressees, rows)
        addressees = {**addressees, **new.addressees}
        done.deleted[name] += new.deleted
    decided = decide(
        target,
        workspace.configuration.model,
        results,
        addressees=addressees,
        standing=standing,
        at=at,
        copies=await copies_of(tx, target, addressees),
        is_ours=is_ours,
        is_urgent=done.is_urgent,
    )
    await tx.outbox.save(decided.rows)
    gone = _without_record(standing, addressees)
    if is_sink:
        await end(tx, [standing[each] for each in gone])
    else:
        await tx.outbox.drop(name, gone)
    await leave(tx, name, moved, is_ours=is_ours)
    done.unchanged[name] += decided.unchanged
    done.pending[name] += sum(1 for row in decided.rows if row.state is DeliveryState.PENDING)


def _is_elsewhere(row: Outbound, addressees: Mapping[int, Addressee]) -> bool:
    """Return whether the person of `row` is written to under another record now."""
    to = addressees.get(row.contact)
    return to is not None and to.remote_id != row.remote_id


def _without_record(
    standing: Mapping[int, Outbound], addressees: Mapping[int, Addressee]
) -> set[int]:
    return set(standing) - set(addressees)
