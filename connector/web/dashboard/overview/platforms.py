"""How each platform stands, and whether anything asks for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sync.troubles import Kind
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, card, link, table, text
from connector.web.dashboard.frame import Visit, at
from connector.web.dashboard.language import NOTHING, marked
from connector.web.dashboard.overview.calls import draw_calls
from connector.web.dashboard.overview.room import room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.lags import Lag
    from connector.sync.looking.pulse import Pulse
    from connector.sync.looking.standing import Standing
    from connector.sync.troubles import Trouble

_STATES: Mapping[Kind, str] = {
    Kind.REFUSED: marked("Refuses our key"),
    Kind.STOPPED: marked("Had to be left"),
    Kind.LACKS_A_RIGHT: marked("A right is missing"),
    Kind.FAILING: marked("Not reached, or failing"),
    Kind.USED_UP: marked("Its limit is used up"),
}
_WHAT_COMES: Mapping[Kind, str] = {
    Kind.REFUSED: marked("Nothing is read or written there until it is mended."),
    Kind.STOPPED: marked("The next run asks again, and stops there again if it lasts."),
    Kind.LACKS_A_RIGHT: marked("What needs it waits, all else goes on."),
    Kind.FAILING: marked("Nothing to do: it is asked again by itself, more seldom as it lasts."),
    Kind.USED_UP: marked("Nothing to do: a later run goes on from there."),
}
_UNWRITTEN = marked("Not all can be written")
_MOST_PROBLEMS = 3
_SERIOUS = frozenset({Kind.REFUSED, Kind.STOPPED, Kind.LACKS_A_RIGHT})
"""What lasts until somebody does something."""


def draw_order(visit: Visit, now: Standing) -> None:
    """Draw in a sentence whether everything is in order."""
    say, language = visit.language.text, visit.language
    dead = sum(now.dead.values())
    serious = [each for each in now.troubles if each.kind in _SERIOUS]
    kind = "bad" if serious else "fair" if now.troubles or dead or now.problems else "good"
    with box("div", f"notice {kind}", role="status"):
        if kind == "good":
            told = (
                say("Everything is in order.") if now.decided_at else say("Nothing is scored yet.")
            )
            text("strong", told)
        for each in now.troubles:
            with box("p"):
                name = _named(visit, each.platform)
                text("strong", f"{name}: {say(_STATES[each.kind])} ")
                message = visit.language.with_times(each.message.rstrip("."))
                text("span", f"({message}). {say(_WHAT_COMES[each.kind])}")
        for name, unwritten in now.problems.items():
            _draw_unwritten(visit, name, unwritten)
        if dead:
            with box("p"):
                told = language.plural(
                    "{number} delivery was given up.", "{number} deliveries were given up.", dead
                )
                text("span", f"{told} ")
                link(say("See why"), at(paths.DELIVERIES, state="dead"))
        if now.decided_at:
            text("span", say("Scored as of {time}.", time=language.time(now.decided_at)), "sub")


def _named(visit: Visit, name: str) -> str:
    """Return what a platform is called here, with what it is where that says more."""
    entries = visit.workspace.configuration.platforms
    kinds = [each.adapter.name for each in entries if each.name == name != each.adapter.name]
    return f"{name} ({kinds[0]})" if kinds else name


def _draw_unwritten(visit: Visit, name: str, problems: Sequence[str]) -> None:
    """Draw what a platform lacks for all to be written there; in the daemon's words, the first."""
    language = visit.language
    with box("p"):
        text("strong", f"{_named(visit, name)}: {language.text(_UNWRITTEN)} ")
        shown = "; ".join(each.rstrip(".") for each in problems[:_MOST_PROBLEMS])
        more = "; …" if len(problems) > _MOST_PROBLEMS else ""
        told = language.text("It waits until that is mended, all else is written.")
        text("span", f"({language.with_times(shown)}{more}). {told} ")
        waiting = at(paths.DELIVERIES, to=name, state="pending")
        link(language.text("See what waits"), waiting)


def draw_platforms(visit: Visit, now: Standing, calls: Pulse) -> None:
    """Draw a line for each platform, with how often it calls."""
    say = visit.language.text
    title = say("Platforms")
    head = [
        (say("Platform"), ""),
        (say("State"), ""),
        (say("Contacts read"), "when"),
        (say("Events read"), "when"),
        (say("To be written"), "num"),
        (say("Given up"), "num"),
        (say("Requests left"), ""),
        (say("Calls of the last hour"), ""),
    ]
    pulses = {each.platform: each for each in calls.platforms}
    entries = visit.workspace.configuration.platforms
    with card(title):
        if not entries:
            text("p", say("No platform is connected yet."), "sub")
            return
        with table(title, head, "stacked"):
            for entry in entries:
                with box("tr"):
                    with box("th", "", scope="row"):
                        text("span", entry.name)
                        if entry.adapter.name != entry.name:
                            text("span", entry.adapter.name, "line sub")
                    _draw_cells(visit, now, entry.name, [each for each, _ in head])
                    draw_calls(visit, pulses.get(entry.name), now.at, head[-1][0])
        if (strays := pulses.get("")) is not None:
            _draw_strays(visit, sum(strays.refused.values()))


def _draw_cells(visit: Visit, now: Standing, name: str, titles: Sequence[str]) -> None:
    language = visit.language
    trouble = next((each for each in now.troubles if each.platform == name), None)
    lags = {each.stream: each for each in now.lags if each.platform == name}
    states = now.backlog.get(name, {})
    pending, dead = states.get("pending", 0) + states.get("in_flight", 0), now.dead.get(name, 0)
    with box("td", "", data_title=titles[1]):
        _draw_state(visit, now, trouble, list(lags.values()), is_amiss=name in now.problems)
    for place, stream in ((2, "contacts"), (3, "events")):
        text("td", _read(visit, now, lags.get(stream)), "when", data_title=titles[place])
    text("td", language.number(pending), "num", data_title=titles[4])
    text("td", language.number(dead), "num down" if dead else "num", data_title=titles[5])
    text("td", _room(visit, now, name), "sub", data_title=titles[6])


def _draw_strays(visit: Visit, calls: int) -> None:
    told = visit.language.plural(
        "{number} call of the last hour was to an address of no platform.",
        "{number} calls of the last hour were to addresses of no platform.",
        calls,
    )
    text("p", told, "sub foot")


def _draw_state(
    visit: Visit, now: Standing, trouble: Trouble | None, lags: Sequence[Lag], *, is_amiss: bool
) -> None:
    say = visit.language.text
    if trouble is not None:
        kind = "dead" if trouble.kind in _SERIOUS else "waiting"
        text("span", say(_STATES[trouble.kind]), f"state {kind}")
        since = visit.language.time(trouble.since)
        text("span", say("since {time}", time=since), "line sub")
    elif is_amiss:
        text("span", say(_UNWRITTEN), "state waiting")
    elif any(each.is_late(now.at) for each in lags):
        text("span", say("Lags behind"), "state waiting")
    elif lags and all(each.completed_at is None for each in lags):
        text("span", say("Being read for the first time"), "state in_flight")
    else:
        text("span", say("In order"), "state done")


def _read(visit: Visit, now: Standing, lag: Lag | None) -> str:
    """Return how long ago a stream was read to its end."""
    if lag is None:
        return NOTHING
    since = lag.since(now.at)
    if since is None:
        return visit.language.text("not yet")
    return visit.language.text("{span} ago", span=visit.language.span(since))


def _room(visit: Visit, now: Standing, name: str) -> str:
    entry = next(each for each in visit.workspace.configuration.platforms if each.name == name)
    return room(
        visit.language,
        now.at,
        left=now.room.left.get(name, {}),
        opens=now.room.opens.get(name, {}),
        shares=now.shares.get(name, {}),
        buckets=entry.adapter.buckets(entry.config),
    )
