"""Facts about a contact computed from their events, as they are written."""

from __future__ import annotations

from pydantic import Field

from connector.mapping.base import Condition, Duration, Language, Text

COLUMN_MEASURES = ("sum", "min", "max", "avg", "mode")
"""Measures that name a column, and the events in `of`."""

EVENT_MEASURES = ("count", "days", "days_since", "has")
"""Measures that name the events."""

EITHER_MEASURES = ("first", "last")
"""Measures that name the events, or a column and the events in `of`."""

MEASURES = (*EVENT_MEASURES, *COLUMN_MEASURES, *EITHER_MEASURES)


class TraitEntry(Language):
    """A fact about a contact: exactly one measure, over some events."""

    count: Text | None = Field(default=None, description="How many such events there are.")
    sum: Text | None = Field(default=None, description="The sum of this column over `of`.")
    min: Text | None = Field(default=None, description="The least value of this column over `of`.")
    max: Text | None = Field(
        default=None, description="The greatest value of this column over `of`."
    )
    avg: Text | None = Field(default=None, description="The mean of this column over `of`.")
    first: Text | None = Field(
        default=None,
        description="When the first such event was; with `of`, this column's first value.",
    )
    last: Text | None = Field(
        default=None,
        description="When the last such event was; with `of`, this column's last value.",
    )
    mode: Text | None = Field(
        default=None, description="The most frequent value of this column over `of`."
    )
    days: Text | None = Field(
        default=None, description="On how many local calendar days such events happened."
    )
    days_since: Text | None = Field(
        default=None, description="Days, with their fraction, since the newest such event."
    )
    has: Text | None = Field(default=None, description="Whether there is any such event.")
    of: Text | None = Field(default=None, description="The events over which a column is measured.")
    where: Condition | None = Field(
        default=None, description="A condition on the columns of the event, in SQL."
    )
    within: Duration | None = Field(
        default=None, description="Only events younger than this; default: all."
    )
