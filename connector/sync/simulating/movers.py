"""Whose scores move most from one model to another, and why; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, exact_column
from connector.scoring.columns import stage_column
from connector.sync.simulating.outcome import Mover, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.scoring.model import Model
    from connector.sync.simulating.ending import Ending
    from connector.sync.simulating.outcome import Status

_MATTERS = 1e-9
"""The least difference of points that counts as one."""


def movers(present: Ending, draft: Ending, *, top: int) -> Mapping[str, Sequence[Mover]]:
    """Return, per score of both models, the `top` contacts whose exact score moves most.

    Being outside the population counts as zero; ties go by the contacts' numbers. Reasons are
    not among it.
    """
    shared = [name for name in present.model.scores if name in draft.model.scores]
    return {name: _movers(name, present, draft, top) for name in shared}


def _movers(name: str, present: Ending, draft: Ending, top: int) -> Sequence[Mover]:
    pairs = _standing(name, present, "before").join(_standing(name, draft, "after"), on=CONTACT)
    before, after = pl.col("before"), pl.col("after")
    moved = (after.fill_null(0.0) - before.fill_null(0.0)).abs()
    is_another = (moved > _MATTERS) | (after.is_null() != before.is_null())
    first = pairs.filter(is_another).sort(moved, CONTACT, descending=[True, False]).head(top)
    return [
        Mover(
            contact=row[CONTACT],
            before=row["before"],
            after=row["after"],
            stage_before=row["stage_before"],
            stage_after=row["stage_after"],
        )
        for row in first.iter_rows(named=True)
    ]


def _standing(name: str, end: Ending, side: str) -> pl.DataFrame:
    has_stages = bool(end.model.scores[name].stages)
    stage = pl.col(stage_column(name)) if has_stages else pl.lit(None, pl.String)
    exact = pl.col(exact_column(name))
    return end.results.select(CONTACT, exact.alias(side), stage.alias(f"stage_{side}"))


def reasons(
    contact: int, present: Model, draft: Model, before: pl.DataFrame, after: pl.DataFrame
) -> Sequence[Reason]:
    """Return what each rule gives a contact under each model where that differs, most first.

    Both frames are contributions as the engine tells them.
    """
    old, new = _points(contact, before), _points(contact, after)
    found = [
        Reason(
            rule=rule,
            dimension=dimension,
            before=old.get((rule, dimension), 0.0),
            after=new.get((rule, dimension), 0.0),
            status=_status(rule, present, draft),
        )
        for rule, dimension in dict.fromkeys([*old, *new])
    ]
    differing = [each for each in found if abs(each.after - each.before) > _MATTERS]
    return sorted(differing, key=lambda each: (-abs(each.after - each.before), each.rule))


def _points(contact: int, told: pl.DataFrame) -> Mapping[tuple[str, str | None], float]:
    own = told.filter(pl.col(CONTACT) == contact)
    return {
        (rule, dimension): points
        for rule, dimension, points in own.select("rule", "dimension", "points").iter_rows()
    }


def _status(rule: str, present: Model, draft: Model) -> Status:
    """Return where a rule is; limits and persons' decisions are no rules, and in both."""
    if rule in draft.rules and rule not in present.rules:
        return "new"
    return "gone" if rule in present.rules and rule not in draft.rules else "both"
