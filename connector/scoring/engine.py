"""The engine: the contributions of every rule, and the scores that follow from them.

One lazy plan: every rule and trait reads the events it is about, of those that exist at `at`, and
makes one row per contact of them; everything after that is arithmetic on those rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, IS_EXCLUDED, exact_column
from connector.domain.pictures import LARGEST, PER_POINT
from connector.scoring.change.jumps import arriving
from connector.scoring.change.outlook import outlook_of
from connector.scoring.columns import (
    cooled_column,
    millionths_column,
    points_column,
    stage_column,
)
from connector.scoring.dimensions import with_dimensions
from connector.scoring.events import existing
from connector.scoring.explain import contributions, detail_columns
from connector.scoring.fixed import ZERO, to_float
from connector.scoring.grades import with_grades
from connector.scoring.groups import with_groups
from connector.scoring.matching import holds
from connector.scoring.memory import remembering
from connector.scoring.past import gather
from connector.scoring.rules.registry import effect_of
from connector.scoring.scores import with_scores
from connector.scoring.stages import with_stages
from connector.scoring.traits import read_trait
from connector.scoring.wishes import conditions, with_conditions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import TypeAlias

    from connector.scoring.model import Model
    from connector.scoring.rules.effect import Effect
    from connector.scoring.traits import Reading

    Effects: TypeAlias = Mapping[str, Effect]
    Readings: TypeAlias = Mapping[str, Reading]


_FEW = 2_000
"""Contacts up to whom setting up streams costs more than it saves. Both engines give the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the engine says of some contacts at one instant."""

    contacts: pl.DataFrame
    """One row per contact that came in, by number; `connector.domain.frames` names the columns."""
    contributions: pl.DataFrame | None
    """Why, as CONTRIBUTION_SCHEMA; None unless asked for."""


def score(
    model: Model,
    *,
    contacts: pl.LazyFrame,
    events: pl.LazyFrame,
    at: datetime,
    memory: pl.LazyFrame | None = None,
    explain: bool = False,
    foresee: bool = True,
    tally: bool = False,
) -> Scored:
    """Return what `contacts` are worth at `at`, from their `events` in any order.

    `contacts` and `events` have the schemas of `connector.domain.frames`; `memory` is what was
    decided before: ``_contact``, ``_held:<score>``, ``_override:<score>``, the last two optional.
    Who only looks need not `foresee` when they change next; `tally` adds what each rule gives.
    """
    past = existing(model, events, at)
    effects = {name: effect_of(rule, past) for name, rule in model.rules.items()}
    traits = {name: read_trait(trait, past) for name, trait in model.traits.items()}
    facts = [each.facts for each in effects.values()]
    facts += [each.facts for each in traits.values()]
    outlook = outlook_of(model, effects, traits) if foresee else None
    if outlook is not None:
        facts.append(arriving(events, past, model.keep_events))
    is_excluded = pl.lit(False) if model.exclude is None else holds(model.exclude)
    people = remembering(contacts, memory, model).with_columns(is_excluded.alias(IS_EXCLUDED))
    whom = people.collect()
    facts_of = gather(whom.lazy(), facts, explain=explain)
    frame = _with_results(facts_of, model, effects, traits)
    answer = _answer(model) | (_millionths(model) if tally else {})
    details = detail_columns(model, effects) if explain else {}
    details |= {} if outlook is None else outlook.columns
    plan = frame.select(**answer, **details).sort(CONTACT)
    done = plan.collect(engine="in-memory" if whom.height <= _FEW else "streaming")
    scored = done.select(list(answer))
    if outlook is not None:
        scored = scored.with_columns(outlook.next_changes(done, at))
    told = contributions(done.filter(~pl.col(IS_EXCLUDED)), model) if explain else None
    return Scored(contacts=scored, contributions=told)


def _with_results(
    frame: pl.LazyFrame, model: Model, effects: Effects, traits: Readings
) -> pl.LazyFrame:
    """Add everything that follows from the facts about each contact."""
    frame = frame.with_columns(each.value.alias(name) for name, each in traits.items())
    frame = frame.with_columns(
        each.points.fill_null(ZERO).alias(cooled_column(name)) for name, each in effects.items()
    )
    for step in (with_groups, with_dimensions, with_scores, with_stages, with_grades):
        frame = step(frame, model)
    return with_conditions(frame, model)


def _answer(model: Model) -> dict[str, pl.Expr]:
    """Return the columns of the answer; of an excluded contact nothing is told."""
    scores = model.scores.values()
    values = [
        *model.dimensions,
        *model.traits,
        *(exact_column(each.name) for each in scores),
        *(each.name for each in scores),
        *(stage_column(each.name) for each in scores if each.stages),
        *model.grades,
    ]
    is_in = ~pl.col(IS_EXCLUDED)
    return {
        CONTACT: pl.col(CONTACT),
        IS_EXCLUDED: pl.col(IS_EXCLUDED),
        **{name: pl.when(is_in).then(pl.col(name)) for name in values},
        **{name: is_in & pl.col(name) for name in conditions(model)},
    }


def _millionths(model: Model) -> dict[str, pl.Expr]:
    """Return the columns of what rules give those who are scored."""
    is_in = ~pl.col(IS_EXCLUDED)
    given = {name: to_float(pl.col(points_column(name))) for name in model.rules}
    return {
        millionths_column(name): pl.when(is_in).then(
            (points.clip(-LARGEST, LARGEST) * PER_POINT).round().cast(pl.Int64)
        )
        for name, points in given.items()
    }
