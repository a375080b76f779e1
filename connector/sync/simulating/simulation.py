"""Replay a draft and the present model over what is stored, and tell how they differ."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTRIBUTION_SCHEMA
from connector.scoring.engine import score
from connector.sync.deciding.results import memory
from connector.sync.deciding.versions import changes_between
from connector.sync.simulating.alerts import alert_changes, firings, queueing
from connector.sync.simulating.ending import Ending
from connector.sync.simulating.membership import members, membership_changes
from connector.sync.simulating.movers import movers, reasons
from connector.sync.simulating.notes import notes
from connector.sync.simulating.outcome import Simulation
from connector.sync.simulating.scores import score_changes
from connector.sync.simulating.walking import TURN_SCHEMA, People, walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.config.configuration import Configuration
    from connector.ports.progress import Progress
    from connector.ports.store import Transaction
    from connector.scoring.model import Model
    from connector.sync.simulating.outcome import Mover
    from connector.sync.simulating.question import Question
    from connector.sync.workspace import Workspace

BATCH = 50_000
"""Contacts that are walked together: bounds memory."""


@dataclass(slots=True, kw_only=True)
class _Side:
    """One of the two models, and what its walks gave."""

    model: Model
    results: list[pl.DataFrame] = field(default_factory=list)
    turns: list[pl.DataFrame] = field(default_factory=lambda: [TURN_SCHEMA.to_frame()])
    members: list[pl.DataFrame] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """What platforms have of some contacts."""

    reached: Mapping[str, frozenset[int]]
    """Per platform, who has a record there."""
    taken: Mapping[tuple[str, str], frozenset[int]]
    """Per list that keeps its members, who was taken in."""


@dataclass(slots=True, kw_only=True)
class _Pace:
    """How far the replay is."""

    progress: Progress
    total: int
    done: int = 0

    def step(self) -> None:
        """Say that one step of one walk is through."""
        self.done += 1
        self.progress.step("Replaying", self.done, self.total)


async def simulate(workspace: Workspace, draft: Configuration, question: Question) -> Simulation:
    """Return how `draft` would differ from the present model; nothing is written.

    It is today's knowledge as of each instant: events by when they occurred, today's attributes,
    identities, list memberships and overrides.
    """
    present = workspace.configuration
    sides = (_Side(model=present.model), _Side(model=draft.model))
    async with workspace.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
    steps = question.steps
    batches = [numbers[start : start + BATCH] for start in range(0, max(len(numbers), 1), BATCH)]
    pace = _Pace(progress=workspace.progress, total=len(batches) * len(steps) * len(sides))
    for batch in batches:
        async with workspace.state.read() as tx:
            people = await _people_of(tx, sides, batch, question)
            reach = await _reach(tx, sides, batch, question)
        for side, whom in zip(sides, people, strict=True):
            await asyncio.to_thread(_walk, side, whom, reach, steps, pace)
    return await _told(workspace, draft, question, sides)


async def _people_of(
    tx: Transaction, sides: Sequence[_Side], batch: Sequence[int], question: Question
) -> Sequence[People]:
    """Return what each side knows of a batch; events are most of it, and read once if they can."""
    known: list[People] = []
    for side in sides:
        is_alike = known and side.model.properties == sides[0].model.properties
        events = known[0].events if is_alike else None
        known.append(await _people(tx, side.model, batch, question, events))
    return known


async def _people(
    tx: Transaction,
    model: Model,
    batch: Sequence[int],
    question: Question,
    events: pl.DataFrame | None = None,
) -> People:
    """Return what `model` knows of a batch, `events` among it where they are read already."""
    if events is None:
        events = (await tx.events.frame(batch, model.properties)).collect()
    contacts = await tx.contacts.frame(batch, model.attributes, model.lists)
    held = await tx.scores.as_of(batch, question.start)
    overrides = await tx.scores.overrides(batch)
    return People(
        contacts=contacts.collect(),
        events=events,
        memory=memory(model, batch, held, overrides).collect(),
    )


async def _reach(
    tx: Transaction, sides: Sequence[_Side], batch: Sequence[int], question: Question
) -> _Reach:
    targets = [target for side in sides for target in side.model.targets.values()]
    keeping = {(each.platform, one.name) for each in targets for one in each.lists if one.keep}
    reached: dict[str, frozenset[int]] = {}
    taken: dict[tuple[str, str], frozenset[int]] = {}
    for platform in dict.fromkeys(target.platform for target in targets):
        reached[platform] = frozenset(await tx.contacts.addressees(platform, batch))
        kept = [name for where, name in keeping if where == platform]
        rows = (await tx.outbox.rows(platform, batch)).values() if kept else ()
        decided = [row for row in rows if row.decided_at and row.decided_at <= question.at]
        for name in kept:
            inside = frozenset(row.contact for row in decided if row.desired.lists.get(name))
            taken[platform, name] = inside
    return _Reach(reached=reached, taken=taken)


def _walk(
    side: _Side, people: People, reach: _Reach, steps: Sequence[datetime], pace: _Pace
) -> None:
    walked = walk(side.model, people, steps, pace.step)
    side.results.append(walked.results)
    side.turns.append(walked.turns)
    side.members.append(members(side.model, walked, reached=reach.reached, taken=reach.taken))


async def _ending(workspace: Workspace, side: _Side, steps: Sequence[datetime]) -> Ending:
    turns = pl.concat(side.turns)
    async with workspace.state.read() as tx:
        persons = await tx.contacts.persons(queueing(side.model, turns))
    keys = {number: person.key for number, person in persons.items()}
    return Ending(
        model=side.model,
        results=pl.concat(side.results),
        members=pl.concat(side.members),
        firings=firings(side.model, turns, steps, keys),
    )


async def _told(
    workspace: Workspace, draft: Configuration, question: Question, sides: Sequence[_Side]
) -> Simulation:
    before, after = [await _ending(workspace, side, question.steps) for side in sides]
    changes = membership_changes(before, after, top=question.top)
    moving = await _with_reasons(workspace, before, after, question)
    shown = {each.contact for many in moving.values() for each in many}.union(
        *([*each.examples_gained, *each.examples_lost] for each in changes)
    )
    async with workspace.state.read() as tx:
        persons = await tx.contacts.persons(shown)
    present = workspace.configuration
    return Simulation(
        question=question,
        present=present.digest,
        draft=draft.digest,
        contacts=before.results.height,
        edits=changes_between(present.source, draft.source),
        scores=score_changes(before, after),
        memberships=changes,
        alerts=alert_changes(before, after, question.steps),
        movers=moving,
        persons=persons,
        notes=notes(present, draft),
    )


async def _with_reasons(
    workspace: Workspace, before: Ending, after: Ending, question: Question
) -> Mapping[str, Sequence[Mover]]:
    """Return who moves most, and why."""
    moving = movers(before, after, top=question.top)
    whom = sorted({each.contact for many in moving.values() for each in many})
    why = [await _contributions(workspace, end.model, whom, question) for end in (before, after)]
    models = (before.model, after.model)
    return {
        name: [replace(each, reasons=reasons(each.contact, *models, *why)) for each in many]
        for name, many in moving.items()
    }


async def _contributions(
    workspace: Workspace, model: Model, contacts: Sequence[int], question: Question
) -> pl.DataFrame:
    """Return what each rule gives these contacts at the end."""
    async with workspace.state.read() as tx:
        people = await _people(tx, model, contacts, question)
    scored = await asyncio.to_thread(
        score,
        model,
        contacts=people.contacts.lazy(),
        events=people.events.lazy(),
        at=question.at,
        memory=people.memory.lazy(),
        explain=True,
        foresee=False,
    )
    told = scored.contributions
    return CONTRIBUTION_SCHEMA.to_frame() if told is None else told
