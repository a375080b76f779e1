"""The page on which leads are looked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from connector.errors import ConfigError
from connector.sync.looking.lead_filters import lead_filters
from connector.sync.looking.lead_list import PAGE, filling
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.frame import Visit, later, page
from connector.web.dashboard.leads.asked import UNKNOWN, Asked
from connector.web.dashboard.leads.filters import draw_chosen, draw_form, draw_stages
from connector.web.dashboard.leads.rows import draw_orderings, draw_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from connector.sync.looking.lead_filters import LeadFilters
    from connector.sync.looking.lead_list import LeadLines


@page(paths.LEADS)
async def show(visit: Visit) -> None:
    """Draw the page."""
    if not visit.workspace.configuration.model.scores:
        with box("div", "empty"):
            text("p", visit.language.text("No score is defined yet."), "strong")
            text("p", visit.language.text("What the mappings folder defines appears here."))
        return
    await _Page(visit).open(visit.request.query_params)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What is looked at, apart from the leads that were found."""

    times: int
    """How often anything had been asked for when this was."""
    asked: Asked
    notes: Sequence[str]
    filters: LeadFilters


class _Page:
    """The leads that one browser looks at."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._say = visit.language.text
        self._asked_times = 0

    async def open(self, query: Mapping[str, str]) -> None:
        """Draw what the address asks for."""
        asked = self._read(query)[0]
        found = await lead_filters(self._visit.workspace, asked.wanted.score)
        draw_form(self._visit, asked, found, self._change)
        # It stays where it is, so that whoever hears the page is told what changes in it.
        self._status = box("p", "unseen", role="status")
        self._body = box("div", "found")
        self._aside = box("div")
        await self._draw(query)

    async def _change(self, query: Mapping[str, str]) -> None:
        """Draw what the form asks for now, and have the address say so."""
        if not self._visit.is_still_in():
            ui.navigate.to(paths.LOGIN)
            return
        address = self._read(query)[0].address()
        if await self._draw(query):
            ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")

    def _read(self, query: Mapping[str, str]) -> tuple[Asked, list[str]]:
        """Return what is asked for, and what is to be said of it."""
        workspace = self._visit.workspace
        scores = workspace.configuration.model.scores
        asked, unknown = Asked.read(query, scores, workspace.order)
        return asked, [self._say(UNKNOWN[kind], name=name) for kind, name in unknown]

    async def _draw(self, query: Mapping[str, str]) -> bool:
        """Draw what is asked for; return whether it is still what somebody wants to see."""
        self._asked_times += 1
        times = self._asked_times
        asked, notes = self._read(query)
        filters = await lead_filters(self._visit.workspace, asked.wanted.score)
        try:
            asked, pages, leads = await self._look(asked)
        except ConfigError:
            if asked.cursor is None:
                raise
            notes.append(self._say("This address led to a page that there is no more."))
            asked, pages, leads = await self._look(asked.other())
        sight = _Sight(times=times, asked=asked, notes=notes, filters=filters)
        is_looking = len(leads.lines) < PAGE and leads.further is not None
        is_wanted = self._show(sight, leads, is_looking=is_looking)
        if is_wanted and is_looking:
            with self._aside:
                later(self._visit, partial(self._look_on, sight, pages, leads))
        return is_wanted

    async def _look_on(
        self, sight: _Sight, pages: AsyncIterator[LeadLines], leads: LeadLines
    ) -> None:
        """Show who is found further on, for as long as nothing else is asked for."""
        async for each in pages:
            leads = each
            if not self._show(sight, leads, is_looking=True):
                return
        self._show(sight, leads, is_looking=False)

    def _show(self, sight: _Sight, leads: LeadLines, *, is_looking: bool) -> bool:
        """Draw what was found; return whether it is still what somebody wants to see."""
        if sight.times != self._asked_times:
            return False
        self._body.clear()
        with self._body:
            self._draw_found(sight, leads, is_looking=is_looking)
        return True

    async def _look(self, asked: Asked) -> tuple[Asked, AsyncIterator[LeadLines], LeadLines]:
        """Return a page of leads as it fills, and as it is at once.

        The first one is as it is, not as one comes back to it.
        """
        pages = filling(self._visit.workspace, asked.wanted, cursor=asked.cursor)
        leads = await anext(pages)
        if asked.cursor and leads.lines and leads.before is None:
            return await self._look(asked.other())
        return asked, pages, leads

    def _draw_found(self, sight: _Sight, leads: LeadLines, *, is_looking: bool) -> None:
        asked = sight.asked
        model = self._visit.workspace.configuration.model
        told = self._visit.language.plural(
            "{number} lead on this page.", "{number} leads on this page.", len(leads.lines)
        )
        self._status.clear()
        with self._status:
            text("span", told)
        if sight.notes:
            with box("div", "notice fair"):
                for note in sight.notes:
                    text("p", note)
        draw_chosen(self._visit, asked)
        with box("div", "bar"):
            draw_stages(self._visit, asked, sight.filters)
            draw_orderings(self._visit, asked, model)
            if leads.lines:
                everybody = replace(asked, cursor=None).address(paths.LEADS_FILE)
                link(self._say("Export as CSV"), everybody, "button export")
        if leads.lines:
            draw_rows(self._visit, asked, model, leads.lines)
        else:
            self._draw_nobody(sight, leads)
        if is_looking:
            text("p", self._say("Looking further…"), "foot")
        else:
            self._draw_ways(asked, leads)

    def _draw_nobody(self, sight: _Sight, leads: LeadLines) -> None:
        say = self._say
        with box("div", "empty"):
            if not sight.filters.persons:
                text("p", say("Nobody is scored yet."), "strong")
                text("p", say("Those whom your platforms know appear here once they are scored."))
            elif leads.further:
                text("p", say("Nobody was found so far."), "strong")
                text("p", say("There are more to be looked through."))
            elif sight.asked.cursor:
                text("p", say("Nobody comes after those."), "strong")
            else:
                text("p", say("Nobody fits."), "strong")
                link(say("Show all leads"), paths.LEADS)

    def _draw_ways(self, asked: Asked, leads: LeadLines) -> None:
        """Draw the ways to the pages around this one."""
        say, language = self._say, self._visit.language
        if not (asked.cursor or leads.cursor):
            return
        with box("nav", "foot pages", aria_label=say("Pages of leads")):
            if leads.before:
                before = asked.page(leads.before, -1).address()
                link(f"\N{LEFTWARDS ARROW} {say('Previous')}", before, "button", rel="prev")
            elif asked.cursor and not leads.lines:
                link(say("Back to the first page"), asked.other().address(), "button")
            if asked.number is not None:
                text("span", say("Page {number}", number=language.number(asked.number)))
            if leads.cursor:
                after = asked.page(leads.cursor, 1).address()
                label = say("Next") if len(leads.lines) == PAGE else say("Look further")
                link(f"{label} \N{RIGHTWARDS ARROW}", after, "button", rel="next")
