"""How many persons stand where: kept with the scores, so that nobody has to count a million."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, delete, func, select

from state.schema import SCORES, STAGE_COUNTS
from state.statements import among, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def stage_counts(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """Return how many persons stand in each stage of each score and grade."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, stage, persons in connection.execute(
        select(STAGE_COUNTS).where(STAGE_COUNTS.c.persons > 0)
    ):
        counts[name][stage] = persons
    return counts


def count_stages(scores: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Return how many of `scores` (SCORE_SCHEMA) are in each stage."""
    counted = scores.filter(pl.col("stage").is_not_null()).group_by("name", "stage").len()
    return Counter({(name, stage): number for name, stage, number in counted.iter_rows()})


def remove_scores(connection: Connection, contacts: Collection[int]) -> None:
    """Delete what is decided of these persons."""
    chosen = among(connection, SCORES.c.contact, contacts)
    counted = (
        select(SCORES.c.name, SCORES.c.stage, func.count())
        .where(chosen, SCORES.c.stage.is_not(None))
        .group_by(SCORES.c.name, SCORES.c.stage)
    )
    stood = {(name, stage): number for name, stage, number in connection.execute(counted)}
    connection.execute(delete(SCORES).where(chosen))
    move(connection, Counter(stood), Counter())


def move(
    connection: Connection, out_of: Counter[tuple[str, str]], into: Counter[tuple[str, str]]
) -> None:
    """Take persons `out_of` stages and put others `into` some. One transaction writes at a time."""
    moved = {
        place: into[place] - out_of[place]
        for place in out_of | into
        if into[place] != out_of[place]
    }
    if not moved:
        return
    standing = {(name, stage): n for name, stage, n in connection.execute(select(STAGE_COUNTS))}
    rows = [
        {"name": name, "stage": stage, "persons": standing.get((name, stage), 0) + number}
        for (name, stage), number in moved.items()
    ]
    upsert(connection, STAGE_COUNTS, rows, keys=["name", "stage"])
