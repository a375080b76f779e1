"""What was decided before: the stages held, and persons' decisions in place of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, HELD_PREFIX, OVERRIDE_PREFIX

if TYPE_CHECKING:
    from connector.scoring.model import Model


def remembering(contacts: pl.LazyFrame, memory: pl.LazyFrame | None, model: Model) -> pl.LazyFrame:
    """Add what was decided before to `contacts`, NULL where nothing was."""
    columns = {
        **{f"{HELD_PREFIX}{name}": pl.String() for name in model.scores},
        **{f"{OVERRIDE_PREFIX}{name}": pl.Float64() for name in model.scores},
    }
    known: list[str] = []
    if memory is not None:
        present = memory.collect_schema().names()
        known = [name for name in columns if name in present]
        contacts = contacts.join(memory.select(CONTACT, *known), on=CONTACT, how="left")
    return contacts.with_columns(
        (pl.col(name) if name in known else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in columns.items()
    )
