"""Whether our scoring and the SQL say the same: no figure is worth anything before they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, exact_column

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOLERANCE = 1e-6
_SHOWN = 5


class Disagreement(Exception):
    """Two ways to score gave different numbers."""


def check_scores(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Compare dimensions and score of every contact; raises Disagreement with examples."""
    exact = ours.select(CONTACT, "engagement", "fit", pl.col(exact_column("lead")).alias("lead"))
    _compare(exact, theirs, ["engagement", "fit", "lead"])


def check_contributions(ours: pl.DataFrame, theirs: pl.DataFrame, rules: Sequence[str]) -> None:
    """Compare the points of every rule for every contact; raises Disagreement with examples."""
    wide = ours.filter(pl.col("rule").is_in(rules)).pivot("rule", index=CONTACT, values="points")
    found = theirs.select(CONTACT).join(wide, on=CONTACT, how="left")
    points = (
        pl.col(rule).fill_null(0.0) if rule in wide.columns else pl.lit(0.0).alias(rule)
        for rule in rules
    )
    _compare(found.select(CONTACT, *points), theirs, rules)


def _compare(ours: pl.DataFrame, theirs: pl.DataFrame, names: Sequence[str]) -> None:
    if ours.height != theirs.height:
        raise Disagreement(f"we score {ours.height} contacts, the SQL {theirs.height}")
    both = ours.join(theirs, on=CONTACT, suffix=":sql", validate="1:1")
    for name in names:
        gap = (pl.col(name) - pl.col(f"{name}:sql")).abs()
        size = pl.col(name).abs().clip(1.0)
        # Written so that a NULL or NaN on either side is a difference too.
        wrong = both.filter(~(gap <= _TOLERANCE * size).fill_null(False) | gap.is_nan())
        if not wrong.is_empty():
            examples = wrong.select(CONTACT, name, f"{name}:sql").head(_SHOWN).rows()
            raise Disagreement(f"{name} differs for {wrong.height} contacts: {examples}")
    if both.height != ours.height:
        raise Disagreement("not the same contacts")
