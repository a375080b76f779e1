"""What a person decides in place of a score: told with its reason, set, and taken back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import structlog
from nicegui import ui

from connector.errors import ConfigError, ConnectorError
from connector.sync.deciding.overriding import clear_override, set_override
from connector.sync.tasks import SCORE_JOB
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, button, card, text
from connector.web.dashboard.language import marked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    from nicegui.events import GenericEventArguments

    from connector.domain.ledger import Override
    from connector.domain.records import Person
    from connector.scoring.model import Rung, Score
    from connector.sync.looking.explaining import Explanation
    from connector.web.dashboard.frame import Visit

LONGEST_REASON = 10_000
"""As the API takes it."""
_FORM = "(event) => emit(Object.fromEntries(new FormData(event.target)))"
"""Sends what stands in the fields of a form by their names."""
_VALUE, _REASON = "by-hand-value", "by-hand-reason"
"""Ids of the fields."""
_NO_NUMBER = marked("Write a number.")

_log = structlog.get_logger("heatsync.web")


class Overriding:
    """What is decided by hand about one person, and a form to decide it."""

    def __init__(self, visit: Visit, contact: str, changed: Callable[[], Awaitable[None]]) -> None:
        """Take whom it is about, and what is to be done once something was changed."""
        self._visit, self._contact, self._changed = visit, contact, changed
        self._say = visit.language.text
        self._told: Any = None

    def draw(self, told: Explanation, score: Score) -> None:
        """Draw what is in force, and the form for one score."""
        say = self._say
        with card(say("By hand")):
            for each in told.overrides:
                self._draw_override(each)
            form = box("form", "by-hand-form")
            form.on("submit.prevent", self._submitted(score.name), js_handler=_FORM)
            with form:
                self._draw_fields(score)
            self._told = text("p", "", "cause", role="alert")
            self._draw_taken_back(told.taken_back)

    def _draw_override(self, override: Override) -> None:
        say, language = self._say, self._visit.language
        with box("div", "decided"):
            with box("div"):
                value = language.number(override.value)
                told = say("{score} is set to {value}", score=override.score, value=value)
                text("span", told, "strong")
                text("span", language.time(override.made_at), "sub beside")
                text("span", override.reason, "line")
            label = say("Take back: {score}", score=override.score)
            take_back = self._taking_back(override.score)
            button(say("Take it back"), take_back, "small", aria_label=label)

    def _draw_taken_back(self, past: Sequence[Override]) -> None:
        """Draw what was decided once: it is recorded, and so it is shown."""
        say, language = self._say, self._visit.language
        if not past:
            return
        with box("details", "data"):
            text("summary", say("Taken back: {number}", number=language.number(len(past))))
            with box("ul", "past"):
                for each in past:
                    with box("li"):
                        value = language.number(each.value)
                        told = say("{score} was set to {value}", score=each.score, value=value)
                        text("span", told)
                        span = say(
                            "from {since} to {until}",
                            since=language.time(each.made_at),
                            until=language.time(each.cleared_at or each.made_at),
                        )
                        text("span", span, "line sub")
                        text("span", each.reason, "line")

    def _draw_fields(self, score: Score) -> None:
        say = self._say
        text("label", say("Set {score} to", score=score.name), for_=_VALUE)
        value = box("input", id=_VALUE, name="value", type="number", step="any")
        value.props["required"] = True
        if score.low is not None:
            value.props["min"] = f"{score.low:g}"
        if score.high is not None:
            value.props["max"] = f"{score.high:g}"
        if score.stages:
            label = say("Stages of {score}", score=score.name)
            with box("div", "rungs", role="group", aria_label=label):
                for rung in score.stages:
                    self._draw_rung(rung)
        text("label", say("Reason"), for_=_REASON)
        reason = box("input", id=_REASON, name="reason", type="text")
        reason.props["required"] = True
        reason.props["maxlength"] = str(LONGEST_REASON)
        text("p", say("It stands in place of what is computed until it is taken back."), "sub hint")
        text("button", say("Set by hand"), "button", type="submit")

    def _draw_rung(self, rung: Rung) -> None:
        """Draw a button that fills in where a stage begins."""
        begins = f"{rung.from_:.15g}"
        label = self._say("{stage}, from {value}", stage=rung.name, value=begins)
        fill = f"() => {{ document.getElementById('{_VALUE}').value = '{begins}' }}"
        chip = text("button", rung.name, "chip", type="button", aria_label=label, title=label)
        chip.on("click", js_handler=fill)

    def _submitted(self, score: str) -> Callable[[GenericEventArguments], Awaitable[None]]:
        async def do(event: GenericEventArguments) -> None:
            given: Mapping[str, Any] = event.args if isinstance(event.args, dict) else {}
            value, reason = _number(given.get("value")), str(given.get("reason", ""))
            if value is None:
                self._complain(self._say(_NO_NUMBER))
                return
            work = set_override(
                self._visit.workspace, self._contact, score, value, reason[:LONGEST_REASON]
            )
            await self._handle(work, self._say("{score} is set by hand.", score=score))

        return do

    def _taking_back(self, score: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            work = clear_override(self._visit.workspace, self._contact, score)
            await self._handle(work, self._say("{score} is computed again.", score=score))

        return do

    async def _handle(self, work: Coroutine[Any, Any, Person], done: str) -> None:
        """Do it, have everybody concerned scored, and say what came of it."""
        if not self._visit.is_still_in():
            work.close()
            ui.navigate.to(paths.LOGIN)
            return
        try:
            await work
        except ConfigError as error:
            self._complain(" ".join(each.message for each in error.problems))
        except ConnectorError as error:
            self._complain(str(error))
        else:
            await self._visit.desk.soon(SCORE_JOB)
            _log.info("score overridden or computed again")
            ui.notify(done, type="positive")
            await self._changed()

    def _complain(self, told: str) -> None:
        self._told.text = told


def _number(given: object) -> float | None:
    """Return the number in a field; None where there is none."""
    try:
        value = float(str(given))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
