"""Points that another event takes back, and that wait before they count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.scoring.model import Cap, HalfLife
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    NOW,
    TICK,
    a_model,
    an_event,
    an_event_rule,
    an_unless,
    scored,
)

UNOPENED = an_event_rule(
    "email.delivered", -1.0, unless=an_unless(same="message_id", after=3 * DAY)
)


def _delivered(ago: timedelta, message: str | None = "m", **fields: object) -> dict[str, object]:
    return an_event("email.delivered", ago, message_id=message, **fields)


def _opened(ago: timedelta, message: str | None = "m", **fields: object) -> dict[str, object]:
    return an_event("email.opened", ago, message_id=message, **fields)


@pytest.mark.parametrize(
    ("ago", "points"),
    [(3 * DAY - TICK, 0.0), (3 * DAY, -1.0), (30 * DAY, -1.0)],
    ids=["still waiting", "to the microsecond", "long after"],
)
def test_an_event_counts_once_it_has_waited(ago: timedelta, points: float) -> None:
    assert scored(a_model(UNOPENED), [_delivered(ago)])["engagement"] == points


@pytest.mark.parametrize(
    ("ago", "points"),
    [(10 * DAY + TICK, -1.0), (10 * DAY, 0.0), (5 * DAY, 0.0), (timedelta(0), 0.0), (-HOUR, -1.0)],
    ids=["just before", "at the same instant", "in time", "late", "not yet"],
)
def test_a_counterpart_from_then_on_takes_the_points_back(ago: timedelta, points: float) -> None:
    events = [_delivered(10 * DAY), _opened(ago)]

    assert scored(a_model(UNOPENED), events)["engagement"] == points


@pytest.mark.parametrize(
    ("theirs", "ours", "points"),
    [("m", "n", -1.0), (None, None, -1.0), (None, "m", -1.0), ("m", None, -1.0)],
    ids=["another message", "both unknown", "ours alone", "theirs alone"],
)
def test_only_the_same_value_takes_back(
    theirs: str | None, ours: str | None, points: float
) -> None:
    events = [_delivered(10 * DAY, theirs), _opened(5 * DAY, ours)]

    assert scored(a_model(UNOPENED), events)["engagement"] == points


def test_an_event_does_not_take_itself_back_but_the_next_of_its_kind_does() -> None:
    rule = an_event_rule("page.viewed", 4.0, unless=an_unless("page.viewed"))

    assert scored(a_model(rule), [an_event(ago=DAY)])["engagement"] == 4.0
    assert scored(a_model(rule), [an_event(ago=DAY), an_event(ago=2 * DAY)])["engagement"] == 4.0
    assert scored(a_model(rule), [an_event(ago=DAY), an_event(ago=DAY)])["engagement"] == 0.0


def test_points_cool_from_when_they_count() -> None:
    rule = an_event_rule(
        "email.delivered",
        8.0,
        decay=HalfLife(span=DAY),
        unless=an_unless(same="message_id", after=3 * DAY),
    )

    assert scored(a_model(rule), [_delivered(4 * DAY)])["engagement"] == 4.0


def test_once_per_chooses_before_and_the_cap_runs_after() -> None:
    rule = an_event_rule(
        "email.delivered",
        3.0,
        once_per="campaign_id",
        cap=Cap(points=5.0, per="lifetime"),
        unless=an_unless(same="message_id"),
    )
    events = [
        _delivered(9 * DAY, "m1", campaign_id="a"),
        _delivered(8 * DAY, "m2", campaign_id="a"),
        _opened(7 * DAY, "m1"),
        _delivered(6 * DAY, "m3", campaign_id="b"),
        _delivered(5 * DAY, "m4", campaign_id="c"),
    ]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 5.0
    assert outcome.entry("seen")["raw_points"] == 6.0
    assert outcome.entry("seen")["events"] == 2
    assert outcome.entry("seen")["first_at"] == NOW - 6 * DAY


def test_what_waits_is_announced() -> None:
    outcome = scored(a_model(UNOPENED), [_delivered(DAY), _delivered(2 * DAY, "n")])

    assert outcome["_next_change_at"] == NOW + DAY
