"""How a score went, and where it goes if nothing new happens: a line, and the same as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from connector.domain.instants import iso
from connector.web.dashboard.charts import FONT, LINE, QUIET
from connector.web.dashboard.drawing import box, card, table, text
from connector.web.dashboard.language import NOTHING
from connector.web.dashboard.theme import ACCENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.scoring.model import Score
    from connector.sync.looking.forecast import Turn
    from connector.sync.looking.trend import Point
    from connector.web.dashboard.frame import Visit

_DAY = "{dd}/{MM}/{yy}"
"""As ECharts is told how to write a day; it knows no months in French."""

_ROOM = 1.1
"""How far the chart goes above what is drawn in it."""


def draw_course(visit: Visit, score: Score, course: Sequence[Point], turn: Turn | None) -> None:
    """Draw the way of one score through `course`."""
    say = visit.language.text
    title = say("{score} over time", score=score.name)
    with card(title, "course"):
        if all(each.scores.get(score.name) is None for each in course):
            text("p", say("There is no score to tell of."), "sub")
            return
        text("p", _summary(visit, score.name, course), "sub")
        names = (say("so far"), say("if nothing happens"))
        drawn = ui.echart(dict(options(score, course, turn, names))).classes("chart")
        drawn.props["aria-hidden"] = "true"
        with box("details", "data"):
            text("summary", say("As a table"))
            head = [(say("Day"), ""), (score.name, "num"), (say("Stage"), "")]
            with table(title, head, "narrow"):
                for each in course:
                    _draw_point(visit, score.name, each)


def _draw_point(visit: Visit, name: str, point: Point) -> None:
    language, value = visit.language, point.scores.get(name)
    with box("tr"):
        text("th", language.time(point.at), scope="row")
        text("td", NOTHING if value is None else language.number(value), "num")
        text("td", point.stages.get(name) or NOTHING)


def _summary(visit: Visit, name: str, course: Sequence[Point]) -> str:
    """Return in a sentence what the chart shows."""
    language = visit.language
    past = [each for each in course if not each.is_ahead]
    values = [each.scores.get(name) for each in (past[0], past[-1], course[-1])]
    begun, now, ended = (NOTHING if each is None else language.number(each) for each in values)
    return language.text(
        "{begun} points {back} ago, {now} now, {ended} in {ahead} if nothing new happens.",
        begun=begun,
        now=now,
        ended=ended,
        back=language.span(past[-1].at - past[0].at),
        ahead=language.span(course[-1].at - past[-1].at),
    )


def options(
    score: Score, course: Sequence[Point], turn: Turn | None, names: tuple[str, str]
) -> Mapping[str, Any]:
    """Return the chart: the past solid, what is to come dotted, where stages begin, the turn.

    `names` are those of the two lines.
    """
    past = [each for each in course if not each.is_ahead]
    ahead = [past[-1], *(each for each in course if each.is_ahead)]
    is_ours = turn is not None and turn.score == score.name
    axis = {"axisLine": {"lineStyle": {"color": LINE}}, "axisTick": {"show": False}}
    return {
        "animation": False,
        "textStyle": FONT,
        "grid": {"left": 8, "right": 72, "top": 24, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "time",
            "axisLabel": {"color": QUIET, "hideOverlap": True, "formatter": _DAY},
            **axis,
        },
        "yAxis": {
            "type": "value",
            "splitLine": {"show": False},
            "axisLabel": {"color": QUIET, "showMaxLabel": False},
            **({} if score.low is None else {"min": score.low}),
            "max": _top(score, course),
            **axis,
        },
        "series": [
            _line(names[0], score.name, past, "solid") | {"markLine": _stages(score)},
            _line(names[1], score.name, ahead, "dotted")
            | ({"markLine": _turn(turn)} if turn is not None and is_ours else {}),
        ],
    }


def _top(score: Score, course: Sequence[Point]) -> float:
    """Return how high the chart goes: so far that the next stage is in sight."""
    highest = max(value for each in course if (value := each.scores.get(score.name)) is not None)
    above = [rung.from_ for rung in score.stages if rung.from_ > highest]
    return max(highest, *above[:1], 1.0) * _ROOM


def _line(title: str, name: str, points: Sequence[Point], kind: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": title,
        "data": [[iso(each.at), each.scores.get(name)] for each in points],
        "showSymbol": False,
        "itemStyle": {"color": ACCENT},
        "lineStyle": {"type": kind, "width": 2, "color": ACCENT},
        **({"areaStyle": {"color": ACCENT, "opacity": 0.08}} if kind == "solid" else {}),
    }


def _stages(score: Score) -> Mapping[str, Any]:
    """Return a quiet line where each stage begins, but the lowest."""
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": LINE, "type": "solid"},
        "label": {"color": QUIET, "formatter": "{b}"},
        "data": [{"yAxis": rung.from_, "name": rung.name} for rung in score.stages[1:]],
    }


def _turn(turn: Turn) -> Mapping[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": QUIET, "type": "dotted"},
        "label": {"color": QUIET, "formatter": "{b}"},
        "data": [{"xAxis": iso(turn.at), "name": turn.after}],
    }
