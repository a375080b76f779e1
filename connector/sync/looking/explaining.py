"""Why a person has their score, at any instant: computed anew from their events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import (
    CONTACT,
    IS_EXCLUDED,
    NEXT_CHANGE_AT,
    exact_column,
    target_list_column,
)
from connector.domain.instants import iso
from connector.errors import NotFound
from connector.scoring.engine import Scored, score
from connector.sync.deciding.results import memory
from connector.sync.deciding.versions import edits, version_at, versions
from connector.sync.looking.forecast import next_turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.ledger import HistoryEntry, Override
    from connector.domain.outbound import Outbound
    from connector.domain.records import Person
    from connector.ports.store import Transaction
    from connector.scoring.model import Model, Target
    from connector.sync.deciding.versions import Edit, ModelVersion
    from connector.sync.looking.forecast import Turn
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one rule gave, and over which events."""

    rule: str
    dimension: str | None
    raw_points: float
    points: float
    events: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that makes up a person's scores at one instant."""

    person: Person
    platforms: Mapping[str, Sequence[str]]
    """Ids of the records that are there, per platform."""
    at: datetime
    model: str
    is_excluded: bool
    scores: Mapping[str, float | None]
    """Exact; None outside the population."""
    rounded: Mapping[str, float | None]
    stages: Mapping[str, str | None]
    grades: Mapping[str, str | None]
    dimensions: Mapping[str, float | None]
    traits: Mapping[str, object]
    lists: Mapping[str, Sequence[str]]
    contributions: Sequence[Contribution]
    next_change_at: datetime | None
    turn: Turn | None = None
    """The next stage to come with time alone, as far as one looks ahead."""
    overrides: Sequence[Override] = field(default=())
    """Those in force."""
    taken_back: Sequence[Override] = ()
    """Those that were in force once, latest first."""
    version: ModelVersion | None = None
    """The version of the model explained by; None when nothing was decided by it yet."""
    decided_by: ModelVersion | None = None
    """The version that made what the history says of this instant."""
    edits: Sequence[Edit] = ()
    """What became another, until this instant, as a version came into use."""

    def to_json(self) -> dict[str, object]:
        """Return the shape that `explain --json` prints."""
        return {
            "contact": {
                "email": self.person.email,
                "id": self.person.key,
                "platforms": {name: list(ids) for name, ids in self.platforms.items()},
            },
            "at": iso(self.at),
            "scores": dict(self.scores),
            "rounded": dict(self.rounded),
            "stages": dict(self.stages),
            "grades": dict(self.grades),
            "dimensions": dict(self.dimensions),
            "traits": {name: _plain(value) for name, value in self.traits.items()},
            "lists": {name: list(names) for name, names in self.lists.items()},
            "contributions": [
                {
                    "rule": each.rule,
                    "dimension": each.dimension,
                    "raw_points": each.raw_points,
                    "points": each.points,
                    "events": each.events,
                    "first_at": _plain(each.first_at),
                    "last_at": _plain(each.last_at),
                }
                for each in self.contributions
            ],
            "next_change_at": _plain(self.next_change_at),
            "next_stage": self.turn.to_json() if self.turn else None,
            "overrides": [_override_json(each) for each in self.overrides],
            "taken_back": [_override_json(each) for each in self.taken_back],
            "excluded": self.is_excluded,
            "model": self.model,
            "version": self.version.to_json() if self.version else None,
            "decided_by": self.decided_by.to_json() if self.decided_by else None,
            "edits": [_edit_json(each) for each in self.edits],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All that is stored about one person."""

    person: Person
    platforms: Mapping[str, Sequence[str]]
    told: frozenset[str]
    """Platforms that are told of them: where there is a record of theirs, or nobody has one."""
    contacts: pl.LazyFrame
    events: pl.LazyFrame
    decided: pl.DataFrame
    history: Sequence[HistoryEntry]
    versions: Sequence[ModelVersion]
    overrides: pl.DataFrame
    made: Sequence[Override]
    standing: Mapping[str, Outbound]


async def explain(
    workspace: Workspace, text: str, at: datetime, *, looks_ahead: bool = True
) -> Explanation:
    """Return why the person named by `text` stands where they stand at `at`.

    `text` is an e-mail address, our id, or ``<platform>:<id>``. In the past this is today's
    knowledge as of that instant. To look ahead for the next stage takes the most of the time.
    Raises NotFound.
    """
    model = workspace.configuration.model
    async with workspace.state.read() as tx:
        known = await known_of(tx, workspace, text, at)
    number = known.person.contact
    held = memory(model, [number], known.decided, known.overrides)
    explained = _explained if looks_ahead else _explained_now
    return await asyncio.to_thread(explained, model, known, held, at)


def _explained_now(model: Model, known: Knowledge, held: pl.LazyFrame, at: datetime) -> Explanation:
    people, events = known.contacts, known.events
    scored = score(model, contacts=people, events=events, at=at, memory=held, explain=True)
    return _told(model, known, scored, at)


def _explained(model: Model, known: Knowledge, held: pl.LazyFrame, at: datetime) -> Explanation:
    people, events = known.contacts, known.events
    told = _explained_now(model, known, held, at)
    turn = next_turn(model, contacts=people, events=events, memory=held, at=at, stages=told.stages)
    return replace(told, turn=turn)


def _told(model: Model, known: Knowledge, scored: Scored, at: datetime) -> Explanation:
    result = scored.contacts.row(0, named=True)
    targets = [each for each in model.targets.values() if each.platform in known.told]
    ladders = [name for name, each in model.scores.items() if each.stages]
    return Explanation(
        person=known.person,
        platforms=known.platforms,
        at=at,
        model=model.digest,
        is_excluded=result[IS_EXCLUDED],
        scores={name: result[exact_column(name)] for name in model.scores},
        rounded={name: result[name] for name in model.scores},
        stages={name: result[f"{name}_stage"] for name in ladders},
        grades={name: result[name] for name in model.grades},
        dimensions={name: result[name] for name in model.dimensions},
        traits={name: result[name] for name in model.traits},
        lists=_lists(targets, result, known.standing, at),
        contributions=_contributions(scored.contributions),
        next_change_at=result[NEXT_CHANGE_AT],
        overrides=[each for each in known.made if each.cleared_at is None],
        taken_back=[each for each in reversed(known.made) if each.cleared_at is not None],
        version=next((each for each in known.versions if each.digest == model.digest), None),
        decided_by=version_at(known.versions, known.history, at),
        edits=edits(known.versions, known.history, at),
    )


async def known_of(tx: Transaction, workspace: Workspace, text: str, at: datetime) -> Knowledge:
    """Return all that is stored about the person named by `text`; raises NotFound."""
    model = workspace.configuration.model
    person = await tx.contacts.find(text)
    if person is None:
        msg = f"nobody is known as {text} (give an e-mail address, our id, or platform:id)"
        raise NotFound(msg)
    whom = [person.contact]
    records = [each for each in await tx.contacts.records_of(whom) if not each.removed_at]
    return Knowledge(
        person=person,
        platforms=_by_platform([(each.platform, each.remote_id) for each in records]),
        told=frozenset(each.platform for each in records) | (workspace.sinks if records else set()),
        contacts=await tx.contacts.frame(whom, model.attributes, model.lists),
        events=await tx.events.frame(whom, model.properties),
        decided=await tx.scores.as_of(whom, at),
        history=await tx.scores.history(person.contact),
        versions=await versions(tx),
        overrides=await tx.scores.overrides(whom),
        made=await tx.scores.all_overrides(person.contact),
        standing={
            name: row
            for name in model.targets
            if (row := (await tx.outbox.rows(name, whom)).get(person.contact))
        },
    )


def _lists(
    targets: Sequence[Target],
    result: Mapping[str, object],
    standing: Mapping[str, Outbound],
    at: datetime,
) -> Mapping[str, Sequence[str]]:
    """Return the lists desired at `at`; a kept one stays from the decision that took them in."""
    lists: dict[str, Sequence[str]] = {}
    for target in targets:
        if not target.lists:
            continue
        name = target.platform
        row = standing.get(name)
        is_decided = row is not None and row.decided_at is not None and row.decided_at <= at
        kept = {
            each.name
            for each in target.lists
            if each.keep and row and is_decided and row.desired.lists.get(each.name)
        }
        wanted = {each.name for each in target.lists if result[target_list_column(name, each.name)]}
        lists[name] = sorted(wanted | kept)
    return lists


def _contributions(frame: pl.DataFrame | None) -> Sequence[Contribution]:
    if frame is None:
        return ()
    rows = [
        Contribution(**{name: value for name, value in row.items() if name != CONTACT})
        for row in frame.iter_rows(named=True)
    ]
    return sorted(rows, key=lambda each: (-abs(each.points), each.rule))


def _by_platform(keys: Sequence[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    platforms: dict[str, list[str]] = {}
    for platform, remote_id in sorted(keys):
        platforms.setdefault(platform, []).append(remote_id)
    return platforms


def _override_json(override: Override) -> dict[str, object]:
    return {
        "score": override.score,
        "value": override.value,
        "reason": override.reason,
        "made_at": iso(override.made_at),
        **({"cleared_at": iso(override.cleared_at)} if override.cleared_at else {}),
    }


def _edit_json(edit: Edit) -> dict[str, object]:
    def stood(entry: HistoryEntry) -> dict[str, object]:
        return {"rounded": entry.rounded, "stage": entry.stage}

    return {
        "name": edit.name,
        "at": iso(edit.after.at),
        "version": edit.version.number,
        "before": stood(edit.before),
        "after": stood(edit.after),
    }


def _plain(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value
