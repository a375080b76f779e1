"""One model walked through history, event by event; pure.

A walk scores everybody at its first instant, then at each step only those for whom something
may have become another: the engine announces the next change of each, and the next stored event
is never after it. On the way only stages, triggers and lists that keep their members matter, since
they remember; everything else is asked at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import (
    CONTACT,
    CREATED_AT,
    HELD_PREFIX,
    INSTANT,
    NEXT_CHANGE_AT,
    OVERRIDE_PREFIX,
    target_list_column,
    trigger_column,
)
from connector.scoring.columns import stage_column
from connector.scoring.engine import score
from connector.scoring.wishes import conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from connector.scoring.model import Model, Score

TURN_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        "trigger": pl.String(),
        "at": INSTANT,
        "holds": pl.Boolean(),
        "is_first": pl.Boolean(),
    }
)
"""That the condition of a trigger became true or false, or was looked at for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What is known today of those who are walked with."""

    contacts: pl.DataFrame
    """As `contact_schema` says."""
    events: pl.DataFrame
    """As `event_schema` says."""
    memory: pl.DataFrame
    """Stages held when the walk begins, and overrides; one row for each of `contacts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """Where a walk ends, and what happened on the way."""

    results: pl.DataFrame
    """What the engine says of everybody at the last instant."""
    turns: pl.DataFrame
    """As TURN_SCHEMA, in the order of time."""
    kept: pl.DataFrame
    """Who was taken into a list that keeps its members, by the column of the list's condition."""


def walk(
    model: Model, people: People, steps: Sequence[datetime], told: Callable[[], None]
) -> Walked:
    """Return where `model` takes `people` by the last of `steps`, which ascend.

    A contact is there from its creation on, and not among the results when it is created later.
    `told` is called after each step.
    """
    last = steps[-1]
    there = people.contacts.filter(pl.col(CREATED_AT).is_null() | (pl.col(CREATED_AT) <= last))
    standing = _beginning(model, there, people.memory, steps[0])
    needed = _needed(model)
    is_followed = bool(needed.scores or needed.triggers or _keeping(model))
    results = there.clear()
    turns = [TURN_SCHEMA.to_frame()]
    for at in steps:
        due = standing if at == last else standing.filter(pl.col(NEXT_CHANGE_AT) <= at)
        if at == last or (due.height and is_followed):
            results = _scored(model if at == last else needed, people, due, at, foresee=at < last)
            turns += _turns(model, due, results, at)
            stayed = standing.join(due, on=CONTACT, how="anti")
            standing = pl.concat([stayed, _moved(model, due, results)])
        told()
    kept = standing.select(CONTACT, *_keeping(model))
    return Walked(results=results, turns=pl.concat(turns), kept=kept)


def _needed(model: Model) -> Model:
    """Return what of `model` matters on the way: what else it says changes too often to follow."""
    targets = {
        name: replace(
            target, attributes=(), tags={}, lists=tuple(each for each in target.lists if each.keep)
        )
        for name, target in model.targets.items()
    }
    asked = conditions(replace(model, targets=targets)).values()
    names = frozenset[str]().union(*(each.names for each in asked))
    grades = {name: each for name, each in model.grades.items() if name in names}
    names |= {side.of for each in grades.values() for side in (each.rows, each.columns)}
    scores = {
        name: each
        for name, each in model.scores.items()
        if _remembers(each) or not names.isdisjoint((name, stage_column(name)))
    }
    return replace(model, scores=scores, grades=grades, targets=targets)


def _remembers(score: Score) -> bool:
    """Return whether the stage of a score depends on the one held before."""
    return score.is_up_only or any(rung.leave_below != rung.from_ for rung in score.stages)


def _beginning(
    model: Model, contacts: pl.DataFrame, memory: pl.DataFrame, start: datetime
) -> pl.DataFrame:
    """Return everybody as they stand before the walk, due when they appear."""
    appears = pl.max_horizontal(pl.col(CREATED_AT), pl.lit(start, INSTANT))
    unknown = pl.lit(None, pl.Boolean)
    return contacts.select(CONTACT, appears.alias(NEXT_CHANGE_AT)).join(
        memory.with_columns(
            *(unknown.alias(trigger_column(name)) for name in model.triggers),
            *(pl.lit(False).alias(name) for name in _keeping(model)),
        ),
        on=CONTACT,
        how="left",
    )


def _scored(
    model: Model, people: People, due: pl.DataFrame, at: datetime, *, foresee: bool
) -> pl.DataFrame:
    contacts, events = people.contacts.lazy(), people.events.lazy()
    if due.height < people.contacts.height:
        who = due.lazy().select(CONTACT)
        contacts = contacts.join(who, on=CONTACT, how="semi")
        events = events.join(who, on=CONTACT, how="semi")
    remembered = [name for name in due.columns if name.startswith((HELD_PREFIX, OVERRIDE_PREFIX))]
    memory = due.lazy().select(CONTACT, *remembered)
    scored = score(model, contacts=contacts, events=events, at=at, memory=memory, foresee=foresee)
    return scored.contacts


def _moved(model: Model, before: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Return how those who were scored stand now, with the columns of `before`."""
    stages = {
        f"{HELD_PREFIX}{name}": pl.col(stage_column(name))
        for name in model.scores
        if stage_column(name) in results.columns
    }
    stays = [name for name in before.columns if name not in {*results.columns, *stages}]
    taken = {name: pl.col(name) | pl.col(f"{name}:before") for name in _keeping(model)}
    kept = before.select(CONTACT, *stays, *(pl.col(name).alias(f"{name}:before") for name in taken))
    moved = results.join(kept, on=CONTACT, how="left").with_columns(**taken, **stages)
    return moved.select(before.columns)


def _turns(
    model: Model, before: pl.DataFrame, results: pl.DataFrame, at: datetime
) -> Iterator[pl.DataFrame]:
    """Yield, for each trigger, those for whom its condition is not what it was."""
    for name in model.triggers:
        column = trigger_column(name)
        was = before.select(CONTACT, pl.col(column).alias("was"))
        turned = results.select(CONTACT, column).join(was, on=CONTACT, how="left")
        yield turned.filter(pl.col("was").ne_missing(pl.col(column))).select(
            CONTACT,
            pl.lit(name).alias("trigger"),
            pl.lit(at, INSTANT).alias("at"),
            pl.col(column).alias("holds"),
            pl.col("was").is_null().alias("is_first"),
        )


def _keeping(model: Model) -> list[str]:
    """Return the columns of the lists that keep whom they took in."""
    return [
        target_list_column(target.platform, each.name)
        for target in model.targets.values()
        for each in target.lists
        if each.keep
    ]
