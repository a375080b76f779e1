"""The page on which a draft of the model is written, tried, and its effect shown."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from nicegui import ui

from connector.errors import NotFound
from connector.sync.simulating.draft import files_in_force
from connector.sync.simulating.trials import TrialState
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, button, card, link, text
from connector.web.dashboard.frame import Visit, at, page
from connector.web.dashboard.model import draw_problem
from connector.web.dashboard.simulate import result
from connector.web.dashboard.simulate.editor import draw_editor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.sync.simulating.trials import Trial

EVERY = 1.0
"""Seconds after which the page looks how far a simulation is."""


@page(paths.SIMULATE)
async def show(visit: Visit) -> None:
    """Draw the page."""
    ui.add_head_html(f'<script src="{paths.SIMULATE_SCRIPT}" defer></script>')
    say = visit.language.text
    text(
        "p",
        say(
            "Change the mapping files, and see whom that would move. Nothing is written, and "
            "nothing put in force."
        ),
        "sub lead-in",
    )
    trial = _asked(visit)
    if trial is not None:
        await _Outcome(visit, trial.id).follow()
    present = files_in_force(visit.workspace.configuration)
    draw_editor(visit, present, _texts(present, trial), trial)
    _draw_others(visit, trial)


def _asked(visit: Visit) -> Trial | None:
    """Return the trial that the address names; one that is gone is told of."""
    trial_id = visit.request.query_params.get("id")
    if not trial_id:
        return None
    try:
        return visit.desk.trials.find(trial_id)
    except NotFound:
        _draw_gone(visit)
        return None


def _draw_gone(visit: Visit) -> None:
    say = visit.language.text
    with box("div", "notice fair", role="status"):
        text("strong", say("This simulation is not known any more."))
        why = say(
            "The last few are kept for an hour, each by its own process, and until somebody is "
            "forgotten."
        )
        text("p", why)


def _texts(present: Mapping[str, str], trial: Trial | None) -> Mapping[str, str]:
    return present if trial is None else {**present, **trial.files}


def _draw_others(visit: Visit, trial: Trial | None) -> None:
    """Draw a way to the other simulations that are kept."""
    say, language = visit.language.text, visit.language
    others = [each for each in visit.desk.trials.latest() if trial is None or each.id != trial.id]
    if not others:
        return
    now = visit.desk.clock.now()
    with card(say("Other simulations"), "others"), box("ul"):
        for each in others:
            with box("li"):
                label = language.moment(each.asked_at, now)
                count = each.question.weeks
                weeks = language.plural("{number} week", "{number} weeks", count)
                span = weeks if count else say("without a replay")
                told = say("Of {time}, {weeks}", time=label, weeks=span)
                link(told, at(paths.SIMULATE, id=each.id))
                text("span", say(result.STATE_WORDS[each.state]), f"state {each.state}")


class _Outcome:
    """What became of a trial so far, drawn anew as it goes on."""

    def __init__(self, visit: Visit, trial_id: str) -> None:
        self._visit, self._id = visit, trial_id
        self._say = visit.language.text
        self._body = box("div", "outcome", role="status")
        self._rest = box("div", "outcome")
        self._shown: tuple[TrialState, float] | None = None
        self._progress: _Progress | None = None
        self._is_gone = False

    async def follow(self) -> None:
        """Draw it, and draw it again while the page is open and its session lasts."""
        await self._draw()
        ui.timer(EVERY, self._renew, immediate=False)

    async def _renew(self) -> None:
        # Nobody is led away to log in: the draft below may have been written on.
        if self._visit.is_still_in():
            await self._draw()

    async def _draw(self) -> None:
        """Draw it if it has changed; it is let go of once somebody in it may be forgotten."""
        try:
            trial = self._visit.desk.trials.find(self._id)
        except NotFound:
            self._draw_nothing()
            return
        if self._shown == (trial.state, trial.share):
            return
        self._shown = trial.state, trial.share
        if trial.state is TrialState.RUNNING and self._progress is not None:
            # Whoever is about to press the button beside it shall meet it.
            self._progress.show(trial.share)
            return
        self._progress = None
        self._body.clear()
        with self._body:
            self._draw_state(trial)
        self._rest.clear()
        with self._rest:
            if trial.state is TrialState.REFUSED:
                self._draw_problems(trial)
            elif trial.result is not None:
                result.draw(self._visit, trial.result)

    def _draw_nothing(self) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._body.clear()
            self._rest.clear()
            with self._body:
                _draw_gone(self._visit)

    def _draw_state(self, trial: Trial) -> None:
        say = self._say
        match trial.state:
            case TrialState.WAITING:
                with box("div", "notice fair"):
                    text("strong", say("Waiting"))
                    text("span", say("Another simulation is under way; this one begins after it."))
                    button(say("Cancel"), self._cancel, "small")
            case TrialState.RUNNING:
                with box("div", "notice running"):
                    text("strong", say("Simulating"))
                    self._progress = _Progress(self._visit)
                    self._progress.show(trial.share)
                    button(say("Cancel"), self._cancel, "small")
            case TrialState.FAILED:
                with box("div", "notice bad"):
                    text("strong", say("The simulation failed"))
                    text("span", trial.error or "")
            case TrialState.CANCELLED:
                with box("div", "notice"):
                    text("strong", say("Cancelled"))
            case TrialState.REFUSED:
                with box("div", "notice bad"):
                    told = self._visit.language.plural(
                        "{number} problem in the draft",
                        "{number} problems in the draft",
                        len(trial.problems),
                    )
                    text("strong", told)
            case TrialState.DONE:
                text("span", say("The simulation is done."), "unseen")

    def _draw_problems(self, trial: Trial) -> None:
        with card(self._say("To mend"), "advice"), box("ul", "remarks"):
            for each in trial.problems:
                with box("li"):
                    draw_problem(each)
                    if each.file is not None and each.line is not None:
                        line = str(each.line)
                        label = self._say("Show line {line}", line=line)
                        more = {"data_go": line, "data_file": each.file, "type": "button"}
                        text("button", label, "button small", **more)

    async def _cancel(self) -> None:
        if not self._visit.is_still_in():
            ui.navigate.to(paths.LOGIN)
            return
        with suppress(NotFound):
            await self._visit.desk.trials.cancel(self._id)
        await self._draw()


class _Progress:
    """How far a simulation is, as a bar and in words."""

    def __init__(self, visit: Visit) -> None:
        self._language = visit.language
        label = self._language.text("How far the simulation is")
        self._bar = box("progress", "", max="100", aria_label=label)
        self._words = text("span", "")

    def show(self, share: float) -> None:
        """Let it be as far as `share`, from 0 to 1."""
        self._bar.props["value"] = str(round(100 * share))
        self._bar.update()
        self._words.set_text(self._language.share(share))
