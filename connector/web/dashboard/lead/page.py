"""The page of one lead: how they stand and why, what happened, what was told, what is decided."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.errors import NotFound
from connector.sync.looking.explaining import explain
from connector.sync.looking.noticing import footprint
from connector.sync.looking.telling import telling
from connector.sync.looking.trend import trend
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.frame import Visit, at, heading, later, live, page
from connector.web.dashboard.lead.asked import Asked
from connector.web.dashboard.lead.course import draw_course
from connector.web.dashboard.lead.overriding import Overriding
from connector.web.dashboard.lead.scores import draw_next, draw_scores
from connector.web.dashboard.lead.stairs import draw_stairs
from connector.web.dashboard.lead.timeline import Timeline
from connector.web.dashboard.lead.told import draw_told
from connector.web.dashboard.lead.who import draw_known, draw_who, title_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sync.looking.explaining import Explanation
    from connector.sync.looking.noticing import Footprint
    from connector.sync.looking.telling import Telling

EVERY = 5.0
"""Seconds after which the page looks whether anything became another."""
SPAN = timedelta(days=90)
"""How far one looks back, and ahead."""


@page(paths.LEAD, is_headed=False)
async def show(visit: Visit) -> None:
    """Draw the page."""
    asked = Asked.read(visit.request.query_params, visit.workspace.configuration.model)
    try:
        seen = await footprint(visit.workspace, asked.contact)
        shown = LeadPage(visit, asked, seen)
        await shown.draw_now()
    except NotFound:
        _draw_nobody(visit, asked)
        return
    # What takes longer comes once the page is there.
    later(visit, shown.draw_later)
    live(visit, shown.renew, EVERY)


def _draw_nobody(visit: Visit, asked: Asked) -> None:
    say = visit.language.text
    heading(say("Nobody is known by that"))
    with box("div", "empty"):
        if asked.contact:
            text("p", asked.contact, "strong wraps")
        text("p", say("A lead is named by an e-mail address, our id, or platform:id."))
        text("p", say("Who was forgotten is known no more."))
        link(say("Search all leads"), at(paths.LEADS, search=asked.contact or None))


class LeadPage:
    """One lead, as one browser looks at them."""

    def __init__(self, visit: Visit, asked: Asked, seen: Footprint) -> None:
        self._visit, self._asked, self._seen = visit, asked, seen
        self._score = visit.workspace.configuration.model.scores.get(asked.score or "")
        self._parts = {name: box("div", name) for name in ("title", "who", "standing")}
        self._next, self._course = box("div", "next-room"), box("div", "course-room")
        if self._score is not None:
            with self._course:
                text("p", visit.language.text("The way of the score is being worked out."), "sub")
        with box("div", "columns"):
            with box("div"):
                self._parts["stairs"] = box("div")
                self._timeline = Timeline(visit, asked.contact)
            with box("div"):
                self._parts |= {name: box("div") for name in ("told", "by_hand", "known")}
        self._overriding = Overriding(visit, asked.contact, self._draw)
        self._marks: dict[str, object] = {}
        self._turn = asyncio.Lock()
        """Whoever decides by hand has all drawn anew, which may be under way just then."""

    async def draw_now(self) -> None:
        """Draw what is known at once."""
        workspace, contact = self._visit.workspace, self._asked.contact
        async with self._turn:
            now = self._visit.desk.clock.now()
            told = await explain(workspace, contact, now, looks_ahead=False)
            self._draw_person(told, await telling(workspace, contact))

    async def draw_later(self) -> None:
        """Draw what looks far back, or ahead."""
        async with self._turn:
            await self._timeline.draw()
            await self._draw_course()

    async def _draw_course(self) -> None:
        visit, contact, score = self._visit, self._asked.contact, self._score
        if score is None:
            return
        now = visit.desk.clock.now()
        told = await explain(visit.workspace, contact, now)
        self._next.clear()
        self._course.clear()
        if told.is_excluded:
            return
        with self._next:
            draw_next(visit, told.turn)
        course = await trend(visit.workspace, contact, now, back=SPAN, ahead=SPAN)
        with self._course:
            draw_course(visit, score, course, told.turn)

    async def renew(self) -> None:
        """Draw anew what became another since one looked last."""
        before = self._seen
        self._seen = await footprint(self._visit.workspace, self._asked.contact)
        if self._seen != before:
            await self.draw_now()
        if self._seen.standing != before.standing:
            await self.draw_later()

    async def _draw(self) -> None:
        await self.draw_now()
        await self.draw_later()

    def _draw_person(self, told: Explanation, telling: Telling) -> None:
        visit, score = self._visit, self._score
        title = title_of(told.person)
        self._draw_part("title", title, lambda: heading(title))
        known = (told.person, told.traits, told.lists)
        self._draw_part("who", (told.person, telling.platforms), lambda: draw_who(visit, telling))
        self._draw_part("told", telling, lambda: draw_told(visit, telling))
        self._draw_part("known", known, lambda: draw_known(visit, told))
        self._draw_part("standing", told, lambda: self._draw_standing(told))
        if score is None or told.is_excluded:
            self._parts["stairs"].clear()
            self._parts["by_hand"].clear()
            return
        self._draw_part("stairs", told, lambda: draw_stairs(visit, told, score))
        # A form in which somebody writes is left alone unless what it tells is another.
        self._draw_part("by_hand", told.overrides, lambda: self._overriding.draw(told, score))

    def _draw_standing(self, told: Explanation) -> None:
        say = self._visit.language.text
        if told.is_excluded:
            with box("div", "notice fair"):
                text("strong", say("Excluded by the configuration: neither scored nor written."))
        elif self._score is None:
            with box("div", "notice"):
                text("span", say("No score is defined yet."))
        else:
            draw_scores(self._visit, told, self._asked)

    def _draw_part(self, name: str, mark: object, draw: Callable[[], None]) -> None:
        """Draw a part of the page, unless it shows what it is drawn from already."""
        if name in self._marks and self._marks[name] == mark:
            return
        self._marks[name] = mark
        self._parts[name].clear()
        with self._parts[name]:
            draw()
