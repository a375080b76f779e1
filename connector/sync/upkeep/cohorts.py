"""Tell how scores stood per month of arrival in the months before they were kept.

They are computed by the rules and the knowledge of now, as `explain --at` does, at the end of each
month: once, some persons at a time, each in one transaction with how far that came.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, CREATED_AT, IS_EXCLUDED, SCORE_SCHEMA
from connector.domain.instants import MICROSECOND
from connector.domain.pictures import PER_POINT, CohortScore, millionths, month_of
from connector.sync.deciding.results import memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.ports.store import Transaction
    from connector.scoring.model import Model
    from connector.sync.workspace import Workspace

MONTHS = 24
"""So many are told before the first that was kept."""
BATCH = 10_000
"""Persons taken together, each month a fifth of a second or so."""
_NOTE = "past cohorts"
_NOTHING_HELD = pl.DataFrame(schema=SCORE_SCHEMA)
_SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "cohort": pl.String(),
        "month": pl.String(),
        "persons": pl.Int64(),
        "total": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """How far it came, as it is noted."""

    done: Sequence[str] = ()
    """Scores that are told whole."""
    first: Mapping[str, str] = field(default_factory=dict)
    """Scores that are being told, each with the first month that was kept."""
    model: str = ""
    """The digest of the model by which they are."""
    place: int = 0
    """The last person who is in them."""

    def to_text(self) -> str:
        """Return the note."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """What is known now of the persons of a batch."""

    contacts: pl.DataFrame
    events: pl.DataFrame
    overrides: pl.DataFrame


async def tell_past_cohorts(workspace: Workspace) -> bool:
    """Take the next persons into the months of the past; return whether there are more.

    Nobody is taken twice where others do the same at once.
    """
    async with workspace.state.read() as tx:
        noted = await tx.notes.get(_NOTE)
        course = await _course(tx, workspace, noted)
        if course is None:
            return False
        behind = [each for each in await tx.contacts.all_numbers() if each > course.place]
        batch = behind[:BATCH]
        people = await _people(tx, workspace.configuration.model, batch)
    told = await asyncio.to_thread(_told, workspace, course.first, people) if batch else {}
    following = (
        replace(course, place=batch[-1])
        if batch
        else _Course(done=sorted({*course.done, *course.first}))
    )

    async def work(tx: Transaction) -> bool:
        if await tx.notes.get(_NOTE) != noted:
            return True
        for name, first in course.first.items():
            is_anew = course.place == 0
            await tx.pictures.add_past_cohorts(name, first, told.get(name, ()), anew=is_anew)
        await tx.notes.put(_NOTE, following.to_text())
        return bool(following.first)

    return await workspace.state.transact(work)


async def _course(tx: Transaction, workspace: Workspace, noted: str | None) -> _Course | None:
    """Return how far it came by the present model; None where nothing is left to be told."""
    model = workspace.configuration.model
    course = _Course(**json.loads(noted)) if noted else _Course()
    if course.first and course.model == model.digest:
        return course
    first = {
        name: min(each.month for each in kept)
        for name in model.scores
        if name not in course.done and (kept := await _kept(tx, name, course))
    }
    return _Course(done=course.done, first=first, model=model.digest) if first else None


async def _kept(tx: Transaction, name: str, course: _Course) -> Sequence[CohortScore]:
    """Return what was kept of a score as it was decided."""
    began = course.first.get(name, "")
    return [each for each in await tx.pictures.cohorts(name) if each.month >= began]


async def _people(tx: Transaction, model: Model, batch: Sequence[int]) -> _People:
    events = await tx.events.frame(batch, model.properties)
    return _People(
        contacts=(await tx.contacts.frame(batch, model.attributes, model.lists)).collect(),
        events=await asyncio.to_thread(events.collect),
        overrides=await tx.scores.overrides(batch),
    )


def _told(
    workspace: Workspace, first: Mapping[str, str], people: _People
) -> Mapping[str, Sequence[CohortScore]]:
    """Return what these persons add to the months before the first of each score."""
    months = dict(_months(max(first.values()), workspace))
    model = workspace.configuration.model
    parts = [_stood(model, people, month, end) for month, end in months.items()]
    stood = pl.concat([pl.DataFrame(schema=_SCHEMA), *parts])
    return {name: [*_added(stood, name, until, list(months))] for name, until in first.items()}


def _months(until: str, workspace: Workspace) -> Iterator[tuple[str, datetime]]:
    """Yield the last months before `until`, each with its last instant, oldest first.

    Of those that end before the oldest event that is kept, nothing can be told.
    """
    keep = workspace.configuration.model.keep_events
    year, number = (int(part) for part in until.split("-"))
    for ago in range(MONTHS, 0, -1):
        begins = _beginning(year * 12 + number - 1 - ago)
        end = _beginning(year * 12 + number - ago) - MICROSECOND
        if keep is None or end > workspace.clock.now() - keep:
            yield month_of(begins), end


def _beginning(months: int) -> datetime:
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _stood(model: Model, people: _People, month: str, end: datetime) -> pl.DataFrame:
    """Return what the scores of persons came to per cohort at the `end` of a month."""
    from connector.scoring.engine import score  # noqa: PLC0415 - a tenth of a process that reads

    # Whoever has no date of creation arrived when they were first decided.
    there = people.contacts.filter(pl.col(CREATED_AT) <= end)
    if there.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    held = memory(model, there[CONTACT].to_list(), _NOTHING_HELD, people.overrides)
    events = people.events.lazy()
    scored = score(model, contacts=there.lazy(), events=events, at=end, memory=held, foresee=False)
    names = list(model.scores)
    cohorts = there.select(CONTACT, pl.col(CREATED_AT).dt.strftime("%Y-%m").alias("cohort"))
    return (
        scored.contacts.filter(~pl.col(IS_EXCLUDED))
        .join(cohorts, on=CONTACT)
        .unpivot(on=names, index="cohort", variable_name="name", value_name="points")
        .drop_nulls("points")
        .group_by("name", "cohort")
        .agg(pl.len().alias("persons"), millionths("points").sum().alias("total"))
        .select("name", "cohort", pl.lit(month).alias("month"), "persons", "total")
        .cast(_SCHEMA)
    )


def _added(
    stood: pl.DataFrame, name: str, until: str, months: Sequence[str]
) -> Iterator[CohortScore]:
    """Yield the entries of a score: of each cohort one a month, be it that nobody is in it."""
    chosen = stood.filter((pl.col("name") == name) & (pl.col("month") < until))
    told = {(cohort, month): rest for _, cohort, month, *rest in chosen.iter_rows()}
    for cohort in sorted({cohort for cohort, _ in told}):
        for month in months:
            if cohort <= month < until:
                persons, total = told.get((cohort, month), (0, 0))
                yield CohortScore(
                    name=name,
                    cohort=cohort,
                    month=month,
                    persons=persons,
                    total=total / PER_POINT,
                )
