from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from connector.domain.values import FieldType
from connector.scoring.model import Cap, Decay, Expires, HalfLife, Linear, Model, Step
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    NOW,
    TICK,
    a_contact,
    a_model,
    a_trait,
    an_event,
    an_event_rule,
    an_inactive_rule,
    condition,
    scored,
)

AT_ONCE = NOW + TICK
SOON = NOW + HOUR


def next_change(model: Model, *events: dict[str, object], **contact: object) -> datetime | None:
    found: datetime | None = scored(model, events, contacts=[a_contact(**contact)])[
        "_next_change_at"
    ]
    return found


def test_what_time_alone_cannot_change_is_never_announced() -> None:
    model = a_model(an_event_rule(), traits=[a_trait("count")])

    assert next_change(model, an_event(ago=DAY)) is None


@pytest.mark.parametrize(
    ("decay", "ago", "announced"),
    [
        pytest.param(HalfLife(span=DAY), DAY, AT_ONCE, id="half-life"),
        pytest.param(Linear(span=2 * DAY), DAY, AT_ONCE, id="linear"),
        pytest.param(Linear(span=2 * DAY), 2 * DAY, None, id="linear, gone"),
        pytest.param(Expires(span=2 * DAY), DAY, NOW + DAY, id="expires"),
        pytest.param(Expires(span=2 * DAY), 2 * DAY - TICK, NOW + TICK, id="expires at once"),
        pytest.param(Expires(span=2 * DAY), 2 * DAY, None, id="expired"),
        pytest.param(Step(every=DAY, keep=0.5), HOUR, NOW + DAY - HOUR, id="first step"),
        pytest.param(Step(every=DAY, keep=0.5), DAY, NOW + DAY, id="second step"),
        pytest.param(Step(every=DAY, keep=1.0), DAY, None, id="a step that keeps all"),
        pytest.param(Step(every=DAY, keep=0.0), DAY, None, id="a step that kept nothing"),
    ],
)
def test_points_that_cool_are_announced(
    decay: Decay, ago: timedelta, announced: datetime | None
) -> None:
    assert next_change(a_model(an_event_rule(decay=decay)), an_event(ago=ago)) == announced


def test_the_earliest_of_all_is_announced() -> None:
    model = a_model(
        an_event_rule(decay=Expires(span=3 * DAY)),
        an_inactive_rule(silence=2 * DAY),
    )

    assert next_change(model, an_event(ago=DAY)) == NOW + DAY + TICK
    assert next_change(model, an_event(ago=DAY), an_event(ago=3 * DAY - HOUR)) == SOON


def test_events_whose_points_are_nothing_announce_nothing() -> None:
    model = a_model(an_event_rule(decay=Expires(span=9 * DAY), cap=Cap(points=1.0, per="lifetime")))

    announced = next_change(model, an_event(ago=2 * DAY), an_event(ago=DAY))

    assert announced == NOW + 7 * DAY


def test_a_rule_whose_guard_is_shut_announces_nothing() -> None:
    rule = an_event_rule(decay=HalfLife(span=DAY), guard=condition("country = 'FR'"))

    assert next_change(a_model(rule), an_event(), country="DE") is None
    assert next_change(a_model(rule), an_event(), country="FR") == AT_ONCE


@pytest.mark.parametrize(
    ("ago", "announced"),
    [(DAY, NOW + 29 * DAY + TICK), (30 * DAY, NOW + TICK), (30 * DAY + TICK, None)],
    ids=["silence to come", "just after", "silent already"],
)
def test_the_end_of_silence_is_announced(ago: timedelta, announced: datetime | None) -> None:
    model = a_model(an_inactive_rule(silence=30 * DAY))

    assert next_change(model, an_event(ago=ago)) == announced
    assert next_change(model, _created_at=NOW - ago) == announced


@pytest.mark.parametrize(
    ("measure", "announced"), [("count", NOW + DAY), ("days_since", SOON), ("last", NOW + DAY)]
)
def test_a_window_is_announced_when_its_first_event_leaves(
    measure: str, announced: datetime
) -> None:
    kind = FieldType.DATETIME if measure == "last" else FieldType.NUMBER
    trait = a_trait(measure, within=3 * DAY, type=kind)  # type: ignore[arg-type]

    events = [an_event(ago=9 * DAY), an_event(ago=2 * DAY), an_event(ago=DAY)]

    assert next_change(a_model(traits=[trait]), *events) == announced


def test_a_stored_event_yet_to_come_is_announced() -> None:
    model = a_model(an_event_rule(decay=Expires(span=9 * DAY)))
    to_come = [an_event("custom.anything", ago=-2 * DAY), an_event(ago=-3 * DAY)]

    assert next_change(model, an_event(), *to_come) == NOW + 2 * DAY


def test_an_event_is_announced_to_be_forgotten() -> None:
    model = a_model(an_event_rule(), keep_events=9 * DAY)

    assert next_change(model, an_event(ago=DAY), an_event(ago=2 * DAY)) == NOW + 7 * DAY
