"""How somebody stands: each score with its ladder, each grade, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.web.dashboard.drawing import box, text
from connector.web.dashboard.language import NOTHING
from connector.web.dashboard.leads.rows import warmth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.scoring.model import Rung, Score
    from connector.sync.looking.explaining import Explanation
    from connector.sync.looking.forecast import Turn
    from connector.web.dashboard.frame import Visit
    from connector.web.dashboard.lead.asked import Asked

_ROOM = 1.25
"""How far above the last stage a ladder goes, where no range says so."""
_MATTERS = 1e-6
"""The least by which the exact score differs from the one that is shown, to be told."""


def draw_scores(visit: Visit, told: Explanation, asked: Asked) -> None:
    """Draw a tile for each score and grade; where there are several scores, one is chosen."""
    scores = visit.workspace.configuration.model.scores
    with box("div", "scores"):
        for name in told.scores:
            current = {"aria_current": "true"} if name == asked.score else {}
            if len(told.scores) > 1:
                with box("a", "score", href=asked.address(name), **current):
                    _draw_score(visit, told, scores[name])
            else:
                with box("div", "score", **current):
                    _draw_score(visit, told, scores[name])
        for name, cell in told.grades.items():
            with box("div", "score"):
                text("span", name, "score-name")
                text("span", cell or NOTHING, "score-value")


def _draw_score(visit: Visit, told: Explanation, score: Score) -> None:
    say, language = visit.language.text, visit.language
    name = score.name
    exact, rounded = told.scores[name], told.rounded[name]
    text("span", name, "score-name")
    if exact is None or rounded is None:
        text("span", NOTHING, "score-value")
        text("span", say("outside the population of this score"), "sub")
        return
    with box("span", "score-line"):
        text("span", language.number(rounded), "score-value")
        if stage := told.stages.get(name):
            draw_stage(score, stage)
        if any(each.score == name for each in told.overrides):
            text("span", say("set by hand"), "by-hand")
        elif abs(exact - rounded) > _MATTERS:
            precise = language.number(exact, 2)
            text("span", say("{number} exactly", number=precise), "sub precise")
    _draw_ladder(visit, score, exact)


def draw_stage(score: Score, stage: str) -> None:
    """Draw a stage, the warmer the higher it is."""
    text("span", stage, f"stage {warmth(stage, score.stages)}")


def _draw_ladder(visit: Visit, score: Score, value: float) -> None:
    """Draw how far a score has come between its ends, and where stages begin."""
    found = Ladder.of(score, value)
    if found is None:
        return
    with box("div", "ladder", aria_hidden="true"):
        with box("div", "ladder-track"):
            box("div", "bar-fill").style(f"width: {found.share:.1%}")
        with box("div", "ladder-rungs"):
            for rung, width in found.rungs:
                begins = visit.language.number(rung.from_)
                drawn = text("span", f"{rung.name} {begins}", "rung")
                drawn.style(f"width: {width:.1%}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How far a score has come between its ends."""

    share: float
    """Of the way from its lower to its upper end."""
    rungs: Sequence[tuple[Rung, float]]
    """Stages that have room there, each with its share of it."""

    @classmethod
    def of(cls, score: Score, value: float) -> Ladder | None:
        """Return the ladder of a score that stands at `value`; None where it has no measure."""
        edges = [rung.from_ for rung in score.stages]
        if score.high is None and not edges:
            return None
        low = min(0.0, value, *edges) if score.low is None else score.low
        high = max(value, *(each * _ROOM for each in edges)) if score.high is None else score.high
        if high <= low:
            return None
        ends = [*edges[1:], high]
        widths = [
            (rung, (min(high, end) - max(low, rung.from_)) / (high - low))
            for rung, end in zip(score.stages, ends, strict=False)
        ]
        return cls(
            share=min(1.0, max(0.0, (value - low) / (high - low))),
            rungs=[(rung, width) for rung, width in widths if width > 0],
        )


def draw_next(visit: Visit, turn: Turn | None) -> None:
    """Draw in a sentence which stage comes with time alone."""
    say = visit.language.text
    if turn is None:
        text("p", say("No stage is seen to change with time alone."), "next sub")
        return
    values = {
        "score": turn.score,
        "before": turn.before,
        "after": turn.after,
        "time": visit.language.time(turn.at),
    }
    if turn.is_fall:
        told = say(
            "If nothing new happens, {score} cools from {before} to {after} on {time}.", **values
        )
    else:
        told = say(
            "If nothing new happens, {score} rises from {before} to {after} on {time}.", **values
        )
    text("p", told, "next")
