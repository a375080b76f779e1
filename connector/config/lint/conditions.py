"""Every condition of a model, with its place and with what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.scoring.conditions import conditions_of
from connector.scoring.model import CountRule, EventRule, InactiveRule, SequenceRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conditions.expression import Expression
    from connector.config.places import Path
    from connector.scoring.model import Matcher, Model, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition and where it stands."""

    path: Path
    expression: Expression
    about: Literal["event", "contact"]
    """Which columns it reads: those of an event, or what is known of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which events something looks at, and where that is said."""

    path: Path
    matcher: Matcher


def conditions(model: Model) -> Iterator[Condition]:
    """Yield every condition, those on events first."""
    for path, expression in _on_events(model):
        yield Condition(path=path, expression=expression, about="event")
    for path, expression in _on_contacts(model):
        yield Condition(path=path, expression=expression, about="contact")


def matches_of_rule(rule: Rule) -> Iterator[Match]:
    """Yield what a rule looks for; not what takes its points back."""
    path: Path = ("model", "rules", rule.name)
    match rule:
        case EventRule():
            yield Match(path=(*path, "event"), matcher=rule.match)
        case CountRule():
            yield Match(path=(*path, "count"), matcher=rule.match)
        case InactiveRule(match=matcher) if matcher is not None:
            yield Match(path=(*path, "of"), matcher=matcher)
        case SequenceRule():
            for index, step in enumerate(rule.steps):
                yield Match(path=(*path, "sequence", index), matcher=step)
        case _:
            return


def matches(model: Model) -> Iterator[Match]:
    """Yield what all rules, what takes points back, and all traits look for."""
    for rule in model.rules.values():
        yield from matches_of_rule(rule)
        if isinstance(rule, EventRule) and rule.unless is not None:
            path: Path = ("model", "rules", rule.name, "unless", "event")
            yield Match(path=path, matcher=rule.unless.match)
    for name, trait in model.traits.items():
        key = trait.measure if trait.column is None else "of"
        yield Match(path=("model", "traits", name, key), matcher=trait.match)


def _on_events(model: Model) -> Iterator[tuple[Path, Expression]]:
    for index, tag in enumerate(model.content):
        yield ("content", index, "match"), tag.match
    if model.ignore is not None:
        yield ("events", "ignore"), model.ignore
    for each in matches(model):
        if each.matcher.where is not None:
            yield (*_around(each.path), "where"), each.matcher.where


def _around(path: Path) -> Path:
    """Return where the `where` beside a type stands: a step of a sequence has its own."""
    return path if isinstance(path[-1], int) else path[:-1]


def _on_contacts(model: Model) -> Iterator[tuple[Path, Expression]]:
    if model.exclude is not None:
        yield ("contacts", "exclude"), model.exclude
    yield from conditions_of(model)
