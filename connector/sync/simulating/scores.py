"""How scores and stages differ between two models; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT
from connector.scoring.columns import stage_column
from connector.sync.simulating.outcome import Distribution, ScoreChange, StageMove

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from connector.sync.simulating.ending import Ending
    from connector.sync.simulating.outcome import Status

_QUANTILES = {"p10": 0.1, "p25": 0.25, "p75": 0.75, "p90": 0.9}


def status_of(name: str, before: Iterable[str], after: Iterable[str]) -> Status:
    """Return which of two collections of names hold `name`."""
    if name not in after:
        return "gone"
    return "both" if name in before else "new"


def names_of(before: Mapping[str, object], after: Mapping[str, object]) -> Sequence[str]:
    """Return all names, those of `before` first."""
    return list(dict.fromkeys([*before, *after]))


def score_changes(present: Ending, draft: Ending) -> Sequence[ScoreChange]:
    """Return what becomes of each score of both models, in their order."""
    before, after = present.model.scores, draft.model.scores
    return [
        ScoreChange(
            name=name,
            status=status_of(name, before, after),
            before=_distribution(present.results[name]) if name in before else None,
            after=_distribution(draft.results[name]) if name in after else None,
            rungs_before=_rungs(present, name),
            rungs_after=_rungs(draft, name),
            moves=list(_moves(name, present, draft)),
        )
        for name in names_of(before, after)
    ]


def _distribution(scores: pl.Series) -> Distribution:
    known = scores.drop_nulls().sort()
    quantiles = {name: known.quantile(share, "linear") for name, share in _QUANTILES.items()}
    return Distribution(
        contacts=known.len(),
        mean=_number(known.mean()),
        least=_number(known.min()),
        median=_number(known.median()),
        most=_number(known.max()),
        **quantiles,
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _rungs(end: Ending, score: str) -> Sequence[str]:
    scores = end.model.scores
    return [rung.name for rung in scores[score].stages] if score in scores else []


def _moves(score: str, present: Ending, draft: Ending) -> Iterator[StageMove]:
    if not (_rungs(present, score) or _rungs(draft, score)):
        return
    pairs = _stages(score, present, "before").join(_stages(score, draft, "after"), on=CONTACT)
    counted = pairs.group_by("before", "after").len().sort("before", "after", nulls_last=True)
    for old, new, count in counted.iter_rows():
        yield StageMove(before=old, after=new, contacts=count)


def _stages(score: str, end: Ending, side: str) -> pl.DataFrame:
    stage = pl.col(stage_column(score)) if _rungs(end, score) else pl.lit(None, pl.String)
    return end.results.select(CONTACT, stage.alias(side))
