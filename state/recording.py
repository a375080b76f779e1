"""Writing what was decided, and no row that is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import Connection, bindparam, case, delete, literal_column, select

from connector.domain.frames import CONTACT, NEXT_CHANGE_AT, SCORE_SCHEMA
from state.schema import SCORES, STANDINGS
from state.stage_counts import count_stages, move
from state.statements import among, change, frame_of, put, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnCollection

NAMES = tuple(SCORE_SCHEMA)[1:]
_KEYS = [CONTACT, "name"]
_MODELS = pl.Schema({CONTACT: pl.Int64(), "model": pl.String()})
_GONE = delete(SCORES).where(
    SCORES.c.contact == bindparam("of"), SCORES.c.name == bindparam("called")
)


def known_models(connection: Connection, contacts: Sequence[int]) -> pl.DataFrame:
    """Return under which model these persons stand; not those who were merged away meanwhile."""
    query = select(STANDINGS.c.contact, STANDINGS.c.model)
    query = query.where(among(connection, STANDINGS.c.contact, contacts))
    return frame_of(connection, query, _MODELS, typed(_MODELS))


def replace_scores(connection: Connection, contacts: Sequence[int], scores: pl.DataFrame) -> None:
    """Make `scores` (SCORE_SCHEMA) all that is decided of these persons."""
    query = select(SCORES.c.contact, *(SCORES.c[name] for name in NAMES))
    query = query.where(among(connection, SCORES.c.contact, contacts))
    before = frame_of(connection, query, SCORE_SCHEMA, typed(SCORE_SCHEMA))
    gone = before.join(scores, on=_KEYS, how="anti")
    change(connection, _GONE, [{"of": of, "called": name} for of, name, *_ in gone.iter_rows()])
    moved = scores.join(before, on=list(SCORE_SCHEMA), how="anti", nulls_equal=True)
    put(connection, SCORES, columns_of(moved), keys=["contact", "name"], assign=_scored)
    move(connection, count_stages(before), count_stages(scores))


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

    `before` is their `known_models`; `seen` the staleness each was read with.
    """
    is_same = pl.col(CONTACT).is_in(before.filter(pl.col("model") == model)[CONTACT].implode())
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


def columns_of(scores: pl.DataFrame) -> dict[str, list[Any]]:
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
