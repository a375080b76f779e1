"""Instants and spans from small sets, so that ties and boundaries are hit often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference.drawing import pick
from tests.reference.local_time import span

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

SPANS = ("1d", "1h", "2d", "1w")
LONG_SPANS = ("2d", "1d", "1w")

_MONTH = datetime(2026, 5, 31, 22, tzinfo=UTC)
ANCHORS: Mapping[str, Sequence[datetime]] = {
    "Europe/Paris": (
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2025, 10, 26, 1, tzinfo=UTC),
        _MONTH,
    ),
    "America/New_York": (
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2025, 11, 2, 6, tzinfo=UTC),
        datetime(2026, 6, 1, 4, tzinfo=UTC),
    ),
    "Australia/Lord_Howe": (
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2025, 10, 4, 15, 30, tzinfo=UTC),
    ),
    "Asia/Kathmandu": (datetime(2026, 5, 31, 18, 15, tzinfo=UTC),),
    "UTC": (datetime(2026, 6, 1, tzinfo=UTC),),
}
"""Where clocks are changed, or where a month or a week begins, in UTC."""

_CHANGING = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")
ZONES = (*ANCHORS, *_CHANGING, "Australia/Lord_Howe")

_AFTER = (2 * HOUR, HOUR, 12 * HOUR, DAY, 36 * HOUR, 2 * DAY, 7 * DAY, timedelta())
_AGES = tuple(
    sorted({span(text) * times for text in SPANS for times in (1, 2)} | {timedelta(), 45 * DAY})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The calendar of one case: its zone, when it is scored, and when events may have happened."""

    zone: ZoneInfo
    at: datetime
    instants: Sequence[datetime]


@st.composite
def times(draw: st.DrawFn) -> Times:
    """Draw when a case plays: near a change of clocks, with a handful of instants in use."""
    zone = pick(draw, ZONES)
    anchor = pick(draw, ANCHORS[zone])
    at = anchor + pick(draw, _AFTER)
    instants = draw(st.lists(_instants(anchor, at, ZoneInfo(zone)), min_size=3, max_size=9))
    return Times(zone=ZoneInfo(zone), at=at, instants=(*instants, at))


def _instants(anchor: datetime, at: datetime, zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Return instants around `anchor`, near midnight, at sharp ages, just beside, or to come."""
    noon = anchor.astimezone(zone).replace(hour=12, minute=0)
    midnights = [
        (noon + days * DAY).replace(hour=0).astimezone(UTC) + beside
        for days in (-1, 0, 1, 2)
        for beside in (-HOUR / 2, HOUR / 2, -HOUR / 2, -TICK)
    ]
    near = [anchor + HOUR * halves / 2 for halves in (-1, 1, 0, -2, 2, -3, 3)]
    aged = [at - age for age in _AGES]
    beside = [at - age + tick for age in _AGES[:8] for tick in (TICK, -TICK)]
    beside += [at + TICK, at + HOUR, at + DAY]
    return st.one_of([st.sampled_from(some) for some in (aged, near, midnights, beside)])
