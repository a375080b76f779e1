"""Stages and grades that by rules nobody ever has, or never loses."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from connector.config.lint.reach import dimension_spans, score_spans
from connector.config.lint.subject import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.config.lint.possible import Span
    from connector.config.lint.subject import Subject
    from connector.config.places import Path
    from connector.scoring.model import Model, Score, Side


def stages_out_of_reach(subject: Subject) -> Iterator[Remark]:
    """Find stages that begin above the highest score all rules together can give."""
    for name, span in score_spans(subject.model).items():
        score = subject.model.scores[name]
        for index, rung in enumerate(score.stages):
            if rung.from_ > span.high:
                message = (
                    f"nobody reaches `{rung.name}`: it begins at {rung.from_:.12g}, "
                    f"and by rules the score is at most {span.high:.12g}"
                )
                path = (*_rung(name, index), "from")
                yield Remark(path=path, message=message, hint=_most(score, subject.model))


def stages_left_out(subject: Subject) -> Iterator[Remark]:
    """Find stages that end below the lowest score there can be: nobody is ever in them."""
    for name, span in score_spans(subject.model).items():
        for index, (rung, above) in enumerate(pairwise(subject.model.scores[name].stages)):
            if above.from_ <= span.low:
                message = (
                    f"nobody is ever in `{rung.name}`: by rules the score is at least "
                    f"{span.low:.12g}, and `{above.name}` begins at {above.from_:.12g}"
                )
                yield Remark(path=_rung(name, index), message=message)


def stages_never_left(subject: Subject) -> Iterator[Remark]:
    """Find stages that are left only below a score there cannot be: who was in one stays."""
    for name, span in score_spans(subject.model).items():
        score = subject.model.scores[name]
        for index, rung in enumerate(score.stages[1:], start=1):
            if not score.is_up_only and rung.leave_below <= span.low < rung.from_ <= span.high:
                message = (
                    f"who reached `{rung.name}` never falls below it again: by rules the score is "
                    f"at least {span.low:.12g}"
                )
                hint = "raise `leave_below`, or write `direction: up_only` if that is meant"
                yield Remark(path=(*_rung(name, index), "leave_below"), message=message, hint=hint)


def stages_kept_too_long(subject: Subject) -> Iterator[Remark]:
    """Find stages that are kept down to where the stage before has not even begun."""
    for name, score in subject.model.scores.items():
        for index, (below, rung) in enumerate(pairwise(score.stages), start=1):
            if not score.is_up_only and rung.leave_below < below.from_:
                message = (
                    f"`{rung.name}` is kept down to {rung.leave_below:.12g}, below where "
                    f"`{below.name}` begins ({below.from_:.12g})"
                )
                hint = f"choose `leave_below` between {below.from_:.12g} and {rung.from_:.12g}"
                yield Remark(path=(*_rung(name, index), "leave_below"), message=message, hint=hint)


def leave_below_without_effect(subject: Subject) -> Iterator[Remark]:
    """Find `leave_below` beside `direction: up_only`, with which no stage is ever left."""
    for name, score in subject.model.scores.items():
        for index, rung in enumerate(score.stages):
            if score.is_up_only and rung.leave_below < rung.from_:
                message = "`leave_below` has no effect: with `direction: up_only` no stage is left"
                yield Remark(path=(*_rung(name, index), "leave_below"), message=message)


def grades_out_of_reach(subject: Subject) -> Iterator[Remark]:
    """Find bands of grades that lie where their dimension or score never comes."""
    model = subject.model
    spans = {**dimension_spans(model), **score_spans(model)}
    for name, grade in model.grades.items():
        for key, side in (("rows", grade.rows), ("columns", grade.columns)):
            labels = _unreached(side, spans[side.of])
            if labels:
                span = spans[side.of]
                named = " and ".join(f"`{label}`" for label in labels)
                message = f"nobody is ever graded {named}: by rules `{side.of}` is {span}"
                yield Remark(path=("model", "grades", name, key), message=message)


def grades_out_of_order(subject: Subject) -> Iterator[Remark]:
    """Find labels of grades in an order that their thresholds do not follow."""
    model = subject.configuration.document.model
    for name, grade in (model.grades if model else {}).items():
        for key, side in (("rows", grade.rows), ("columns", grade.columns)):
            written = list((side.__pydantic_extra__ or {}).items())
            thresholds = [threshold for _, threshold in written]
            if thresholds not in (sorted(thresholds), sorted(thresholds, reverse=True)):
                best_first = sorted(written, key=lambda band: -band[1])
                order = ", ".join(f"`{label}`" for label, _ in best_first)
                message = f"from best to least the labels are {order}: is that the order you mean?"
                yield Remark(path=("model", "grades", name, key), message=message)


def _unreached(side: Side, span: Span) -> list[str]:
    """Return the labels that no value within `span` gets; the last band is for all that is less."""
    lowest = len(side.bands) - 1
    labels: list[str] = []
    for place, (label, threshold) in enumerate(side.bands):
        is_too_high = threshold > span.high and place < lowest
        is_passed_over = place > 0 and side.bands[place - 1][1] <= span.low
        if is_too_high or is_passed_over:
            labels.append(label)
    return labels


def _most(score: Score, model: Model) -> str | None:
    """Return what the dimensions behind a score come to at most, where that says more."""
    spans: Mapping[str, Span] = dimension_spans(model)
    names = [name for name in spans if score.formula is None or name in score.formula.names]
    parts = [f"`{name}` {spans[name].high:.12g}" for name in names if isfinite(spans[name].high)]
    return f"at most: {', '.join(parts)}" if parts else None


def _rung(score: str, index: int) -> Path:
    return ("model", "scores", score, "stages", index)
