"""What is on its way or was given up, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from nicegui import ui

from connector.errors import ConnectorError
from connector.sync import replaying
from connector.sync.looking.deliveries import STATES, State, deliveries
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, button, link, table, text
from connector.web.dashboard.frame import Visit, at, page
from connector.web.dashboard.language import NOTHING, marked, plurally

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from connector.sync.looking.deliveries import Deliveries, Delivery

PAGES_OF = (50, 200, 1000)
"""How many are shown: at first, and whenever more are asked for."""
STATE_WORDS: Mapping[str, str] = {
    "dead": marked("Given up"),
    "in_flight": marked("In hand"),
    "pending": marked("Pending"),
    "waiting": marked("Waiting for room"),
}
_KINDS: Mapping[str, str] = {
    "write": marked("Write"),
    "action": marked("Action"),
    "call": marked("Webhook call"),
}
_AGAIN = plurally(
    "{number} delivery is tried again: its state tells what comes of it.",
    "{number} deliveries are tried again: their states tell what comes of them.",
)
_DROPPED = plurally("{number} delivery was dropped.", "{number} deliveries were dropped.")
_LONGEST_NAME = 50
_SHOWN_WORDS = 6
"""So many things that one write changes are named, the others counted."""

_log = structlog.get_logger("heatsync.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which deliveries somebody wants to see."""

    state: State | None
    to: str | None
    limit: int

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        """Return what the address of the page asks for; nonsense in it asks for nothing."""
        state, limit = query.get("state"), query.get("limit", "")
        return cls(
            state=next((each for each in STATES if each == state), None),
            to=query.get("to") or None,
            limit=next((each for each in PAGES_OF if str(each) == limit), PAGES_OF[0]),
        )

    def address(self, **other: str | int | None) -> str:
        """Return the address of the page with this and that asked otherwise."""
        return at(paths.DELIVERIES, **{"state": self.state, "to": self.to, **other})


@page(paths.DELIVERIES)
async def show(visit: Visit) -> None:
    """Draw the page."""
    asked = Asked.read(visit.request.query_params)
    given = visit.request.query_params.get("state")
    if given and asked.state is None:
        with box("div", "notice fair", role="status"):
            name = given[:_LONGEST_NAME]
            told = visit.language.text("There is no state {name}: all are shown.", name=name)
            text("strong", told)
    await _Page(visit, asked).draw()


class _Page:
    """The deliveries that one browser looks at."""

    def __init__(self, visit: Visit, asked: Asked) -> None:
        self._visit, self._asked = visit, asked
        self._say = visit.language.text
        self._body = box("div")

    async def draw(self) -> None:
        found = await deliveries(
            self._visit.workspace,
            to=self._asked.to,
            state=self._asked.state,
            limit=self._asked.limit,
        )
        self._body.clear()
        with self._body:
            self._draw_filters(found)
            if found.shown:
                self._draw_table(found)
            else:
                self._draw_nothing()

    def _draw_filters(self, found: Deliveries) -> None:
        language, asked = self._visit.language, self._asked
        total = {
            state: sum(each.get(state, 0) for each in found.counts.values()) for state in STATES
        }
        with box("div", "bar"):
            with box("nav", "tabs", aria_label=self._say("States")):
                self._tab(self._say("All"), sum(total.values()), asked.address(state=None), None)
                for state in STATES:
                    label = self._say(STATE_WORDS[state])
                    self._tab(label, total[state], asked.address(state=state), state)
            if total["dead"] and asked.state in {None, "dead"}:
                label = language.plural(
                    "Try {number} again", "Try all {number} again", total["dead"]
                )
                button(label, self._ask_for_all(total["dead"]), "primary")
        receivers = sorted({name.removeprefix("calls of ") for name in found.counts})
        if asked.to or len(receivers) > 1:
            with box("nav", "chips", aria_label=self._say("Receivers")):
                self._chip(self._say("All receivers"), None)
                for name in sorted({*receivers, *([asked.to] if asked.to else [])}):
                    self._chip(name, name)

    def _tab(self, label: str, count: int, target: str, state: State | None) -> None:
        current = {"aria_current": "true"} if state == self._asked.state else {}
        with box("a", "tab", href=target, **current):
            text("span", label)
            text("span", self._visit.language.number(count), "count")

    def _chip(self, label: str, to: str | None) -> None:
        current = {"aria_current": "true"} if to == self._asked.to else {}
        link(label, self._asked.address(to=to), "chip", **current)

    def _draw_nothing(self) -> None:
        with box("div", "empty"):
            if self._asked.state or self._asked.to:
                text("p", self._say("Nothing here is in that state."))
                link(self._say("Show all deliveries"), paths.DELIVERIES)
                return
            text("p", self._say("Everything is delivered."), "strong")
            text("p", self._say("What waits, or is given up, appears here with its reason."))

    def _draw_table(self, found: Deliveries) -> None:
        say, language = self._say, self._visit.language
        head = [
            (say("State"), ""),
            (say("To"), ""),
            (say("Contact"), ""),
            (say("What and why"), "wide"),
            (say("Attempts"), "num"),
            (say("Since"), "when"),
            (say("Actions"), "acts"),
        ]
        with table(say("Deliveries"), head, "stacked"):
            for each in found.shown:
                self._draw_row(each, [title for title, _ in head])
        total = sum(
            count
            for states in found.counts.values()
            for state, count in states.items()
            if self._asked.state in {None, state}
        )
        with box("p", "foot"):
            shown = language.number(len(found.shown))
            text(
                "span", say("{shown} of {total} shown.", shown=shown, total=language.number(total))
            )
            more = next((each for each in PAGES_OF if each > self._asked.limit), None)
            if more and total > len(found.shown):
                link(say("Show more"), self._asked.address(limit=more))

    def _draw_row(self, each: Delivery, titles: list[str]) -> None:
        say, language = self._say, self._visit.language
        now = self._visit.desk.clock.now()
        with box("tr"):
            with box("td", "", data_title=titles[0]):
                text("span", say(STATE_WORDS[each.state]), f"state {each.state}")
            with box("td", "", data_title=titles[1]):
                text("span", each.to, "code")
                text("span", say(_KINDS[each.kind]), "sub")
            with box("td", "", data_title=titles[2]):
                if each.contact:
                    link(each.contact, at(paths.LEAD, contact=each.contact), "who")
                else:
                    text("span", NOTHING)
            with box("td", "wide", data_title=titles[3]):
                for words in each.what[:_SHOWN_WORDS]:
                    text("span", words, "line")
                if (rest := len(each.what) - _SHOWN_WORDS) > 0:
                    more = language.plural("and {number} more", "and {number} more", rest)
                    text("span", more, "line sub")
                if each.cause:
                    cause = language.with_times(each.cause.removeprefix(f"{each.to}: "))
                    text("span", cause, "line cause" if each.state == "dead" else "line sub")
                if each.next_try_at is not None and each.state != "dead":
                    when = language.moment(each.next_try_at, now)
                    text("span", say("Tried again at {time}.", time=when), "line sub")
            text("td", language.number(each.attempts), "num", data_title=titles[4])
            since = language.moment(each.since, now) if each.since else NOTHING
            text("td", since, "when", data_title=titles[5])
            with box("td", "acts", data_title=titles[6]):
                whom = each.contact or each.id
                if each.state != "in_flight":
                    again = self._replay(each.id)
                    label = say("Try again: {name}", name=whom)
                    button(say("Try again"), again, "small", aria_label=label)
                    label = say("Drop: {name}", name=whom)
                    button(say("Drop"), self._ask_to_drop(each), "small quiet", aria_label=label)

    def _replay(self, delivery_id: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            await self._handle(replaying.replay(self._visit.workspace, [delivery_id]), _AGAIN)

        return do

    def _ask_for_all(self, count: int) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            language = self._visit.language
            question = language.plural(
                "Try {number} delivery again now?", "Try {number} deliveries again now?", count
            )
            why = self._say("If its cause lasts, it is given up again.")
            if await self._confirmed(question, why, self._say("Try again")):
                work = replaying.replay_all(self._visit.workspace, self._asked.to)
                await self._handle(work, _AGAIN)

        return do

    def _ask_to_drop(self, each: Delivery) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            name = each.contact or each.id
            question = self._say(
                "Drop what is to be sent to {to} for {name}?", to=each.to, name=name
            )
            why = self._say("It is not sent any more, until something else is decided for them.")
            if await self._confirmed(question, why, self._say("Drop")):
                await self._handle(replaying.drop(self._visit.workspace, [each.id]), _DROPPED)

        return do

    async def _confirmed(self, question: str, why: str, label: str) -> bool:
        with ui.dialog() as dialog, box("div", "dialog", role="document"):
            text("h2", question)
            text("p", why, "sub")
            with box("div", "bar end"):
                text("button", self._say("Back"), "button", type="button").on(
                    "click", lambda: dialog.submit(False)
                )
                text("button", label, "button primary", type="button").on(
                    "click", lambda: dialog.submit(True)
                )
        answer = await dialog
        # What it was asked for may have been drawn anew meanwhile, and the dialog gone with it.
        if not dialog.is_deleted:
            dialog.delete()
        return bool(answer)

    async def _handle(
        self, work: Coroutine[Any, Any, replaying.Handled], words: tuple[str, str]
    ) -> None:
        """Do it, have the daemon go on with it, and say in `words` for how many."""
        if not self._visit.is_still_in():
            work.close()
            ui.navigate.to(paths.LOGIN)
            return
        try:
            done = await work
        except ConnectorError as error:
            ui.notify(str(error), type="negative")
        else:
            for job in sorted(done.jobs):
                await self._visit.desk.soon(job)
            told = self._visit.language.plural(*words, done.done)
            left = " ".join(sorted(set(done.skipped.values())))
            ui.notify(f"{told} {left}".strip(), type="warning" if left else "positive")
            _log.info("deliveries handled", done=done.done, skipped=len(done.skipped))
        await self.draw()
