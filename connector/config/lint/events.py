"""Rules and the events they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.conditions import matches, matches_of_rule
from connector.config.lint.reach import rule_span
from connector.config.lint.subject import Remark
from connector.domain.events import CUSTOM
from connector.scoring.matching import covers
from connector.scoring.model import EventRule, InactiveRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.config.configuration import PlatformEntry
    from connector.config.lint.subject import Subject
    from connector.scoring.model import Matcher, Model

_OPENED = "email.opened"
_CLICKED = "email.clicked"
_OF_MACHINES = (_OPENED, _CLICKED, "sms.clicked", "page.viewed")
"""What mail scanners, privacy proxies and crawlers do as people do."""

_IS_MACHINE = "is_machine"

_ONE_OF_BOTH = (
    "let them share a `group`, or take the open back: "
    "`unless: {event: email.clicked, same: message_id}`"
)


def machines_counted(subject: Subject) -> Iterator[Remark]:
    """Find models in which opens, clicks and visits of machines count like those of people."""
    model = subject.model
    if model.ignore is not None and _IS_MACHINE in model.ignore.names:
        return
    looks = any(_counts_machines(each.matcher) for each in matches(model))
    waits = any(isinstance(rule, InactiveRule) and not rule.match for rule in model.rules.values())
    if looks or waits:
        message = (
            "clicks and opens of machines (mail scanners, privacy proxies) count like those of "
            "people"
        )
        hint = 'write `events: {ignore: "is_machine"}` to leave them out'
        yield Remark(path=("events", "ignore"), message=message, hint=hint)


def opened_and_clicked(subject: Subject) -> Iterator[Remark]:
    """Find rules that give points for opening a message and more for a click, which implies it."""
    gains = [
        rule
        for rule in subject.model.rules.values()
        if isinstance(rule, EventRule) and rule_span(rule).high > 0
    ]
    clicks = [rule for rule in gains if covers(rule.match.pattern, _CLICKED)]
    for opened in gains:
        if not covers(opened.match.pattern, _OPENED) or _ends_with_a_click(opened):
            continue
        others = [each.name for each in clicks if _adds_to(opened, each)]
        if others:
            named = " and ".join(f"`{name}`" for name in others)
            message = f"a click implies an open, so one message counts here and in {named}"
            path = ("model", "rules", opened.name)
            yield Remark(path=path, message=message, hint=_ONE_OF_BOTH)


def events_nobody_sends(subject: Subject) -> Iterator[Remark]:
    """Find types of events that no platform of the configuration sends."""
    sent = _sent(subject.configuration.platforms, subject.model)
    if sent is None:
        return
    for each in matches(subject.model):
        pattern = each.matcher.pattern
        if not pattern.startswith(CUSTOM) and not any(covers(pattern, kind) for kind in sent):
            message = f"no platform sends `{pattern}`"
            hint = "see `heatsync adapters`, or name its event under `events.rename`"
            yield Remark(path=each.path, message=message, hint=hint)


def events_never_seen(subject: Subject) -> Iterator[Remark]:
    """Find types of events that rules wait for and none of which is stored so far."""
    if subject.seen is None or not subject.seen.types:
        return
    rename = subject.model.rename
    stored = {rename.get(platform, {}).get(kind, kind) for platform, kind in subject.seen.types}
    waiting: dict[str, list[str]] = {}
    for rule in subject.model.rules.values():
        for each in matches_of_rule(rule):
            pattern = each.matcher.pattern
            if not any(covers(pattern, kind) for kind in stored):
                waiting.setdefault(pattern, []).append(rule.name)
    if waiting:
        told = [
            f"{pattern} (`{'`, `'.join(dict.fromkeys(names))}`)"
            for pattern, names in waiting.items()
        ]
        message = f"no such event has been seen so far: {', '.join(told)}"
        hint = "fine if they are still to come; `heatsync status` tells what was pulled"
        yield Remark(path=("model", "rules"), message=message, hint=hint)


def _counts_machines(matcher: Matcher) -> bool:
    is_asked = matcher.where is not None and _IS_MACHINE in matcher.where.names
    return not is_asked and any(covers(matcher.pattern, kind) for kind in _OF_MACHINES)


def _ends_with_a_click(rule: EventRule) -> bool:
    """Return whether a click takes the points of the open back."""
    return rule.unless is not None and covers(rule.unless.match.pattern, _CLICKED)


def _adds_to(opened: EventRule, clicked: EventRule) -> bool:
    """Return whether both rules give points to one dimension, with no ceiling between them."""
    is_shared = opened.group is not None and opened.group == clicked.group
    return opened is not clicked and opened.dimension == clicked.dimension and not is_shared


def _sent(platforms: Iterable[PlatformEntry], model: Model) -> frozenset[str] | None:
    """Return the types that platforms send, under the names they get; None when any may come."""
    sent: set[str] = set()
    for entry in platforms:
        types = entry.adapter.capabilities.event_types
        if types is None:
            return None
        renamed = model.rename.get(entry.name, {})
        sent |= {renamed.get(kind, kind) for kind in types} | set(renamed.values())
    return frozenset(sent) if sent else None
