"""What rules do, in words of any language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
    from connector.scoring.model import Cap, Decay, Matcher, Rule, Unless

_WEEKS = 2
"""From how many weeks on a span is told in weeks: one is seven days."""
_LONGEST = 60
"""Characters of a condition that are shown."""
_SPELLED = {"email": "e-mail", "sms": "SMS"}


class Words(Protocol):
    """A language: each text is given in English, by which it is found."""

    def text(self, english: str, **values: object) -> str:
        """Return a text with `values` in its places."""
        ...

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form of a text that stands by a number, which it may name as ``{number}``."""
        ...

    def number(self, value: float) -> str:
        """Return a number as it is written."""
        ...

    def event(self, pattern: str) -> str:
        """Return which events a pattern of types means."""
        ...


class English:
    """Words in English, such as ``cart item added``."""

    def text(self, english: str, **values: object) -> str:
        """Return a text with `values` in its places."""
        return english.format(**values)

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form of a text that stands by a number."""
        return (one if number == 1 else many).format(number=self.number(number), **values)

    def number(self, value: float) -> str:
        """Return a number with at most nine decimals."""
        return f"{value:,.9f}".rstrip("0").rstrip(".")

    def event(self, pattern: str) -> str:
        """Return which events a pattern of types means."""
        family, _, name = pattern.partition(".")
        words = name.replace("_", " ")
        if family == "custom":
            return words
        if not name:
            return "event of any kind"
        return f"{_SPELLED.get(family, family)} {'event' if name == '*' else words}"


ENGLISH = English()


def kind_of(rule: Rule) -> str:
    """Return the kind of a rule, as its key in the mapping."""
    return type(rule).__name__.removesuffix("Rule").lower()


def purpose(rule: Rule, words: Words = ENGLISH) -> str:
    """Return what a rule looks for, as ``cart item added, 5 times within 7 days``."""
    match rule:
        case EventRule():
            events = _events(rule.match, words)
            return f"{events}, {_unless(rule.unless, words)}" if rule.unless else events
        case SequenceRule():
            return _sequence(rule, words)
        case CountRule():
            return _count(rule, words)
        case InactiveRule():
            return _silence(rule, words)
    return words.text("while {condition}", condition=_shortened(rule.when.text))


def guard(rule: Rule, words: Words = ENGLISH) -> str | None:
    """Return under which condition on the contact a rule counts at all; None: always."""
    when = getattr(rule, "guard", None)
    if when is None:
        return None
    return words.text("only while {condition}", condition=_shortened(when.text))


def ceiling(cap: Cap, words: Words = ENGLISH) -> str:
    """Return the most that a rule gives."""
    spans = {
        "hour": words.text("at most {points} points an hour", points=words.number(cap.points)),
        "day": words.text("at most {points} points a day", points=words.number(cap.points)),
        "week": words.text("at most {points} points a week", points=words.number(cap.points)),
        "month": words.text("at most {points} points a month", points=words.number(cap.points)),
        "lifetime": words.text("at most {points} points ever", points=words.number(cap.points)),
    }
    return spans[cap.per]


def cooling(cooled: Cooling, words: Words = ENGLISH) -> str:
    """Return how the points of a rule cool."""
    if cooled.is_standing:
        return words.text("stands while it holds")
    return fading(cooled.decay, words)


def fading(decay: Decay | None, words: Words = ENGLISH) -> str:
    """Return how points that cool do so."""
    match decay:
        case HalfLife(span=length):
            return words.text("half is left after {span}", span=span(length, words))
        case Linear(span=length):
            return words.text("fades evenly over {span}", span=span(length, words))
        case Expires(span=length):
            return words.text("gone after {span}", span=span(length, words))
        case Step(every=every, keep=keep):
            share = f"{100 * keep:.4g}"
            told = span(every, words)
            return words.text("{share}% is left after each {span}", share=share, span=told)
        case None:
            return words.text("never cools")


def span(length: timedelta, words: Words = ENGLISH) -> str:
    """Return a span in words, in the largest unit that divides it."""
    seconds = round(length.total_seconds())
    weeks, rest = divmod(seconds, 604_800)
    if not rest and weeks >= _WEEKS:
        return words.plural("{number} week", "{number} weeks", weeks)
    if seconds % 86_400 == 0:
        return words.plural("{number} day", "{number} days", seconds // 86_400)
    if seconds % 3600 == 0:
        return words.plural("{number} hour", "{number} hours", seconds // 3600)
    if seconds % 60 == 0:
        return words.plural("{number} minute", "{number} minutes", seconds // 60)
    return words.plural("{number} second", "{number} seconds", seconds)


def _events(matcher: Matcher, words: Words) -> str:
    """Return which events are meant."""
    told = words.event(matcher.pattern)
    if matcher.where is None:
        return told
    condition = _shortened(matcher.where.text)
    return words.text("{event} where {condition}", event=told, condition=condition)


def _unless(unless: Unless, words: Words) -> str:
    told = words.text("unless {event}", event=_events(unless.match, words))
    if unless.same:
        told += words.text(" with the same {column}", column=unless.same)
    if unless.after:
        told += words.text(", counted {span} later", span=span(unless.after, words))
    return told


def _sequence(rule: SequenceRule, words: Words) -> str:
    told = words.text(", then ").join(_events(step, words) for step in rule.steps)
    if rule.same:
        told += words.text(", with the same {column}", column=rule.same)
    if rule.within:
        told += words.text(", within {span}", span=span(rule.within, words))
    return told


def _count(rule: CountRule, words: Words) -> str:
    if rule.distinct == "day":
        often = words.plural("on {number} day", "on {number} days", rule.at_least)
    elif rule.distinct:
        often = words.plural(
            "with {number} value of {column}",
            "with {number} different values of {column}",
            rule.at_least,
            column=rule.distinct,
        )
    else:
        often = words.plural("{number} time", "{number} times", rule.at_least)
    told = f"{_events(rule.match, words)} {often}"
    if rule.same:
        told += words.text(" with the same {column}", column=rule.same)
    if rule.within:
        told += words.text(" within {span}", span=span(rule.within, words))
    return told


def _silence(rule: InactiveRule, words: Words) -> str:
    silent = span(rule.silence, words)
    if rule.match is None:
        told = words.text("no sign of life for more than {span}", span=silent)
    else:
        events = _events(rule.match, words)
        told = words.text("no {event} for more than {span}", event=events, span=silent)
    if rule.repeat:
        told += words.text(", again every {span}", span=span(rule.repeat, words))
    return told


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
