"""The page of the morning: whether everything is in order, and how everybody stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from connector.sync.looking.pictures import distribution, funnels
from connector.sync.looking.standing import standing
from connector.web.dashboard import charts, paths, platforms
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import Visit, at, live, page
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.pictures import Bar, Distribution, Funnel
    from connector.sync.looking.standing import Standing

EVERY = 5.0
"""Seconds after which the page looks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the page is drawn from."""

    now: Standing
    funnels: Sequence[Funnel]
    spreads: Sequence[Distribution]


@page(paths.OVERVIEW)
async def show(visit: Visit) -> None:
    """Draw the page."""
    parts = {name: box("div", name) for name in ("order", "figures", "pair", "rest")}
    shown: dict[str, str] = {}

    async def draw() -> None:
        seen = await _look(visit)
        drawers = {
            "order": lambda: platforms.draw_order(visit, seen.now),
            "figures": lambda: _draw_figures(visit, seen.now),
            "pair": lambda: _draw_people(visit, seen),
            "rest": lambda: platforms.draw_platforms(visit, seen.now),
        }
        for name, mark in _marks(seen).items():
            # What did not change is not drawn anew: whoever reads it is not thrown out of it.
            if shown.get(name) != mark:
                shown[name] = mark
                parts[name].clear()
                with parts[name]:
                    drawers[name]()

    await draw()
    live(visit, draw, EVERY)


async def _look(visit: Visit) -> Seen:
    workspace = visit.workspace
    now = await standing(workspace)
    found = (await funnels(workspace, now.at)).funnels
    return Seen(
        now=now,
        funnels=[each for each in found if each.stages],
        spreads=[
            await distribution(workspace, name) for name in workspace.configuration.model.scores
        ],
    )


def _marks(seen: Seen) -> Mapping[str, str]:
    """Return for each part of the page what it is drawn from."""
    told = seen.now.to_json()
    minute = f"{seen.now.at:%H:%M}"
    figures = [
        told[name] for name in ("contacts", "events", "waiting", "dead", "inbound", "triggers")
    ]
    return {
        "order": repr((told["troubles"], told["dead"], told["decided_at"], minute)),
        "figures": repr((figures, told["deliveries"])),
        "pair": repr((seen.funnels, seen.spreads)),
        "rest": repr(
            [told[name] for name in ("troubles", "deliveries", "dead", "budgets")] + [minute]
        ),
    }


def _draw_figures(visit: Visit, now: Standing) -> None:
    language = visit.language
    pending = sum(
        states.get(state, 0)
        for states in now.backlog.values()
        for state in ("pending", "in_flight")
    )
    pending += sum(
        states.get(state, 0)
        for states in now.triggers.values()
        for state in ("waiting", "pending", "in_flight")
    )
    calls = sum(each.waiting for each in now.inbound.values())
    dead = sum(now.dead.values())
    say = language.text
    with box("dl", "numbers"):
        _number(visit, say("Contacts"), now.contacts)
        _number(visit, say("Events"), now.events)
        _number(visit, say("To be scored"), now.waiting)
        _number(visit, say("Webhook calls waiting"), calls)
        _number(visit, say("To be sent"), pending, paths.DELIVERIES)
        _number(visit, say("Given up"), dead, at(paths.DELIVERIES, state="dead"), is_bad=dead > 0)


def _number(
    visit: Visit, label: str, count: int, target: str | None = None, *, is_bad: bool = False
) -> None:
    with box("div", "number bad" if is_bad else "number"):
        text("dt", label)
        with box("dd"):
            told = visit.language.number(count)
            if target and count:
                link(told, target, aria_label=f"{label}: {told}")
            else:
                text("span", told)


def _draw_people(visit: Visit, seen: Seen) -> None:
    """Draw each score and grade: its ladder, and how its points spread."""
    if not seen.spreads:
        with box("div", "empty"):
            text("p", visit.language.text("No score is defined yet."), "strong")
            text("p", visit.language.text("What the mappings folder defines appears here."))
    funnels_of = {each.name: each for each in seen.funnels}
    for spread in seen.spreads:
        if (funnel := funnels_of.pop(spread.score, None)) is not None:
            _draw_funnel(visit, funnel)
        _draw_distribution(visit, spread)
    for funnel in funnels_of.values():
        _draw_funnel(visit, funnel)


def _draw_funnel(visit: Visit, found: Funnel) -> None:
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


def _draw_distribution(visit: Visit, spread: Distribution) -> None:
    say = visit.language.text
    title = say("Points of {score}", score=spread.score)
    with card(title):
        middle = charts.middle(spread.bars)
        if middle is None:
            text("p", say("Nobody is scored yet."), "sub")
            return
        text("p", _summary(visit, spread, middle), "sub")
        drawn = ui.echart(dict(charts.distribution(spread.bars, say("points")))).classes("chart")
        drawn.props["aria-hidden"] = "true"
        _draw_numbers(visit, title, spread.bars)


def _summary(visit: Visit, spread: Distribution, middle: Bar) -> str:
    """Return in a sentence what the chart shows."""
    language = visit.language
    return language.plural(
        "{number} contact with a score, of less than {middle} points.",
        "{number} contacts with a score. Half of them have less than {middle} points, "
        "the highest up to {high}.",
        spread.persons,
        middle=language.number(middle.high),
        high=language.number(spread.bars[-1].high - 1),
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
