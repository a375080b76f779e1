"""The page: looks at everything every few seconds, and draws anew what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sync.looking.lead_list import Wanted, lead_page
from connector.sync.looking.movers import movers
from connector.sync.looking.pictures import cohorts, distribution, funnels
from connector.sync.looking.pulse import pulse
from connector.sync.looking.standing import standing
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.frame import Visit, at, live, page
from connector.web.dashboard.overview import people, platforms, scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.lead_list import LeadLines
    from connector.sync.looking.movers import MoversToday
    from connector.sync.looking.pictures import Cohorts, Distribution, Funnel
    from connector.sync.looking.pulse import Pulse
    from connector.sync.looking.standing import Standing

EVERY = 5.0
"""Seconds after which the page looks again."""
_HOTTEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OfScore:
    """What the page shows by one score."""

    hottest: LeadLines
    movers: MoversToday
    spread: Distribution
    cohorts: Cohorts


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the page is drawn from."""

    now: Standing
    calls: Pulse
    funnels: Sequence[Funnel]
    """Of the score that is shown, and of all grades."""
    score: OfScore | None
    """None where no score is defined."""


@page(paths.OVERVIEW)
async def show(visit: Visit) -> None:
    """Draw the page."""
    parts = {name: box("div", name) for name in ("order", "figures", "people", "platforms")}
    parts |= {"pair": box("div", "pair"), "cohorts": box("div", "cohorts")}
    shown: dict[str, str] = {}

    async def draw() -> None:
        seen = await _look(visit)
        drawers = {
            "order": lambda: platforms.draw_order(visit, seen.now),
            "figures": lambda: _draw_figures(visit, seen.now),
            "people": lambda: _draw_people(visit, seen),
            "platforms": lambda: platforms.draw_platforms(visit, seen.now, seen.calls),
            "pair": lambda: _draw_stages(visit, seen),
            "cohorts": lambda: _draw_cohorts(visit, seen),
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
    model = workspace.configuration.model
    asked = visit.request.query_params.get("score")
    score = asked if asked in model.scores else next(iter(model.scores), None)
    now = await standing(workspace, counts_clean=False)
    found = (await funnels(workspace, now.at)).funnels
    return Seen(
        now=now,
        calls=await pulse(workspace, now.at),
        funnels=[each for each in found if each.stages and each.name in {score, *model.grades}],
        score=None
        if score is None
        else OfScore(
            hottest=await lead_page(workspace, Wanted(score=score), limit=_HOTTEST),
            movers=await movers(workspace, now.at, score),
            spread=await distribution(workspace, score),
            cohorts=await cohorts(workspace, now.at, score),
        ),
    )


def _marks(seen: Seen) -> Mapping[str, str]:
    """Return for each part of the page what it is drawn from."""
    told, score = seen.now.to_json(), seen.score
    minute = f"{seen.now.at:%H:%M}"
    figures = [
        told[name] for name in ("contacts", "events", "waiting", "dead", "inbound", "triggers")
    ]
    return {
        "order": repr([told[name] for name in ("troubles", "problems", "dead", "decided_at")])
        + minute,
        "figures": repr((figures, told["deliveries"])),
        "people": repr(score and (score.hottest, score.movers)),
        "platforms": repr(
            [told[name] for name in ("troubles", "problems", "deliveries", "dead")]
            + [told["budgets"], told["budgets_open"], minute, seen.calls.to_json()]
        ),
        "pair": repr((seen.funnels, score and score.spread)),
        "cohorts": repr(score and score.cohorts),
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
    if seen.score is None:
        with box("div", "empty"):
            text("p", visit.language.text("No score is defined yet."), "strong")
            text("p", visit.language.text("What the mappings folder defines appears here."))
        return
    names = list(visit.workspace.configuration.model.scores)
    if len(names) > 1:
        with box("nav", "chips", aria_label=visit.language.text("Scores")):
            for name in names:
                current = {"aria_current": "true"} if name == seen.score.spread.score else {}
                link(name, at(paths.OVERVIEW, score=name), "chip", **current)
    people.draw_people(visit, seen.score.hottest, seen.score.movers)


def _draw_stages(visit: Visit, seen: Seen) -> None:
    """Draw the ladder and the points of the score, then the cells of each grade."""
    if seen.score is None:
        return
    of_score = [each for each in seen.funnels if each.name == seen.score.spread.score]
    for each in of_score:
        scores.draw_funnel(visit, each)
    scores.draw_distribution(visit, seen.score.spread)
    for each in seen.funnels:
        if each not in of_score:
            scores.draw_funnel(visit, each)


def _draw_cohorts(visit: Visit, seen: Seen) -> None:
    if seen.score is not None:
        scores.draw_cohorts(visit, seen.score.cohorts)
