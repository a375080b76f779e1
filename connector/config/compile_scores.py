"""From how dimensions, scores and grades are written to what the engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.conditions.expression import Kind
from connector.config.compile_decay import check_decay
from connector.config.hints import shown
from connector.scoring.model import Dimension, Grade, Rung, Score, Side

if TYPE_CHECKING:
    from connector.config.context import Context
    from connector.config.places import Path
    from connector.mapping.scores import (
        DimensionEntry,
        GradeEntry,
        ScoreEntry,
        SideEntry,
        StageEntry,
    )


def compile_dimension(name: str, entry: DimensionEntry, context: Context) -> Dimension:
    """Return the dimension `name`; what is wrong with it is reported."""
    path: Path = ("model", "dimensions", name)
    check_decay((*path, "decay"), entry.decay, context.report)
    if entry.floor is not None and entry.cap is not None and entry.floor > entry.cap:
        context.report.add((*path, "floor"), "the floor lies above the cap")
    return Dimension(name=name, floor=entry.floor, cap=entry.cap)


def compile_score(name: str, entry: ScoreEntry, context: Context) -> Score:
    """Return the score `name`; what is wrong with it is reported."""
    path: Path = ("model", "scores", name)
    names = context.names
    formula = population = None
    if entry.formula is not None:
        formula = context.condition(
            (*path, "formula"), entry.formula, names.dimensions, expect=Kind.NUMBER
        )
    if entry.population is not None:
        population = context.condition((*path, "population"), entry.population, names.population)
    low, high = entry.range or (None, None)
    if low is not None and high is not None and low > high:
        context.report.add((*path, "range"), "the range begins above its end")
    return Score(
        name=name,
        formula=formula,
        low=low,
        high=high,
        digits=entry.round,
        population=population,
        stages=_ladder((*path, "stages"), entry.stages or (), context),
        is_up_only=entry.direction == "up_only",
    )


def _ladder(path: Path, stages: tuple[StageEntry, ...], context: Context) -> tuple[Rung, ...]:
    names: set[str] = set()
    below: float | None = None
    for index, stage in enumerate(stages):
        here = (*path, index)
        if stage.name in names:
            context.report.add((*here, "name"), f"the stage {shown(stage.name)} is given twice")
        if below is not None and stage.from_ <= below:
            message = "stages ascend, and this one does not begin above the one before it"
            context.report.add((*here, "from"), message)
        if stage.leave_below is not None and stage.leave_below > stage.from_:
            message = "`leave_below` lies above `from`: nobody could stay"
            context.report.add((*here, "leave_below"), message)
        names.add(stage.name)
        below = stage.from_
    return tuple(_rung(stage) for stage in stages)


def _rung(stage: StageEntry) -> Rung:
    leave_below = stage.from_ if stage.leave_below is None else stage.leave_below
    return Rung(name=stage.name, from_=stage.from_, leave_below=leave_below)


def compile_grade(name: str, entry: GradeEntry, context: Context) -> Grade:
    """Return the grade `name`; what is wrong with it is reported."""
    path: Path = ("model", "grades", name)
    return Grade(
        name=name,
        rows=_side((*path, "rows"), entry.rows, context),
        columns=_side((*path, "columns"), entry.columns, context),
    )


def _side(path: Path, entry: SideEntry, context: Context) -> Side:
    known = (*context.names.dimensions, *context.names.scores)
    context.known((*path, "of"), entry.of, known, "dimension or score")
    bands = dict(entry.__pydantic_extra__ or {})
    if not bands:
        context.report.add(path, "a side needs at least one label", "for example `A: 75, B: 0`")
    owners: dict[float, str] = {}
    for label, threshold in bands.items():
        first = owners.setdefault(threshold, label)
        if first != label:
            message = f"{shown(label)} has the same threshold as {shown(first)}"
            context.report.add((*path, label), message)
    ordered = sorted(bands.items(), key=lambda band: -band[1])
    return Side(of=entry.of, bands=tuple(ordered))
