"""What would become of everybody under a draft: drawn from what `simulate --json` tells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from connector.domain.durations import parse_duration
from connector.errors import Problem
from connector.sync.deciding.versions import ModelChange
from connector.sync.looking.rule_words import span
from connector.sync.simulating.trials import TrialState
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import at
from connector.web.dashboard.language import NOTHING, marked
from connector.web.dashboard.model import draw_changes, draw_problem
from connector.web.dashboard.wording import RuleWords, points_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.web.dashboard.frame import Visit

Told: TypeAlias = "Mapping[str, Any]"

STATE_WORDS: Mapping[TrialState, str] = {
    TrialState.WAITING: marked("Waiting"),
    TrialState.RUNNING: marked("Under way"),
    TrialState.DONE: marked("Done"),
    TrialState.REFUSED: marked("Problems in the draft"),
    TrialState.FAILED: marked("Failed"),
    TrialState.CANCELLED: marked("Cancelled"),
}
_STATUS: Mapping[str, str] = {"new": marked("new"), "gone": marked("gone")}
_MEASURES: Mapping[str, str] = {
    "contacts": marked("Contacts with it"),
    "mean": marked("On average"),
    "median": marked("Half is below"),
    "p90": marked("A tenth is above"),
    "most": marked("The most"),
}
_SHOWN_REASONS = 3
_ARROW = " → "


def draw(visit: Visit, told: Told) -> None:
    """Draw all of it."""
    _draw_summary(visit, told)
    for name, score in told["scores"].items():
        _draw_score(visit, name, score)
        if movers := told["movers"].get(name):
            _draw_movers(visit, name, movers)
    _draw_memberships(visit, told["memberships"])
    _draw_alerts(visit, told["alerts"], told)
    if told["notes"]:
        with card(visit.language.text("Worth a look"), "advice"), box("ul", "remarks"):
            for each in told["notes"]:
                with box("li"):
                    draw_problem(Problem(**each))


def _draw_summary(visit: Visit, told: Told) -> None:
    say, language = visit.language.text, visit.language
    since, end = datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["at"])
    title = say("What the draft changes")
    with card(title):
        count = language.plural("{number} contact", "{number} contacts", told["contacts"])
        if since == end:
            pace = say("as of {time}", time=language.time(end))
        else:
            step = span(parse_duration(told["step"]), RuleWords(language))
            pace = say(
                "replayed from {since} to {time} in steps of {step}",
                since=language.time(since),
                time=language.time(end),
                step=step,
            )
        text("p", f"{count}, {pace}", "sub")
        if since != end:
            text("p", say("“Now” is the same replay by the rules in force."), "sub")
        draw_changes(visit, title, [ModelChange(**each) for each in told["edits"]])


def _draw_score(visit: Visit, name: str, score: Told) -> None:
    say, language = visit.language.text, visit.language
    title = say("{score} under the draft", score=name)
    with card(title, "score"):
        if score["status"] != "both":
            text("p", say(_STATUS[score["status"]]), "state waiting")
        moved = [each for each in score["moves"] if each["before"] != each["after"]]
        if score["moves"]:
            people = sum(each["contacts"] for each in moved)
            told = language.plural(
                "{number} contact changes stage.", "{number} contacts change stage.", people
            )
            text("p", told if people else say("Nobody changes stage."), "strong moved")
            _draw_moves(visit, moved)
        with box("div", "halves"):
            if score["moves"]:
                _draw_stages(visit, name, score["moves"])
            _draw_measures(visit, score)


def _draw_moves(visit: Visit, moved: Sequence[Told]) -> None:
    if not moved:
        return
    outside = visit.language.text("outside")
    with box("ul", "moves"):
        for each in sorted(moved, key=lambda each: -each["contacts"]):
            stages = (each["before"] or outside, each["after"] or outside)
            with box("li"):
                text("span", _ARROW.join(stages))
                text("span", visit.language.number(each["contacts"]), "count")


def _draw_stages(visit: Visit, score: str, moves: Sequence[Told]) -> None:
    say = visit.language.text
    present = visit.workspace.configuration.model.scores.get(score)
    ladder = [rung.name for rung in reversed(present.stages)] if present else []
    found = [each[side] for side in ("after", "before") for each in moves]
    names = dict.fromkeys([*ladder, *sorted({name for name in found if name is not None})])
    title = say("Stages of {score}", score=score)
    rows = [
        (name, *(_standing(moves, side, name) for side in ("before", "after"))) for name in names
    ]
    if None in found:
        rows.append(
            (say("outside"), *(_standing(moves, side, None) for side in ("before", "after")))
        )
    _draw_both(visit, title, say("Stage"), rows, digits=0)


def _standing(moves: Sequence[Told], side: str, name: str | None) -> int:
    return sum(each["contacts"] for each in moves if each[side] == name)


def _draw_measures(visit: Visit, score: Told) -> None:
    say = visit.language.text
    before, after = score["before"] or {}, score["after"] or {}
    rows = [(say(words), before.get(name), after.get(name)) for name, words in _MEASURES.items()]
    _draw_both(visit, say("How it spreads"), say("Points"), rows, digits=1)


def _draw_both(
    visit: Visit,
    title: str,
    what: str,
    rows: Sequence[tuple[str, float | None, float | None]],
    *,
    digits: int,
) -> None:
    """Draw numbers of now and of the draft, and by how much they differ."""
    say, language = visit.language.text, visit.language
    head = [(what, ""), (say("Now"), "num"), (say("Draft"), "num"), (say("Difference"), "num")]
    with box("div"), table(title, head):
        for name, before, after in rows:
            with box("tr"):
                text("th", name, scope="row")
                for value in (before, after):
                    shown = NOTHING if value is None else language.number(round(value, digits))
                    text("td", shown, "num")
                difference = round((after or 0) - (before or 0), digits)
                told = points_of(language, difference) if difference else NOTHING
                text("td", told, "num strong" if difference else "num sub")


def _draw_movers(visit: Visit, score: str, movers: Sequence[Told]) -> None:
    say, language = visit.language.text, visit.language
    head = [
        (say("Contact"), ""),
        (say("Now"), "num"),
        (say("Draft"), "num"),
        (say("Stage"), ""),
        (say("Why"), "wide"),
    ]
    title = say("Who moves most in {score}", score=score)
    with card(title), table(title, head, "stacked movers"):
        for each in movers:
            with box("tr"):
                with box("th", "", scope="row"):
                    _draw_contact(each["contact"])
                for place, side in enumerate(("before", "after"), start=1):
                    value = each[side]
                    shown = say("outside") if value is None else language.number(round(value, 1))
                    text("td", shown, "num", data_title=head[place][0])
                stages = [each[f"stage_{side}"] or say("outside") for side in ("before", "after")]
                is_staged = any(each[f"stage_{side}"] for side in ("before", "after"))
                told = _ARROW.join(dict.fromkeys(stages)) if is_staged else NOTHING
                text("td", told, "when", data_title=head[3][0])
                text("td", _why(visit, each["reasons"]), "wide sub", data_title=head[4][0])


def _why(visit: Visit, reasons: Sequence[Told]) -> str:
    language = visit.language
    told = []
    for each in reasons[:_SHOWN_REASONS]:
        status = _STATUS.get(each["status"])
        new = f" ({language.text(status)})" if status else ""
        points = (points_of(language, each[side]) for side in ("before", "after"))
        told.append(f"{each['rule']}{new} {_ARROW.join(points)}")
    if (rest := len(reasons) - _SHOWN_REASONS) > 0:
        told.append(language.plural("and {number} more", "and {number} more", rest))
    return ", ".join(told)


def _draw_contact(contact: Told) -> None:
    link(contact["email"] or contact["id"], at(paths.LEAD, contact=contact["id"]))


def _draw_memberships(visit: Visit, found: Sequence[Told]) -> None:
    if not found:
        return
    say, language = visit.language.text, visit.language
    head = [
        (say("List or tag"), ""),
        (say("Now"), "num"),
        (say("Draft"), "num"),
        (say("In"), "num"),
        (say("Out"), "num"),
        (say("For example"), "wide"),
    ]
    title = say("Lists and tags")
    with card(title), table(title, head, "stacked"):
        for each in found:
            with box("tr"):
                with box("th", "", scope="row"):
                    text("span", each["name"])
                    status = _STATUS.get(each["status"])
                    what = f"{each['platform']} · {say(status)}" if status else each["platform"]
                    text("span", what, "sub line")
                for place, name in enumerate(("before", "after", "gained", "lost"), start=1):
                    count = language.number(each[name]) if each[name] else NOTHING
                    text("td", count, "num", data_title=head[place][0])
                with box("td", "wide examples", data_title=head[5][0]), box("span"):
                    _draw_examples(visit, say("in:"), each["examples_gained"])
                    _draw_examples(visit, say("out:"), each["examples_lost"])


def _draw_examples(visit: Visit, how: str, contacts: Sequence[Told]) -> None:
    if not contacts:
        return
    with box("span", "line"):
        text("span", how, "sub")
        for each in contacts[:_SHOWN_REASONS]:
            _draw_contact(each)
        if (rest := len(contacts) - _SHOWN_REASONS) > 0:
            more = visit.language.plural("and {number} more", "and {number} more", rest)
            text("span", more, "sub")


def _draw_alerts(visit: Visit, alerts: Mapping[str, Told], told: Told) -> None:
    if not alerts or told["since"] == told["at"]:
        return
    say = visit.language.text
    title = say("Alerts per week")
    head = [(say("Week"), "")]
    for name, each in alerts.items():
        status = _STATUS.get(each["status"])
        head.append((f"{name} ({say(status)})" if status else name, "num"))
    weeks = [each["week"] for each in next(iter(alerts.values()))["weeks"]]
    with card(title):
        text("p", say("How often each trigger fires now, and under the draft."), "sub")
        with table(title, head, "alerts"):
            for place, week in enumerate(weeks):
                pairs = [each["weeks"][place] for each in alerts.values()]
                _draw_week(visit, week, pairs)
            _draw_week(visit, say("Together"), [*alerts.values()])


def _draw_week(visit: Visit, name: str, pairs: Sequence[Told]) -> None:
    language = visit.language
    with box("tr"):
        text("th", name, scope="row")
        for each in pairs:
            shown = [language.number(each[side]) for side in ("before", "after")]
            is_other = each["before"] != each["after"]
            text("td", _ARROW.join(shown), "num strong" if is_other else "num sub")
