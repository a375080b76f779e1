"""What rules do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.rendering.words import counted, number
from connector.scoring.model import (
    CountRule,
    EventRule,
    Expires,
    HalfLife,
    InactiveRule,
    Linear,
    SequenceRule,
    Step,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from connector.config.lint.cooling import Cooling
    from connector.scoring.model import Decay, Matcher, Rule, Unless

_UNITS = ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_WEEKS = 2
"""From how many weeks on a span is told in weeks: one is seven days."""

_LONGEST = 60
"""Characters of a condition that are shown."""

_SPELLED = {"email": "e-mail", "sms": "SMS"}


def kind_of(rule: Rule) -> str:
    """Return the kind of a rule, as its key in the mapping."""
    return type(rule).__name__.removesuffix("Rule").lower()


def purpose(rule: Rule) -> str:
    """Return what a rule looks for, as ``cart item added, 5 times within 7 days``."""
    match rule:
        case EventRule():
            back = f", {_unless(rule.unless)}" if rule.unless else ""
            return f"{_events(rule.match)}{back}"
        case SequenceRule():
            return _sequence(rule)
        case CountRule():
            return _count(rule)
        case InactiveRule():
            what = "no sign of life" if rule.match is None else f"no {_events(rule.match)}"
            again = f", again every {span(rule.repeat)}" if rule.repeat else ""
            return f"{what} for more than {span(rule.silence)}{again}"
    return f"while {_shortened(rule.when.text)}"


def cooling(cooled: Cooling) -> str:
    """Return how the points of a rule cool."""
    return "stands while it holds" if cooled.is_standing else fading(cooled.decay)


def fading(decay: Decay | None) -> str:
    """Return how points that cool do so."""
    match decay:
        case HalfLife(span=length):
            return f"half is left after {span(length)}"
        case Linear(span=length):
            return f"fades evenly over {span(length)}"
        case Expires(span=length):
            return f"gone after {span(length)}"
        case Step(every=every, keep=keep):
            return f"{100 * keep:.4g}% is left after each {span(every)}"
        case None:
            return "never cools"


def span(length: timedelta) -> str:
    """Return a span in words, in the largest unit that divides it."""
    seconds = round(length.total_seconds())
    for size, unit in _UNITS:
        count = seconds // size
        if seconds % size == 0 and (unit != "week" or count >= _WEEKS):
            return counted(count, unit)
    raise ValueError(length)


def _events(matcher: Matcher) -> str:
    """Return which events are meant."""
    family, _, name = matcher.pattern.partition(".")
    words = "event of any kind"
    if family == "custom":
        words = name.replace("_", " ")
    elif name:
        what = "event" if name == "*" else name.replace("_", " ")
        words = f"{_SPELLED.get(family, family)} {what}"
    return words if matcher.where is None else f"{words} where {_shortened(matcher.where.text)}"


def _unless(unless: Unless) -> str:
    after = f", counted {span(unless.after)} later" if unless.after else ""
    same = f" with the same {unless.same}" if unless.same else ""
    return f"unless {_events(unless.match)}{same}{after}"


def _sequence(rule: SequenceRule) -> str:
    steps = ", then ".join(_events(step) for step in rule.steps)
    same = f", with the same {rule.same}" if rule.same else ""
    within = f", within {span(rule.within)}" if rule.within else ""
    return f"{steps}{same}{within}"


def _count(rule: CountRule) -> str:
    if rule.distinct == "day":
        often = f"on {counted(rule.at_least, 'day')}"
    elif rule.distinct:
        often = f"with {number(rule.at_least)} different values of {rule.distinct}"
    else:
        often = counted(rule.at_least, "time")
    same = f" with the same {rule.same}" if rule.same else ""
    within = f" within {span(rule.within)}" if rule.within else ""
    return f"{_events(rule.match)} {often}{same}{within}"


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
