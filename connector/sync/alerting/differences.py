"""What is another than operators were told: decided from values alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.ports.notifier import Severity
from connector.sync.alerting.alarms import (
    About,
    Alarm,
    Condition,
    Subject,
    alarms,
    late,
    stream_of,
)
from connector.sync.alerting.ledger import Told
from connector.sync.alerting.wording import over, raised

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from connector.sync.alerting.ledger import Ledger
    from connector.sync.alerting.signals import Signals

_EXPLAIN = frozenset({Condition.REFUSED, Condition.STOPPED, Condition.FAILING})
"""Of a platform that is known not to be read, nobody is told that its streams lag."""
_OF_PLATFORMS = frozenset({About.PLATFORM, About.STREAM, About.CALLS})
_FAILURES = frozenset(
    {
        Condition.REFUSED,
        Condition.STOPPED,
        Condition.FAILING,
        Condition.GIVEN_UP,
        Condition.BROKEN,
    }
)
"""What keeps something from being done; all else is a warning."""
_KEPT_FOR = timedelta(days=7)
"""What a process that ended had told of itself is forgotten then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to be told, and what is known to have been told then."""

    subject: str
    title: str
    body: str
    severity: Severity
    after: Told | None
    """None: that all is well with it."""
    moved_at: datetime | None = None
    """Of a clock that was moved: when that was found."""


def differences(
    ledger: Ledger, signals: Signals, *, at: datetime, process: str
) -> Sequence[Message]:
    """Return what operators are to be told at `at`, in the order of subjects."""
    found = alarms(signals, at=at, process=process)
    lagging, held = _lagging(ledger, signals, at, _explained(found))
    present = {str(alarm.subject): alarm for alarm in (*found, *lagging)}
    messages = [
        _raised(key, alarm)
        for key, alarm in present.items()
        if key not in ledger.told or ledger.told[key].condition is not alarm.condition
    ]
    messages += [
        _over(key, told, at)
        for key, told in ledger.told.items()
        if key not in present and key not in held and _is_known(Subject.parse(key), process)
    ]
    messages += [_moved(when, by, process) for when, by in ledger.moves.items()]
    return sorted(messages, key=lambda each: (each.subject, each.title))


def without_strangers(ledger: Ledger, platforms: Collection[str], at: datetime) -> Ledger:
    """Return it without what is no part of the installation any more."""
    kept = {}
    for key, told in ledger.told.items():
        subject = Subject.parse(key)
        is_gone = subject.about in _OF_PLATFORMS and subject.name not in platforms
        is_old = subject.about is About.CONFIGURATION and at - told.since > _KEPT_FOR
        if not is_gone and not is_old:
            kept[key] = told
    return replace(ledger, told=kept)


def _explained(found: Sequence[Alarm]) -> frozenset[str]:
    return frozenset(each.subject.name for each in found if each.condition in _EXPLAIN)


def _lagging(
    ledger: Ledger, signals: Signals, at: datetime, explained: Collection[str]
) -> tuple[list[Alarm], set[str]]:
    """Return the streams that lag, and those of which nothing is told, whatever they do."""
    lagging, held = [], set()
    for lag in signals.lags:
        key = str(stream_of(lag))
        since = max(ledger.watching_since or at, ledger.awaited.get(key, lag.completed_at or at))
        alarm = late(lag, awaited_since=since, at=at)
        if alarm is not None and lag.platform in explained:
            held.add(key)
        elif alarm is not None:
            lagging.append(alarm)
    return lagging, held


def _is_known(subject: Subject, process: str) -> bool:
    """Return whether this process can tell that all is well: not of another's configuration."""
    return subject.about is not About.CONFIGURATION or subject.name == process


def _raised(key: str, alarm: Alarm) -> Message:
    title, body = raised(alarm)
    return Message(
        subject=key,
        title=title,
        body=body,
        severity=_severity(alarm),
        after=Told(condition=alarm.condition, since=alarm.since),
    )


def _severity(alarm: Alarm) -> Severity:
    return Severity.FAILURE if alarm.condition in _FAILURES else Severity.WARNING


def _over(key: str, told: Told, at: datetime) -> Message:
    title, body = over(Subject.parse(key), told, at)
    return Message(subject=key, title=title, body=body, severity=Severity.OVER, after=None)


def _moved(when: datetime, by: timedelta, process: str) -> Message:
    subject = Subject(about=About.CLOCK, name=process)
    seconds = round(by.total_seconds())
    alarm = Alarm(subject=subject, condition=Condition.CLOCK_MOVED, since=when, count=seconds)
    title, body = raised(alarm)
    return Message(
        subject=str(subject),
        title=title,
        body=body,
        severity=_severity(alarm),
        after=None,
        moved_at=when,
    )
