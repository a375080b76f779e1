"""Writing what was decided, and no row that is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import Connection, bindparam, case, delete, literal_column, select

from connector.domain.frames import CONTACT, NEXT_CHANGE_AT, SCORE_SCHEMA
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
_IS, _WAS, _BEFORE = "_is", "_was", "_before"
_GONE = delete(SCORES).where(
    SCORES.c.contact == bindparam("of"), SCORES.c.name == bindparam("called")
)


def known_models(connection: Connection, contacts: Sequence[int]) -> Mapping[int, str | None]:
    """Return under which model these persons stand; not those who were merged away meanwhile."""
    query = select(STANDINGS.c.contact, STANDINGS.c.model)
    query = query.where(among(connection, STANDINGS.c.contact, contacts))
    return {row.contact: row.model for row in connection.execute(query)}


def replace_scores(
    connection: Connection,
    contacts: Sequence[int],
    scores: pl.DataFrame,
    *,
    at: datetime,
    model: str,
) -> None:
    """Make `scores` (SCORE_SCHEMA) all that is decided of these persons, and tell the history."""
    query = select(SCORES.c.contact, *(SCORES.c[name] for name in NAMES))
    query = query.where(among(connection, SCORES.c.contact, contacts))
    before = frame_of(connection, query, SCORE_SCHEMA, typed(SCORE_SCHEMA))
    moved = _differences(before, scores)
    if moved.is_empty():
        return
    gone = moved.filter(pl.col(_IS).is_null()).select(_KEYS)
    change(connection, _GONE, [{"of": of, "called": name} for of, name in gone.iter_rows()])
    here = moved.drop_nulls(_IS)
    put(connection, SCORES, _columns_of(here), keys=["contact", "name"], assign=_scored)
    told = moved.filter(_is_other(_TOLD) | pl.col(_IS).is_null() | pl.col(_WAS).is_null())
    entries = {**_columns_of(told), "at": [at] * told.height, "model": [model] * told.height}
    put(connection, SCORE_HISTORY, entries)
    move(connection, stage_moves(told))
    count_changes(connection, told)


def _differences(before: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `scores` that are not as `before`, with what they were.

    Rows that are gone have NULLs for what they are.
    """
    was = before.lazy().rename({name: f"{name}{_BEFORE}" for name in NAMES[1:]})
    joined = (
        scores.lazy()
        .with_columns(pl.lit(value=True).alias(_IS))
        .join(was.with_columns(pl.lit(value=True).alias(_WAS)), on=_KEYS, how="full", coalesce=True)
    )
    is_other = pl.col(_IS).is_null() | pl.col(_WAS).is_null() | _is_other(NAMES[1:])
    return joined.filter(is_other).collect()


def _is_other(names: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}{_BEFORE}")) for name in names)


def stand(
    connection: Connection,
    decisions: pl.DataFrame,
    seen: Mapping[int, int],
    before: Mapping[int, str | None],
    *,
    at: datetime,
    model: str,
) -> None:
    """Say of the persons of `decisions` (DECISION_SCHEMA) when and by which model they stand so.

    `before` is their `known_models`; `seen` the staleness each was read with.
    """
    is_same = pl.Series(
        [before[contact] == model for contact in decisions[CONTACT]], dtype=pl.Boolean
    )
    # An index of models need not be touched where nothing moves in it.
    for part, assign in ((decisions.filter(is_same), _stands), (decisions.filter(~is_same), _anew)):
        contacts = part[CONTACT].to_list()
        columns = {
            "contact": contacts,
            "stale": [seen.get(each, 0) for each in contacts],
            "model": [model] * part.height,
            "decided_at": [at] * part.height,
            "next_change_at": part[NEXT_CHANGE_AT].to_list(),
            "dimensions": part["dimensions"].to_list(),
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
    return {name: given[name] for name in ("value", "rounded", "stage")}


def _stands(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    """Whoever was touched since they were read stays stale."""
    was_read = STANDINGS.c.stale == given["stale"]
    return {
        "stale": case((was_read, literal_column("0")), else_=STANDINGS.c.stale),
        **{name: given[name] for name in ("decided_at", "next_change_at", "dimensions")},
    }


def _anew(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    return {**_stands(given), "model": given["model"]}
