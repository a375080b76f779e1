"""How many persons stand where: kept with the scores, so that nobody has to count a million."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, select

from state.counters import STAGE_CHANGES, add_to
from state.schema import STAGE_COUNTS
from state.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping


def stage_counts(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """Return how many persons stand in each stage of each score and grade."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, stage, persons in connection.execute(
        select(STAGE_COUNTS).where(STAGE_COUNTS.c.persons > 0)
    ):
        counts[name][stage] = persons
    return counts


def stage_moves(moved: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Return by how many more, or fewer, are in each stage of each score.

    `moved` has the columns ``name``, ``stage`` and what was before, ``stage_before``.
    """
    elsewhere = moved.filter(pl.col("stage").ne_missing(pl.col("stage_before")))
    moves: Counter[tuple[str, str]] = Counter()
    if elsewhere.is_empty():
        return moves
    for column, sign in (("stage", 1), ("stage_before", -1)):
        counted = elsewhere.drop_nulls(column).group_by("name", column).len()
        for name, stage, persons in counted.iter_rows():
            moves[name, stage] += sign * persons
    return moves


def count_changes(connection: Connection, moved: pl.DataFrame) -> None:
    """Count, per score and grade, who came from one stage to another, or to none.

    `moved` is what `stage_moves` takes.
    """
    was_elsewhere = pl.col("stage_before").is_not_null()
    changed = moved.filter(was_elsewhere & pl.col("stage").ne_missing(pl.col("stage_before")))
    for name, persons in changed.group_by("name").len().sort("name").iter_rows():
        add_to(connection, f"{STAGE_CHANGES}{name}", persons)


def move(connection: Connection, moved: Mapping[tuple[str, str], int]) -> None:
    """Say by how many more, or fewer, are in stages now. One transaction writes at a time."""
    if not moved:
        return
    standing = {(name, stage): n for name, stage, n in connection.execute(select(STAGE_COUNTS))}
    rows = [
        {"name": name, "stage": stage, "persons": standing.get((name, stage), 0) + number}
        for (name, stage), number in moved.items()
    ]
    upsert(connection, STAGE_COUNTS, rows, keys=["name", "stage"])
