"""What rules and traits look at: the events that exist at the instant of scoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from connector.domain.arithmetic import quotient
from connector.domain.frames import AT, CONTACT, EVENT_ID, INSTANT
from connector.domain.instants import MICROSECOND

NEVER = pl.lit(None, INSTANT)
ORDER = (AT, "platform", EVENT_ID)
"""The order of events; texts compare as UTF-8 bytes."""


def micros(span: timedelta) -> int:
    """Return the whole microseconds of `span`."""
    return span // MICROSECOND


def instant(moment: datetime) -> pl.Expr:
    """Return an aware `moment` as a literal."""
    return pl.lit(moment.astimezone(UTC), INSTANT)


def ratio(number: pl.Expr, by: float) -> pl.Expr:
    """Return `number / by` with the same bits for one row as for a million."""
    return quotient(number.cast(pl.Float64), pl.lit(float(by)), along=[number])


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The events that exist at an instant, as rules see them, and the clock they are read by."""

    events: pl.LazyFrame
    now: pl.Expr
    """The instant of scoring."""
    timezone: str

    @property
    def age(self) -> pl.Expr:
        """The age of each event in microseconds."""
        return self.since(pl.col(AT))

    def since(self, moment: pl.Expr) -> pl.Expr:
        """Return the microseconds from `moment` to the instant of scoring."""
        return (self.now - moment).dt.total_microseconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is asked of the events of each contact: frames of one row per contact.

    Each looks at no more events than it needs: reading them again is far cheaper than carrying
    those of all rules through one aggregation.
    """

    frames: tuple[pl.LazyFrame, ...] = ()
    details: tuple[pl.LazyFrame, ...] = ()
    """Those that only explanations read."""


def gather(contacts: pl.LazyFrame, asked: list[Facts], *, explain: bool) -> pl.LazyFrame:
    """Return `contacts` with everything that was asked about their events."""
    frames = [frame for facts in asked for frame in facts.frames]
    if explain:
        frames += [frame for facts in asked for frame in facts.details]
    for frame in frames:
        contacts = contacts.join(frame, on=CONTACT, how="left")
    return contacts
