"""How everybody stands by a score: its stages, how its points spread, how cohorts went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from connector.web.dashboard import charts
from connector.web.dashboard.drawing import box, card, table, text
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.sync.looking.pictures import (
        Bar,
        Cohort,
        CohortMonth,
        Cohorts,
        Distribution,
        Funnel,
    )
    from connector.web.dashboard.frame import Visit

_YEAR = 12
_RECENT = 5
"""So many months are shown where there is no room for all."""
_DEEPEST = 60
"""Per cent of the accent in the cell of the highest average; text stays readable on it."""
_SMALL = 10.0
"""Below this an average is told with a decimal."""


def draw_funnel(visit: Visit, found: Funnel) -> None:
    """Draw who stands in each stage, and who came and left today."""
    say, language = visit.language.text, visit.language
    title = say("Stages of {score}", score=found.name)
    most = max(each.persons for each in found.stages)
    head = [
        (say("Stage"), ""),
        (say("Contacts"), "num"),
        (say("Share"), "share"),
        (say("In today"), "num"),
        (say("Out today"), "num"),
    ]
    total = sum(each.persons for each in found.stages)
    with card(title), table(title, head, "funnel"):
        for each in reversed(found.stages):
            with box("tr"):
                text("th", each.name, scope="row")
                text("td", language.number(each.persons), "num")
                share = language.share(each.persons / total) if total else NOTHING
                with box("td", "share"), box("div", "share-in"):
                    text("span", share)
                    width = f"{100 * each.persons / most:.1f}%" if most else "0"
                    with box("span", "track", aria_hidden="true"):
                        box("div", "bar-fill").style(f"width: {width}")
                text("td", language.signed(each.came), "num up" if each.came else "num sub")
                text("td", language.signed(-each.left), "num down" if each.left else "num sub")


def draw_distribution(visit: Visit, spread: Distribution) -> None:
    """Draw how the points of a score spread."""
    say = visit.language.text
    title = say("Points of {score}", score=spread.score)
    with card(title):
        middle = charts.middle(spread.bars)
        if middle is None:
            text("p", say("Nobody is scored yet."), "sub")
            return
        text("p", _summary(visit, spread, middle), "sub")
        options = charts.distribution(spread.bars, say("points"), visit.language.code)
        drawn = ui.echart(dict(options)).classes("chart")
        drawn.props["aria-hidden"] = "true"
        _draw_numbers(visit, title, spread.bars)


def _summary(visit: Visit, spread: Distribution, middle: Bar) -> str:
    """Return in a sentence what the chart shows."""
    language = visit.language
    return language.plural(
        "{number} contact with a score, of less than {middle} points.",
        "{number} contacts with a score. Half of them have less than {middle} points, "
        "the highest {high}.",
        spread.persons,
        middle=language.number(middle.high),
        high=language.number(spread.highest or 0),
    )


def _draw_numbers(visit: Visit, title: str, found: Sequence[Bar]) -> None:
    """Draw what the chart shows as a table, for whoever does not see it or wants the numbers."""
    say = visit.language.text
    with box("details", "data"):
        text("summary", say("As a table"))
        with table(title, [(say("Points"), ""), (say("Contacts"), "num")], "narrow"):
            for each in found:
                with box("tr"):
                    text("th", charts.label(each), scope="row")
                    text("td", visit.language.number(each.persons), "num")


def draw_cohorts(visit: Visit, found: Cohorts) -> None:
    """Draw the average of each month of arrival, month by month; the higher the warmer."""
    say = visit.language.text
    title = say("Average of {score} by month of arrival", score=found.score)
    with card(title):
        if not found.cohorts:
            text("p", say("Nobody is scored yet."), "sub")
            return
        told = say("A row is who arrived in one month; a column, how they stood as a month ended.")
        text("p", told, "sub")
        _draw_heat(visit, title, found.cohorts)


def _draw_heat(visit: Visit, title: str, cohorts: Sequence[Cohort]) -> None:
    say, language = visit.language.text, visit.language
    months = sorted({each.month for cohort in cohorts for each in cohort.months})[-_YEAR:]
    kinds = {month: "num" if month in months[-_RECENT:] else "num earlier" for month in months}
    highest = max(abs(each.average) for cohort in cohorts for each in cohort.months)
    head = [(say("Arrived in"), ""), (say("Contacts"), "num")]
    head += [(language.month(month), kinds[month]) for month in months]
    with table(title, head, "heat"):
        for cohort in reversed(cohorts):
            stood = {each.month: each for each in cohort.months}
            with box("tr"):
                text("th", language.month(cohort.month), scope="row")
                text("td", language.number(cohort.months[-1].persons), "num sub")
                for month in months:
                    _draw_cell(visit, stood.get(month), kinds[month], highest)


def _draw_cell(visit: Visit, stood: CohortMonth | None, kind: str, highest: float) -> None:
    if stood is None:
        box("td", kind)
        return
    digits = 1 if abs(round(stood.average, 1)) < _SMALL else 0
    language = visit.language
    people = language.plural("{number} contact", "{number} contacts", stood.persons)
    depth = round(_DEEPEST * max(0.0, stood.average) / highest) if highest else 0
    cell = text("td", language.number(stood.average, digits), f"{kind} warm", title=people)
    cell.style(f"--depth: {depth}%")
