"""How persons stood in the pictures before they are decided anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import BigInteger, Connection, select, type_coerce

from connector.domain.frames import CONTACT, INSTANT
from connector.domain.pictures import month_of
from state.schema import PERSONS, STANDINGS
from state.statements import among, frame_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

_SCHEMA = pl.Schema(
    {
        CONTACT: pl.Int64(),
        "model_before": pl.String(),
        "rules_before": pl.String(),
        "cohort_before": pl.String(),
        "cohort": pl.String(),
    }
)
"""One row per person who has a standing: those who were merged away have none."""


def standings_of(
    connection: Connection, contacts: Collection[int], at: datetime | None = None
) -> pl.DataFrame:
    """Return how these persons are counted, and in which cohort they will be from `at` on.

    Without `at` they stay where they are. A person without a date of creation arrived when they
    were first decided.
    """
    created = type_coerce(PERSONS.c.created_at, BigInteger)
    query = (
        select(STANDINGS.c.contact, STANDINGS.c.model, STANDINGS.c.rules, STANDINGS.c.cohort)
        .add_columns(created)
        .join(PERSONS, PERSONS.c.contact == STANDINGS.c.contact)
        .where(among(connection, STANDINGS.c.contact, contacts))
    )

    def build(found: list[Sequence[Any]]) -> Iterable[pl.Series]:
        numbers, models, rules, cohorts, instants = found
        before = pl.Series("cohort_before", cohorts, dtype=pl.String)
        yield pl.Series(CONTACT, numbers, dtype=pl.Int64)
        yield pl.Series("model_before", models, dtype=pl.String)
        yield pl.Series("rules_before", rules, dtype=pl.String)
        yield before
        if at is None:
            yield before.alias("cohort")
            return
        arrived = pl.Series("cohort", instants, dtype=pl.Int64).cast(INSTANT)
        month = arrived.dt.strftime("%Y-%m")
        yield month.fill_null(before).fill_null(month_of(at))

    return frame_of(connection, query, _SCHEMA, build)
