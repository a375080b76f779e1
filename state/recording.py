"""Writing what was decided, and no row that is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import Connection, bindparam, case, delete, func, literal_column, select

from connector.domain.frames import CONTACT, NEXT_CHANGE_AT, SCORE_SCHEMA
from state.pictures.cohorts import count_cohorts
from state.pictures.rules import count_rules
from state.pictures.spreads import count_points
from state.pictures.standings import standings_of
from state.schema import SCORE_HISTORY, SCORES, STANDINGS
from state.stage_counts import count_changes, move, stage_moves
from state.statements import among, change, frame_of, put, typed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnCollection

NAMES = tuple(SCORE_SCHEMA)[1:]
_KEYS = [CONTACT, "name"]
_TOLD = ("rounded", "stage")
"""What the history tells: an exact value moves all the time."""
_STOOD = ("decided_at", "next_change_at", "dimensions", "rules", "cohort")
_IS, _WAS, _BEFORE = "_is", "_was", "_before"
_GONE = delete(SCORES).where(
    SCORES.c.contact == bindparam("of"), SCORES.c.name == bindparam("called")
)


def replace_scores(
    connection: Connection,
    standings: pl.DataFrame,
    scores: pl.DataFrame,
    *,
    at: datetime,
    day: datetime | None,
    model: str,
) -> pl.DataFrame:
    """Make `scores` (SCORE_SCHEMA) all that is decided of the persons of `standings`.

    What became another has moved in the `day` that began then; without one, in none.

    The history and the pictures are told what became another; it is returned, with what it was.
    """
    query = select(SCORES.c.contact, *(SCORES.c[name] for name in NAMES))
    query = query.where(among(connection, SCORES.c.contact, standings[CONTACT].to_list()))
    before = frame_of(connection, query, SCORE_SCHEMA, typed(SCORE_SCHEMA))
    both = _both(before, scores)
    count_cohorts(connection, _of_cohorts(both, standings), at)
    moved = both.filter(_is_other(NAMES[1:]) | pl.col(_IS).is_null() | pl.col(_WAS).is_null())
    if moved.is_empty():
        return moved
    gone = moved.filter(pl.col(_IS).is_null()).select(_KEYS)
    change(connection, _GONE, [{"of": of, "called": name} for of, name in gone.iter_rows()])
    here = moved.drop_nulls(_IS)
    columns = {**_columns_of(here), "day": [day] * here.height}
    put(connection, SCORES, columns, keys=["contact", "name"], assign=_scored)
    told = moved.filter(_is_other(_TOLD) | pl.col(_IS).is_null() | pl.col(_WAS).is_null())
    entries = {**_columns_of(told), "at": [at] * told.height, "model": [model] * told.height}
    put(connection, SCORE_HISTORY, entries)
    move(connection, stage_moves(told))
    count_changes(connection, told)
    count_points(connection, told)
    return told


def remove_scores(connection: Connection, contacts: Collection[int]) -> None:
    """Delete what is decided of these persons, who will have no standing any more."""
    standings = standings_of(connection, contacts)
    chosen = among(connection, SCORES.c.contact, contacts)
    query = select(SCORES.c.contact, *(SCORES.c[name] for name in NAMES)).where(chosen)
    before = frame_of(connection, query, SCORE_SCHEMA, typed(SCORE_SCHEMA))
    gone = _both(before, before.clear())
    move(connection, stage_moves(gone))
    count_points(connection, gone)
    count_cohorts(connection, _of_cohorts(gone, standings), None)
    nothing = pl.lit(None, pl.String)
    count_rules(connection, standings.with_columns(nothing.alias("model"), nothing.alias("rules")))
    connection.execute(delete(SCORES).where(chosen))


def _of_cohorts(both: pl.DataFrame, standings: pl.DataFrame) -> pl.DataFrame:
    """Return the scores that are others now, or those of others, each with its cohort."""
    moves = pl.col("cohort").ne_missing(pl.col("cohort_before"))
    arrived = standings.select(CONTACT, "cohort", "cohort_before")
    told = both.join(arrived, on=CONTACT, how="left")
    return told.filter(moves | _is_other(["rounded"]))


def _both(before: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `scores` beside what they were, also those that are or were not there."""
    was = before.lazy().rename({name: f"{name}{_BEFORE}" for name in NAMES[1:]})
    joined = (
        scores.lazy()
        .with_columns(pl.lit(value=True).alias(_IS))
        .join(was.with_columns(pl.lit(value=True).alias(_WAS)), on=_KEYS, how="full", coalesce=True)
    )
    return joined.collect()


def _is_other(names: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}{_BEFORE}")) for name in names)


def stand(
    connection: Connection,
    decisions: pl.DataFrame,
    seen: Mapping[int, int],
    before: pl.DataFrame,
    *,
    at: datetime,
    model: str,
) -> None:
    """Say of the persons of `decisions` (DECISION_SCHEMA) when and by which model they stand so.

    `before` is their `standings_of`; `seen` the staleness each was read with.
    """
    decisions = decisions.join(before, on=CONTACT, how="inner", maintain_order="left")
    count_rules(connection, decisions.with_columns(pl.lit(model).alias("model")))
    is_same = decisions["model_before"] == model
    # An index of models need not be touched where nothing moves in it.
    for part, assign in ((decisions.filter(is_same), _stands), (decisions.filter(~is_same), _anew)):
        contacts = part[CONTACT].to_list()
        columns = {
            "contact": contacts,
            "stale": [seen.get(each, 0) for each in contacts],
            "model": [model] * part.height,
            "decided_at": [at] * part.height,
            "next_change_at": part[NEXT_CHANGE_AT].to_list(),
            **{name: part[name].to_list() for name in ("dimensions", "rules", "cohort")},
        }
        put(connection, STANDINGS, columns, keys=["contact"], assign=assign)


def only(frame: pl.DataFrame, contacts: Collection[int]) -> pl.DataFrame:
    """Return the rows of `frame` that are about `contacts`."""
    return frame.filter(pl.col(CONTACT).is_in(pl.Series(contacts, dtype=pl.Int64).implode()))


def _columns_of(scores: pl.DataFrame) -> dict[str, list[Any]]:
    """Return `scores` (SCORE_SCHEMA) by the names of their table."""
    return {
        "contact": scores[CONTACT].to_list(),
        **{name: scores[name].to_list() for name in NAMES},
    }


def _scored(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    """Assign what is given; what a score was as a day began stays until another day's change."""
    of_today = SCORES.c.day == given["day"]
    stood = case((of_today, SCORES.c.before), else_=SCORES.c.rounded)
    before = case((given["rounded"].is_not(None), stood))
    moved = func.nullif(given["rounded"] - before, literal_column("0"))
    told = {name: given[name] for name in ("value", "rounded", "stage", "day")}
    return {**told, "before": before, "moved": moved}


def _stands(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    """Whoever was touched since they were read stays stale."""
    was_read = STANDINGS.c.stale == given["stale"]
    return {
        "stale": case((was_read, literal_column("0")), else_=STANDINGS.c.stale),
        **{name: given[name] for name in _STOOD},
    }


def _anew(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    return {**_stands(given), "model": given["model"]}
