"""Points while, or from when, enough events match."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.scoring.model import HalfLife
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    NOW,
    TICK,
    a_count_rule,
    a_model,
    an_event,
    scored,
)


@pytest.mark.parametrize(("number", "points"), [(0, 0.0), (2, 0.0), (3, 15.0), (9, 15.0)])
def test_points_stand_while_there_are_enough(number: int, points: float) -> None:
    assert scored(a_model(a_count_rule()), [an_event()] * number)["engagement"] == points


@pytest.mark.parametrize(
    ("ago", "points"), [(7 * DAY - TICK, 15.0), (7 * DAY, 0.0)], ids=["inside", "at its edge"]
)
def test_only_events_within_the_window_count(ago: timedelta, points: float) -> None:
    events = [an_event(), an_event(), an_event(ago=ago)]

    assert scored(a_model(a_count_rule(within=7 * DAY)), events)["engagement"] == points


def test_days_are_those_of_the_local_calendar() -> None:
    at = datetime(2026, 6, 3, 12, tzinfo=UTC)
    rule = a_count_rule(2, distinct="day")
    late, early = datetime(2026, 6, 1, 21, 59, tzinfo=UTC), datetime(2026, 6, 1, 22, tzinfo=UTC)

    assert scored(a_model(rule), [an_event(_at=late)] * 2, at=at)["engagement"] == 0.0
    assert (
        scored(a_model(rule), [an_event(_at=late), an_event(_at=early)], at=at)["engagement"]
        == 15.0
    )


def test_distinct_values_are_counted_without_null() -> None:
    rule = a_count_rule(3, distinct="url")
    events = [an_event(url=url) for url in ("/a", "/a", "/b", None)]

    outcome = scored(a_model(rule), events)
    assert outcome["engagement"] == 0.0
    assert outcome.entry("often")["events"] == 3
    assert scored(a_model(rule), [*events, an_event(url="/c")])["engagement"] == 15.0


def test_the_same_value_has_to_come_often_enough() -> None:
    rule = a_count_rule(3, same="url")
    events = [an_event(url=url) for url in ("/a", "/a", "/b", "/b", None, None, None)]

    assert scored(a_model(rule), events)["engagement"] == 0.0
    outcome = scored(a_model(rule), [*events, an_event(url="/b")])
    assert outcome["engagement"] == 15.0
    assert outcome.entry("often")["events"] == 3


def test_standing_points_are_announced_to_end_when_too_few_are_left() -> None:
    rule = a_count_rule(2, within=7 * DAY)
    events = [an_event(ago=days * DAY) for days in (1, 3, 6)]

    assert scored(a_model(rule), events)["_next_change_at"] == NOW + 4 * DAY
    assert scored(a_model(rule), events[:1])["_next_change_at"] is None


@pytest.mark.parametrize(
    ("agos", "points"),
    [
        ((10, 11, 12), 7.5),
        ((10, 11, 16), 7.5),
        ((10, 11, 17), 0.0),
        ((0, 1, 2, 20, 21, 22), 3.75),
    ],
    ids=["enough", "just inside", "at the edge", "the first time counts"],
)
def test_once_they_were_enough_points_are_given_and_cool(
    agos: tuple[int, ...], points: float
) -> None:
    rule = a_count_rule(within=7 * DAY, award="once", decay=HalfLife(span=10 * DAY))
    events = [an_event(ago=days * DAY) for days in agos]

    assert scored(a_model(rule), events)["engagement"] == points


def test_all_events_of_the_instant_are_in_its_window() -> None:
    rule = a_count_rule(award="once", decay=HalfLife(span=DAY))
    events = [an_event(ago=2 * DAY), an_event(ago=DAY), an_event(ago=DAY), an_event(ago=DAY)]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 7.5
    assert outcome.entry("often")["events"] == 4
    assert outcome.entry("often")["last_at"] == NOW - DAY


def test_once_counts_distinct_days_in_a_window() -> None:
    rule = a_count_rule(3, distinct="day", within=7 * DAY, award="once")
    one_day = [an_event(ago=2 * DAY + number * HOUR) for number in range(3)]

    assert scored(a_model(rule), one_day)["engagement"] == 0.0
    events = [*one_day, an_event(ago=DAY), an_event()]
    outcome = scored(a_model(rule), events)
    assert outcome["engagement"] == 15.0
    assert outcome.entry("often")["events"] == 5


def test_a_value_that_comes_again_keeps_its_place_in_the_window() -> None:
    rule = a_count_rule(2, distinct="url", within=2 * DAY, award="once", decay=HalfLife(span=DAY))
    events = [
        an_event(url="/a", ago=5 * DAY),
        an_event(url="/a", ago=4 * DAY),
        an_event(url="/b", ago=3 * DAY),
    ]

    assert scored(a_model(rule), events)["engagement"] == 15.0 / 8


def test_once_for_one_value_alone() -> None:
    rule = a_count_rule(2, same="url", award="once")
    events = [an_event(url="/a", ago=3 * DAY), an_event(url="/b", ago=2 * DAY)]

    assert scored(a_model(rule), events)["engagement"] == 0.0
    outcome = scored(a_model(rule), [*events, an_event(url="/a", ago=DAY)])
    assert outcome["engagement"] == 15.0
    assert outcome.entry("often")["events"] == 2
    assert outcome.entry("often")["first_at"] == NOW - 3 * DAY
