"""Decide which triggers fire for those just scored, in the transaction that records the scores.

A row is kept for those alone whose condition holds or held. What was looked at before is told by
the model that last scored a contact: for each model it is remembered which conditions its triggers
had. A trigger that is new, or whose condition was edited, meets everybody for the first time.

What fires under a limit waits until everybody is scored; then the longest waiting fire first.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, IS_EXCLUDED, trigger_column
from connector.domain.ledger import FiringState
from connector.scoring.buckets import bucket_start
from connector.sync.triggers.deeds import Drafts, results_of
from connector.sync.triggers.firing import departure, entry, fired, fires, has_fired, look, room

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import Firing, TriggerState
    from connector.ports.store import Transaction
    from connector.scoring.model import Model, Trigger

CONDITION_ENDED = "the condition had ended before there was room"
EXCLUDED = "the contact is excluded"
NO_TRIGGER = "the configuration has no such trigger any more"


async def decide_triggers(
    tx: Transaction, model: Model, results: pl.DataFrame, at: datetime
) -> Counter[str]:
    """Record what fires for the contacts of `results` (of the engine); return how many per trigger.

    To be called before the scores are recorded: the model that scored a contact before matters.
    """
    await _remember_conditions(tx, model)
    decision = await _decision(tx, model, results, at)
    await _call_off(tx, decision)
    await _record(tx, model, results, decision)
    return Counter({name: len(contacts) for name, contacts in decision.firing.items()})


async def release_waiting(tx: Transaction, model: Model, at: datetime) -> Counter[str]:
    """Fire for those who wait, as far as limits leave room; return how many per trigger."""
    released: Counter[str] = Counter()
    for trigger in model.triggers.values():
        left = await _room(tx, trigger, model, at)
        contacts = () if left == 0 else await tx.triggers.release(trigger.name, limit=left, at=at)
        if contacts:
            states = await tx.triggers.states(contacts)
            own = [fired(each, at) for each in states if each.trigger == trigger.name]
            await tx.triggers.save_states(own)
            released[trigger.name] = len(contacts)
    await tx.triggers.count(released, at)
    return released


@dataclass(slots=True, kw_only=True)
class _Decision:
    """What became of the triggers of some contacts."""

    at: datetime
    excluded: frozenset[int]
    removed: frozenset[str] = frozenset()
    """Triggers that some of them know, and the model does not."""
    ended: set[tuple[int, str]] = field(default_factory=set)
    """Contact and trigger: who waited for these waits no more."""
    still: dict[str, list[int]] = field(default_factory=dict)
    """Per trigger with a limit, those who may wait since an earlier decision."""
    firing: dict[str, list[int]] = field(default_factory=dict)
    """Per trigger, for whom it fires now."""
    queueing: dict[str, list[int]] = field(default_factory=dict)
    """Per trigger with a limit, for whom it will when there is room."""
    states: list[TriggerState] = field(default_factory=list)


async def _decision(
    tx: Transaction, model: Model, results: pl.DataFrame, at: datetime
) -> _Decision:
    is_out = results[IS_EXCLUDED]
    looked_at = results.filter(~is_out)[CONTACT].to_list()
    decision = _Decision(at=at, excluded=frozenset(results.filter(is_out)[CONTACT]))
    before: defaultdict[str, dict[int, TriggerState]] = defaultdict(dict)
    for state in await tx.triggers.states(looked_at):
        before[state.trigger][state.contact] = state
    decision.removed = frozenset(before.keys() - model.triggers.keys())
    decision.ended |= {(each, name) for name in decision.removed for each in before[name]}
    looks = {
        name: look(looked_at, results.filter(pl.col(trigger_column(name)))[CONTACT], before[name])
        for name in model.triggers
    }
    seen = await _Seen.of(tx, {each for one in looks.values() for each in one.entered})
    for trigger in model.triggers.values():
        one, known = looks[trigger.name], before[trigger.name]
        _leave(decision, trigger, one.left, known)
        _enter(decision, trigger, one.entered, known, seen.by(trigger))
    return decision


def _leave(
    decision: _Decision, trigger: Trigger, left: Sequence[int], known: Mapping[int, TriggerState]
) -> None:
    decision.states += [departure(known[contact], decision.at) for contact in left]
    decision.ended |= {(contact, trigger.name) for contact in left}
    if trigger.limit is not None:
        gone = frozenset(left)
        decision.still[trigger.name] = [
            contact
            for contact, state in known.items()
            if state.is_active and not has_fired(state) and contact not in gone
        ]


def _enter(
    decision: _Decision,
    trigger: Trigger,
    entered: Sequence[int],
    known: Mapping[int, TriggerState],
    seen: Collection[int],
) -> None:
    at = decision.at
    chosen = [
        contact
        for contact in entered
        if fires(trigger, known.get(contact), at, is_first=contact not in seen)
    ]
    states = {contact: entry(trigger, contact, known.get(contact), at) for contact in entered}
    if trigger.limit is None:
        states |= {contact: fired(states[contact], at) for contact in chosen}
    decision.states += states.values()
    if chosen:
        place = decision.firing if trigger.limit is None else decision.queueing
        place[trigger.name] = chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Which conditions were looked at for whom when they were last scored."""

    models: Mapping[int, str]
    conditions: Mapping[str, Mapping[str, str]]

    @classmethod
    async def of(cls, tx: Transaction, contacts: Collection[int]) -> _Seen:
        models = await tx.scores.scored_under(contacts)
        conditions = {
            digest: json.loads(await tx.notes.get(_note(digest)) or "{}")
            for digest in sorted(set(models.values()))
        }
        return cls(models=models, conditions=conditions)

    def by(self, trigger: Trigger) -> frozenset[int]:
        """Return for whom this trigger's condition, as it is now, was looked at."""
        text = _text(trigger)
        knowing = {
            digest for digest, each in self.conditions.items() if each.get(trigger.name) == text
        }
        return frozenset(contact for contact, digest in self.models.items() if digest in knowing)


async def _call_off(tx: Transaction, decision: _Decision) -> None:
    """Drop what waits for those whose condition ended, and what excluded or removed ones left."""
    contacts = {contact for contact, _ in decision.ended} | decision.excluded
    dropped = [
        replace(firing, state=FiringState.DROPPED, last_error=reason)
        for firing in (await tx.triggers.unfinished(contacts) if contacts else ())
        if (reason := _reason(firing, decision))
    ]
    await tx.triggers.save(dropped)


def _reason(firing: Firing, decision: _Decision) -> str | None:
    if firing.state is FiringState.IN_FLIGHT:
        return None
    if firing.contact in decision.excluded:
        return EXCLUDED
    if firing.trigger in decision.removed:
        return NO_TRIGGER
    has_ended = (firing.contact, firing.trigger) in decision.ended
    return CONDITION_ENDED if has_ended and firing.state is FiringState.WAITING else None


async def _record(
    tx: Transaction, model: Model, results: pl.DataFrame, decision: _Decision
) -> None:
    """Store states, new firings, and what those who still wait want done by now."""
    await tx.triggers.save_states(decision.states)
    waiting = await _waiting(tx, decision)
    chosen = {each.contact for each in waiting}.union(
        *decision.firing.values(), *decision.queueing.values()
    )
    if not chosen:
        return
    drafts = Drafts(
        model=model,
        persons=await tx.contacts.persons(chosen),
        results=results_of(model, results, chosen),
    )
    at = decision.at
    await tx.triggers.add([*drafts.new(decision.firing, at, FiringState.PENDING)])
    await tx.triggers.add([*drafts.new(decision.queueing, at, FiringState.WAITING)])
    await tx.triggers.save(drafts.renewed(waiting))
    await tx.triggers.count({name: len(many) for name, many in decision.firing.items()}, at)


async def _waiting(tx: Transaction, decision: _Decision) -> Sequence[Firing]:
    """Return what waits since an earlier decision."""
    contacts = {each for many in decision.still.values() for each in many}
    found = await tx.triggers.unfinished(contacts) if contacts else ()
    return [
        each
        for each in found
        if each.state is FiringState.WAITING and each.trigger in decision.still
    ]


async def _remember_conditions(tx: Transaction, model: Model) -> None:
    if model.triggers and await tx.notes.get(_note(model.digest)) is None:
        texts = {each.name: _text(each) for each in model.triggers.values()}
        await tx.notes.put(_note(model.digest), json.dumps(texts, ensure_ascii=False))


async def _room(tx: Transaction, trigger: Trigger, model: Model, at: datetime) -> int | None:
    if trigger.limit is None or trigger.limit_per is None:
        return None
    since = bucket_start(trigger.limit_per, at, model.timezone)
    return room(trigger, await tx.triggers.fired(trigger.name, since))


def _text(trigger: Trigger) -> str:
    return trigger.when.text.strip()


def _note(digest: str) -> str:
    return f"triggers:{digest}"
