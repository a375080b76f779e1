"""What each platform was told of somebody and when, what is left, and what was done for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.ledger import FiringState
from connector.sync.looking.deliveries import cause_of
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import at
from connector.web.dashboard.language import NOTHING, marked
from connector.web.dashboard.lead.who import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.domain.ledger import Firing
    from connector.sync.looking.telling import Telling, ToldPlatform
    from connector.web.dashboard.frame import Visit
    from connector.web.dashboard.language import Language

_ROW_STATES: Mapping[str, tuple[str, str]] = {
    "clean": (marked("Up to date"), "done"),
    "pending": (marked("To be sent"), "pending"),
    "in_flight": (marked("Being sent"), "in_flight"),
    "dead": (marked("Given up"), "dead"),
}
"""By the state of what is to be told: what it is called, and how it is marked."""
_DEED_STATES: Mapping[FiringState, tuple[str, str]] = {
    FiringState.WAITING: (marked("Waiting for room"), "waiting"),
    FiringState.PENDING: (marked("To be sent"), "pending"),
    FiringState.IN_FLIGHT: (marked("Being sent"), "in_flight"),
    FiringState.DONE: (marked("Done"), "done"),
    FiringState.DROPPED: (marked("Called off"), "pending"),
    FiringState.DEAD: (marked("Given up"), "dead"),
}
_DEED_KINDS: Mapping[str, str] = {
    "email": marked("E-mail"),
    "campaign": marked("Automation"),
    "push": marked("Contact created where absent"),
    "task": marked("Task"),
    "note": marked("Note"),
}
"""What is done on platforms; a courier's lane says by its name what it does."""
_SAYING: Mapping[str, str] = {"task": "title", "note": "text"}
"""Under what those that say anything say it."""


def draw_told(visit: Visit, telling: Telling) -> None:
    """Draw each platform that is told anything, and what triggers had done."""
    say = visit.language.text
    told = [each for each in telling.platforms if each.row is not None]
    with card(say("What platforms were told")):
        if not told:
            text("p", say("Nothing is written to any platform."), "sub")
        for each in told:
            _draw_platform(visit, each)
    if telling.actions:
        with card(say("What was done")), box("ul", "deeds"):
            for action in telling.actions:
                with box("li"):
                    _draw_deed(visit, action)


def _draw_platform(visit: Visit, platform: ToldPlatform) -> None:
    say, language = visit.language.text, visit.language
    now = visit.desk.clock.now()
    with box("div", "told"):
        with box("div", "told-head"):
            text("h3", platform.name)
            if platform.row is not None:
                words, mark = _ROW_STATES[platform.row.state.value]
                text("span", say(words), f"state {mark}")
                if platform.row.confirmed_at is not None:
                    time = language.moment(platform.row.confirmed_at, now)
                    text("span", say("confirmed {time}", time=time), "sub")
        _draw_things(visit, platform)
        if platform.left is None:
            return
        if platform.left.cause:
            cause = language.with_times(platform.left.cause.removeprefix(f"{platform.name}: "))
            is_dead = platform.left.state == "dead"
            text("p", cause, "cause" if is_dead else "sub")
        if platform.left.next_try_at is not None and platform.left.state != "dead":
            time = language.moment(platform.left.next_try_at, now)
            text("p", say("Tried again at {time}.", time=time), "sub")
        link(say("See its deliveries"), at(paths.DELIVERIES, to=platform.name))


def _draw_things(visit: Visit, platform: ToldPlatform) -> None:
    say = visit.language.text
    title = say("What {platform} shows", platform=platform.name)
    head = [(say("What"), ""), (say("Shown there"), ""), (say("To be shown"), "")]
    with table(title, head, "things"):
        for name, there, wanted, note in _things(visit, platform):
            with box("tr"):
                text("th", name, scope="row")
                text("td", there)
                with box("td", "differs" if wanted != there else "sub"):
                    text("span", wanted)
                    if note:
                        text("span", note, "line sub")


def _things(visit: Visit, platform: ToldPlatform) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is told: its name, what is shown there, what is to be, and a note."""
    say = visit.language.text
    drift = say("changed there, and left so")
    told = [
        *((each.name, each) for each in platform.attributes),
        *((say("list {name}", name=each.name), each) for each in platform.lists),
        *((say("tag {name}", name=each.name), each) for each in platform.tags),
    ]
    for name, each in told:
        there, wanted = shown(visit, each.confirmed), shown(visit, each.desired)
        yield name, there, wanted, drift if each.is_drift else ""
    row = platform.row
    if row is not None and (row.desired.stage or row.confirmed.stage):
        there, wanted = row.confirmed.stage or NOTHING, row.desired.stage or NOTHING
        yield say("Stage"), there, wanted, ""


def _draw_deed(visit: Visit, deed: Firing) -> None:
    say, language = visit.language.text, visit.language
    words, mark = _DEED_STATES[deed.state]
    when = language.moment(deed.at, visit.desk.clock.now())
    with box("div", "told-head"):
        text("span", deed.trigger, "strong")
        text("span", say(words), f"state {mark}")
        text("span", when, "sub")
    with box("div", "told-head"):
        text("span", deed.destination, "code sub")
        for each in done_by(language, deed):
            text("span", each, "sub")
    if cause := cause_of(deed):
        text("span", cause, "line cause" if mark == "dead" else "line sub")


def done_by(language: Language, deed: Firing) -> Sequence[str]:
    """Return what a deed on a platform is, and what it says, in words."""
    kind = _DEED_KINDS.get(deed.kind)
    if kind is None:
        return []
    told = deed.params.get(_SAYING.get(deed.kind, ""))
    return [language.text(kind), *([str(told)] if told else [])]
