"""What is amiss: a pure view of how an installation stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from connector.sync.troubles import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from connector.sync.alerting.signals import Signals
    from connector.sync.looking.lags import Lag

FAILING_FOR = timedelta(minutes=15)
"""A platform that fails for less is asked again, and nobody is told."""
WAITING_FOR = timedelta(minutes=5)
"""So long a webhook call may wait to be processed."""


class Condition(Enum):
    """What can be amiss with something."""

    REFUSED = "refused"
    STOPPED = "stopped"
    LACKS_A_RIGHT = "lacks_a_right"
    FAILING = "failing"
    LAGS = "lags"
    GIVEN_UP = "given_up"
    UNPROCESSED = "unprocessed"
    BROKEN = "broken"
    CLOCK_MOVED = "clock_moved"


class About(Enum):
    """What it can be amiss with."""

    PLATFORM = "platform"
    STREAM = "stream"
    DELIVERIES = "deliveries"
    CALLS = "calls"
    CONFIGURATION = "configuration"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that is well or not: one alert when that changes."""

    about: About
    name: str
    """The platform, receiver or process."""
    part: str = ""
    """Of a stream: which."""

    def __str__(self) -> str:
        """Return the key under which is kept what was told."""
        return f"{self.about.value}\t{self.name}\t{self.part}"

    @classmethod
    def parse(cls, key: str) -> Subject:
        """Return what a key means."""
        about, name, part = key.split("\t")
        return cls(about=About(about), name=name, part=part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """That something is not well."""

    subject: Subject
    condition: Condition
    since: datetime
    count: int = 0
    """Of what there may be any number: how many."""


_TOLD_AT_ONCE: Mapping[Kind, Condition] = {
    Kind.REFUSED: Condition.REFUSED,
    Kind.STOPPED: Condition.STOPPED,
    Kind.LACKS_A_RIGHT: Condition.LACKS_A_RIGHT,
}


def alarms(signals: Signals, *, at: datetime, process: str) -> list[Alarm]:
    """Return what is amiss at `at`, but for streams."""
    found = list(_of_platforms(signals))
    found += [
        Alarm(subject=_deliveries(name), condition=Condition.GIVEN_UP, since=at, count=count)
        for name, count in signals.dead.items()
        if count
    ]
    found += [
        Alarm(
            subject=Subject(about=About.CALLS, name=name), condition=Condition.UNPROCESSED, since=it
        )
        for name, it in signals.oldest.items()
        if at - it > WAITING_FOR
    ]
    if signals.is_broken:
        subject = Subject(about=About.CONFIGURATION, name=process)
        found.append(Alarm(subject=subject, condition=Condition.BROKEN, since=at))
    return found


def late(lag: Lag, *, awaited_since: datetime, at: datetime) -> Alarm | None:
    """Return the alarm of a stream that lags; None of one that does not.

    Nobody can have read it before `awaited_since`. While it is read for the first time, which may
    take hours, it is well as long as it moves on.
    """
    last = lag.completed_at or lag.moved_at or awaited_since
    if at - max(last, awaited_since) <= lag.allowed:
        return None
    return Alarm(subject=stream_of(lag), condition=Condition.LAGS, since=last)


def stream_of(lag: Lag) -> Subject:
    """Return the stream that a lag is of."""
    return Subject(about=About.STREAM, name=lag.platform, part=lag.stream)


def _of_platforms(signals: Signals) -> Iterator[Alarm]:
    for each in signals.troubles:
        condition = _TOLD_AT_ONCE.get(each.kind)
        if each.kind is Kind.FAILING and each.seen_at - each.since >= FAILING_FOR:
            condition = Condition.FAILING
        if condition is not None:
            subject = Subject(about=About.PLATFORM, name=each.platform)
            yield Alarm(subject=subject, condition=condition, since=each.since)


def _deliveries(name: str) -> Subject:
    return Subject(about=About.DELIVERIES, name=name)
