"""Alerts in words: names of platforms and numbers, never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sync.alerting.alarms import About, Condition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from connector.sync.alerting.alarms import Alarm, Subject
    from connector.sync.alerting.ledger import Told

_CHECK = "`heatsync check` says what to do."
_RAISED: Mapping[Condition, tuple[str, str]] = {
    Condition.REFUSED: (
        "{what} refuses us",
        f"Since {{since}} nothing is read or written there until it is mended. {_CHECK}",
    ),
    Condition.STOPPED: (
        "{what} had to be left",
        f"Since {{since}} its answers are no reason to go on. It is asked again. {_CHECK}",
    ),
    Condition.LACKS_A_RIGHT: (
        "{what} does not allow everything",
        f"Since {{since}} what needs the missing right waits, and all else goes on. {_CHECK}",
    ),
    Condition.FAILING: (
        "{what} is not reached, or fails",
        "That is so since {since}. Nothing is lost: it is asked again and again.",
    ),
    Condition.LAGS: (
        "{what} lag",
        "They were last read to their end at {since}. `heatsync status` shows how far they are.",
    ),
    Condition.GIVEN_UP: (
        "{what}: dead letters ({count})",
        "What was given up is not tried again by itself. `heatsync deliveries list` shows it.",
    ),
    Condition.UNPROCESSED: (
        "{what} wait",
        "The first of them came at {since}. They are stored, and nothing is lost.",
    ),
    Condition.BROKEN: (
        "the configuration on disk cannot be used",
        "What was read before goes on. `heatsync check --offline` names what is wrong in it.",
    ),
    Condition.CLOCK_MOVED: (
        "the clock of this machine was moved",
        "Found at {since}: by {count} s, or the machine slept. What was missed is made up for.",
    ),
}
_OVER: Mapping[Condition, str] = {
    Condition.REFUSED: "{what} takes us in again",
    Condition.STOPPED: "{what} can be worked with again",
    Condition.LACKS_A_RIGHT: "{what} allows everything again",
    Condition.FAILING: "{what} is back",
    Condition.LAGS: "{what} are up to date again",
    Condition.GIVEN_UP: "{what}: no dead letters are left",
    Condition.UNPROCESSED: "{what} are processed again",
    Condition.BROKEN: "the configuration on disk is in force again",
    Condition.CLOCK_MOVED: "the clock goes on as before",
}
_WHAT: Mapping[About, str] = {
    About.PLATFORM: "{name}",
    About.STREAM: "{part} of {name}",
    About.DELIVERIES: "{name}",
    About.CALLS: "webhook calls of {name}",
    About.CONFIGURATION: "{name}",
    About.CLOCK: "{name}",
}


def raised(alarm: Alarm) -> tuple[str, str]:
    """Return title and text of an alert."""
    title, body = _RAISED[alarm.condition]
    words = {"since": _moment(alarm.since), "count": f"{alarm.count:,}"}
    return _titled(title.format(what=_what(alarm.subject), **words)), body.format(**words)


def over(subject: Subject, told: Told, at: datetime) -> tuple[str, str]:
    """Return title and text of the alert that what was told is over."""
    title = _OVER[told.condition].format(what=_what(subject))
    return _titled(title), f"It began at {_moment(told.since)}, {_span(at - told.since)} ago."


def _titled(title: str) -> str:
    return f"heatsync: {title}"


def _what(subject: Subject) -> str:
    return _WHAT[subject.about].format(name=subject.name, part=subject.part)


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _span(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 2 * 60:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 2 * 24 else f"{round(hours / 24)} d"
