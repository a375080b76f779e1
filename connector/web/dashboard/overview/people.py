"""Who is hottest, and who moved furthest today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import Visit, at
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.lead_list import LeadLine, LeadLines
    from connector.sync.looking.movers import MoversToday, MoverToday


def draw_people(visit: Visit, hottest: LeadLines, today: MoversToday) -> None:
    """Draw the hottest, and who rose and who fell most."""
    say = visit.language.text
    with box("div", "trio"):
        _draw_hottest(visit, hottest)
        _draw_movers(visit, say("Rose most today"), say("Nobody rose today."), today.rose)
        _draw_movers(visit, say("Fell most today"), say("Nobody fell today."), today.fell)
    if today.rules_changed_at is not None and (today.rose or today.fell):
        moment = visit.language.moment(today.rules_changed_at, visit.desk.clock.now())
        told = say("The rules were changed at {time}: that alone may have moved them.", time=moment)
        text("p", told, "sub aside")


def _draw_hottest(visit: Visit, hottest: LeadLines) -> None:
    say = visit.language.text
    title = say("Hottest")
    with card(title, "people"):
        if not hottest.lines:
            text("p", say("Nobody is scored yet."), "sub")
            return
        head = [(say("Contact"), ""), (say("Stage"), ""), (say("Score"), "num")]
        with table(title, head):
            for each in hottest.lines:
                _draw_lead(visit, each, each.scores[hottest.score])


def _draw_lead(visit: Visit, lead: LeadLine, score: Mapping[str, Any]) -> None:
    with box("tr"):
        _draw_name(lead.key, lead.email, lead.name, lead.company)
        text("td", score["stage"] or NOTHING, "sub")
        text("td", visit.language.number(score["rounded"]), "num strong")


def _draw_movers(visit: Visit, title: str, nobody: str, movers: Sequence[MoverToday]) -> None:
    say = visit.language.text
    with card(title, "people"):
        if not movers:
            text("p", nobody, "sub")
            return
        head = [(say("Contact"), ""), (say("From, to"), "num"), (say("Move"), "num")]
        with table(title, head):
            for each in movers:
                _draw_mover(visit, each)


def _draw_mover(visit: Visit, moved: MoverToday) -> None:
    language, mover = visit.language, moved.mover
    change = mover.after - mover.before
    with box("tr"):
        _draw_name(mover.key, mover.email, moved.name, moved.company)
        with box("td", "num sub"):
            before, after = language.number(mover.before), language.number(mover.after)
            text("span", f"{before} \N{RIGHTWARDS ARROW} {after}")
            if moved.stage_before != mover.stage:
                stages = moved.stage_before or NOTHING, mover.stage or NOTHING
                text("span", " \N{RIGHTWARDS ARROW} ".join(stages), "line")
        text("td", language.signed(change), "num up" if change > 0 else "num down")


def _draw_name(key: str, email: str | None, name: str, company: str) -> None:
    with box("th", "who", scope="row"):
        link(name or email or key, at(paths.LEAD, contact=key), title=email or key)
        if name and company:
            text("span", f" {company}", "sub")
