"""A simulation as tables for other tools; pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connector.sync.simulating.outcome import ScoreChange, Simulation

Row: TypeAlias = "Mapping[str, object]"

_TEXT, _COUNT, _NUMBER = pl.String(), pl.Int64(), pl.Float64()
_SCORES = pl.Schema({"score": _TEXT, "measure": _TEXT, "before": _NUMBER, "after": _NUMBER})
_STAGES = pl.Schema({"score": _TEXT, "before": _TEXT, "after": _TEXT, "contacts": _COUNT})
_MEMBERSHIPS = pl.Schema(
    {
        **dict.fromkeys(("platform", "kind", "name", "status"), _TEXT),
        **dict.fromkeys(("before", "after", "gained", "lost"), _COUNT),
    }
)
_ALERTS = pl.Schema(
    {"trigger": _TEXT, "status": _TEXT, "week": _TEXT, "before": _COUNT, "after": _COUNT}
)
_MOVERS = pl.Schema(
    {
        **dict.fromkeys(("score", "id", "email"), _TEXT),
        **dict.fromkeys(("before", "after"), _NUMBER),
        **dict.fromkeys(("stage_before", "stage_after"), _TEXT),
    }
)
_REASONS = pl.Schema(
    {
        **dict.fromkeys(("score", "id", "rule", "dimension", "status"), _TEXT),
        **dict.fromkeys(("before", "after"), _NUMBER),
    }
)


def tables(simulation: Simulation) -> Mapping[str, pl.DataFrame]:
    """Return each part of a simulation that is a table, by name; empty ones too."""
    return {
        "scores": _frame(_SCORES, _measures(simulation.scores)),
        "stages": _frame(_STAGES, _moves(simulation.scores)),
        "memberships": _frame(_MEMBERSHIPS, map(asdict, simulation.memberships)),
        "alerts": _frame(_ALERTS, _alerts(simulation)),
        "movers": _frame(_MOVERS, _movers(simulation)),
        "reasons": _frame(_REASONS, _reasons(simulation)),
    }


def _measures(scores: Iterable[ScoreChange]) -> Iterator[Row]:
    for score in scores:
        before = asdict(score.before) if score.before else {}
        after = asdict(score.after) if score.after else {}
        for measure in before or after:
            values = {"before": before.get(measure), "after": after.get(measure)}
            yield {"score": score.name, "measure": measure, **values}


def _moves(scores: Iterable[ScoreChange]) -> Iterator[Row]:
    for score in scores:
        for move in score.moves:
            yield {"score": score.name, **asdict(move)}


def _alerts(simulation: Simulation) -> Iterator[Row]:
    for each in simulation.alerts:
        for week in each.weeks:
            yield {"trigger": each.trigger, "status": each.status, **asdict(week)}


def _movers(simulation: Simulation) -> Iterator[Row]:
    for score, many in simulation.movers.items():
        for each in many:
            who = simulation.persons[each.contact]
            yield {"score": score, "id": who.key, "email": who.email, **asdict(each)}


def _reasons(simulation: Simulation) -> Iterator[Row]:
    for score, many in simulation.movers.items():
        for each in many:
            who = simulation.persons[each.contact]
            for reason in each.reasons:
                yield {"score": score, "id": who.key, **asdict(reason)}


def _frame(schema: pl.Schema, rows: Iterable[Row]) -> pl.DataFrame:
    picked = [[row[name] for name in schema] for row in rows]
    # Counts stand beside numbers in one column.
    return pl.DataFrame(picked, schema=schema, orient="row", strict=False)
