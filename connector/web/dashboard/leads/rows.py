"""The table of leads: who they are, and how they stand by each score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.frame import at
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from connector.scoring.model import Model, Rung
    from connector.sync.looking.lead_list import LeadLine
    from connector.web.dashboard.frame import Visit
    from connector.web.dashboard.leads.asked import Asked

_ARROWS = {False: "\N{DOWNWARDS ARROW}", True: "\N{UPWARDS ARROW}"}
_SORTED = {False: "descending", True: "ascending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """One score that leads can be put in the order of."""

    score: str
    is_current: bool
    is_ascending: bool
    """How it is in order now, if it is."""
    target: str
    """Where leads are by this score, the highest first; the other way round if they are now."""


def orderings(asked: Asked, model: Model) -> Iterator[Ordering]:
    """Yield every way to put leads in order; a stage that another score has too stays chosen."""
    wanted = asked.wanted
    for name, score in model.scores.items():
        is_current = name == wanted.score
        stays = wanted.stage in {rung.name for rung in score.stages}
        following = asked.other(
            score=name,
            stage=wanted.stage if stays else None,
            is_ascending=is_current and not wanted.is_ascending,
        )
        yield Ordering(
            score=name,
            is_current=is_current,
            is_ascending=is_current and wanted.is_ascending,
            target=following.address(),
        )


def draw_orderings(visit: Visit, asked: Asked, model: Model) -> None:
    """Draw the ways to put leads in order where there is no room for a head of the table."""
    say = visit.language.text
    with box("nav", "chips orderings", aria_label=say("Order")):
        for each in orderings(asked, model):
            current = {"aria_current": "true"} if each.is_current else {}
            with box("a", "chip", href=each.target, **current):
                _draw_ordering(visit, each)


def draw_rows(visit: Visit, asked: Asked, model: Model, lines: Sequence[LeadLine]) -> None:
    """Draw the table."""
    say = visit.language.text
    title = say("Leads")
    with (
        box("div", "scroll", tabindex="0", role="region", aria_label=title),
        box("table", "stacked leads"),
    ):
        text("caption", title, "unseen")
        with box("thead"), box("tr"):
            text("th", say("Contact"), scope="col")
            for each in orderings(asked, model):
                sorting = {"aria_sort": _SORTED[each.is_ascending]} if each.is_current else {}
                with box("th", "", scope="col", **sorting), box("a", "", href=each.target):
                    _draw_ordering(visit, each)
            for name in model.grades:
                text("th", name, scope="col")
            text("th", say("Arrived"), "when", scope="col")
            text("th", say("Platforms"), scope="col")
        with box("tbody"):
            for line in lines:
                with box("tr"):
                    _draw_line(visit, model, line)


def warmth(stage: str | None, ladder: Sequence[Rung]) -> str:
    """Return how warm a stage is drawn: `cool` the lowest, `hot` the highest, `mild` between."""
    names = [rung.name for rung in ladder]
    if stage not in names or stage == names[0]:
        return "cool"
    return "hot" if stage == names[-1] else "mild"


def _draw_ordering(visit: Visit, each: Ordering) -> None:
    say = visit.language.text
    text("span", each.score)
    if each.is_current:
        text("span", _ARROWS[each.is_ascending], "arrow", aria_hidden="true")
        way = say("lowest first") if each.is_ascending else say("highest first")
        text("span", f", {way}", "unseen")


def _draw_line(visit: Visit, model: Model, line: LeadLine) -> None:
    say, language = visit.language.text, visit.language
    _draw_person(line)
    for name, score in model.scores.items():
        _draw_score(visit, name, line.scores.get(name), score.stages)
    for name in model.grades:
        text("td", line.grades.get(name) or NOTHING, "", data_title=name)
    now = visit.desk.clock.now()
    arrived = language.moment(line.arrived_at, now) if line.arrived_at else NOTHING
    text("td", arrived, "when sub", data_title=say("Arrived"))
    text("td", ", ".join(line.platforms) or NOTHING, "sub", data_title=say("Platforms"))


def _draw_person(line: LeadLine) -> None:
    told = line.name or line.email or line.key
    more = [each for each in (line.email, line.company) if each and each != told]
    with box("th", "lead-who", scope="row"):
        link(told, at(paths.LEAD, contact=line.key))
        if more:
            text("span", " \N{MIDDLE DOT} ".join(more), "sub line")


def _draw_score(
    visit: Visit, name: str, found: Mapping[str, Any] | None, ladder: Sequence[Rung]
) -> None:
    with box("td", "", data_title=name), box("span", "scored"):
        if found is None or found["rounded"] is None:
            text("span", NOTHING, "points sub")
            return
        text("span", visit.language.number(found["rounded"]), "points")
        if found["stage"] is not None:
            text("span", found["stage"], f"stage {warmth(found['stage'], ladder)}")
