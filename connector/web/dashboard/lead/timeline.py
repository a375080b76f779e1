"""What happened to somebody on all platforms, newest first, and what each event gave."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING

from connector.scoring.rules.gifts import CAP, ONCE_PER, UNLESS, WAITS
from connector.sync.looking.timeline import EXCLUDED, GROUP, GUARD, IGNORED, PAGE, TO_COME, TOO_OLD
from connector.sync.looking.timeline import happenings as asked_for
from connector.web.dashboard.drawing import box, button, card, text
from connector.web.dashboard.frame import while_in
from connector.web.dashboard.language import marked
from connector.web.dashboard.lead.who import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.timeline import Gift, Happening, Happenings
    from connector.web.dashboard.frame import Visit

MOST = 500
"""So many events are shown at once: each costs the browser its room."""
_FIELDS = 4
"""So many fields of an event are shown, the first ones of _FIRST that it has."""
_LONGEST = 90
"""Characters of a field that are shown."""
_FIRST = ("title", "url", "campaign_name", "form_name", "list_name", "product", "amount", "asset")
_MACHINE = "is_machine"
"""Told only of events that a machine made."""
_SAME = 0.005
"""The least difference that two decimals show."""
_WHY: Mapping[str, str] = {
    ONCE_PER: marked("another event of the same kind counted before it"),
    UNLESS: marked("another event took it back"),
    WAITS: marked("it counts later, if nothing takes it back"),
    CAP: marked("the most that the rule gives in its span was reached"),
    GUARD: marked("what the rule asks of the contact does not hold"),
    GROUP: marked("the ceiling of the rule\N{RIGHT SINGLE QUOTATION MARK}s group is reached"),
    EXCLUDED: marked("the contact is not scored"),
}
_UNSEEN: Mapping[str, str] = {
    TO_COME: marked("It is still to come."),
    TOO_OLD: marked("It is too old to count."),
    IGNORED: marked("The configuration ignores it."),
}


class Timeline:
    """The events of one person, as far as somebody has looked back."""

    def __init__(self, visit: Visit, contact: str) -> None:
        """Take whose events are shown; nothing is drawn yet."""
        self._visit, self._contact = visit, contact
        self._say = visit.language.text
        self._events: list[Happening] = []
        self._total = 0
        self._cursor: str | None = None
        self._turn = asyncio.Lock()
        self._body = box("div")

    async def draw(self) -> None:
        """Draw the latest events, as many as were shown before."""
        async with self._turn:
            await self._read(None, min(MOST, max(PAGE, len(self._events))))

    async def draw_earlier(self) -> None:
        """Draw those before them as well; whoever asks twice at once is taken farther back."""
        async with self._turn:
            if self._cursor is not None:
                await self._read(self._cursor, PAGE)

    async def _read(self, cursor: str | None, limit: int) -> None:
        visit = self._visit
        now = visit.desk.clock.now()
        found = await asked_for(visit.workspace, self._contact, now, cursor=cursor, limit=limit)
        self._take(found, is_first=cursor is None)
        self._body.clear()
        with self._body:
            self._draw()

    def _take(self, found: Happenings, *, is_first: bool) -> None:
        self._events = [*([] if is_first else self._events), *found.events]
        self._total, self._cursor = found.total, found.cursor

    def _draw(self) -> None:
        say, language = self._say, self._visit.language
        with card(say("What happened"), "timeline"):
            if not self._events:
                text("p", say("No platform told of anything yet."), "sub")
                return
            zone = language.zone
            days = groupby(self._events, key=lambda each: each.at.astimezone(zone).date())
            for _, events in days:
                self._draw_day(list(events))
            with box("p", "foot"):
                counts = {"shown": language.number(len(self._events))}
                text(
                    "span",
                    say("{shown} of {total} shown.", **counts, total=language.number(self._total)),
                )
                if self._cursor is not None and len(self._events) < MOST:
                    earlier = while_in(self._visit, self.draw_earlier)
                    button(say("Earlier events"), earlier, "small")

    def _draw_day(self, events: Sequence[Happening]) -> None:
        text("h3", self._visit.language.day(events[0].at), "day")
        with box("ol", "events"):
            for each in events:
                with box("li", "event"):
                    text("span", self._visit.language.clock(each.at), "clock sub")
                    with box("div", "what"):
                        text("span", each.type, "code")
                        text("span", each.platform, "sub beside")
                        self._draw_fields(each.fields)
                    with box("div", "gifts"):
                        self._draw_gifts(each)

    def _draw_fields(self, fields: Mapping[str, object]) -> None:
        told = [name for name, value in fields.items() if not (name == _MACHINE and not value)]
        names = sorted(told, key=lambda name: (_place(name), name))
        for name in names[:_FIELDS]:
            with box("span", "line sub"):
                text("span", f"{name}: ", "name")
                text("span", _cut(shown(self._visit, fields[name])))
        if (rest := len(names) - _FIELDS) > 0:
            more = self._visit.language.plural("and {number} more", "and {number} more", rest)
            text("span", more, "line sub")

    def _draw_gifts(self, event: Happening) -> None:
        if event.unseen is not None:
            text("span", self._say(_UNSEEN[event.unseen]), "sub")
        for gift in event.gifts:
            self._draw_gift(gift)
        for rule, points in event.part_of.items():
            together = self._visit.language.points(points)
            with box("div", "gift"):
                text("span", "", "given")
                with box("div"):
                    text("span", rule, "code")
                    told = self._say("{points} for several events", points=together)
                    text("span", told, "sub beside")

    def _draw_gift(self, gift: Gift) -> None:
        language = self._visit.language
        kind = "gain" if gift.given > _SAME else "loss" if gift.given < -_SAME else "sub"
        with box("div", "gift"):
            text("span", language.points(gift.given), f"given {kind}")
            with box("div"):
                text("span", gift.rule, "code")
                if abs(gift.left - gift.given) > _SAME and gift.reason is None:
                    left = language.points(gift.left)
                    text("span", self._say("{points} left now", points=left), "sub beside")
                if gift.reason is not None:
                    text("span", self._say(_WHY[gift.reason]), "line sub")


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _cut(told: str) -> str:
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
