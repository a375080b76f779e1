from __future__ import annotations

from datetime import timedelta

import pytest

from connector.conditions.expression import Kind
from connector.domain.events import CANONICAL_TYPES, NOT_INTERACTIONS
from connector.domain.values import FieldType
from tests.unit.scoring.lab import (
    DAY,
    NOW,
    TICK,
    a_contact,
    a_matcher,
    a_model,
    a_trait,
    a_when_rule,
    an_event,
    an_event_rule,
    an_inactive_rule,
    condition,
    scored,
)


@pytest.mark.parametrize(
    ("ago", "points"),
    [(30 * DAY - TICK, 0.0), (30 * DAY, 0.0), (30 * DAY + TICK, -15.0), (99 * DAY, -15.0)],
    ids=["before", "at", "just after", "long after"],
)
def test_silence_is_over_just_after_its_span(ago: object, points: float) -> None:
    outcome = scored(a_model(an_inactive_rule()), [an_event(ago=ago)])  # type: ignore[arg-type]

    assert outcome["engagement"] == points


@pytest.mark.parametrize("kind", sorted({*CANONICAL_TYPES, "custom.anything"}))
def test_by_default_every_interaction_breaks_the_silence(kind: str) -> None:
    outcome = scored(a_model(an_inactive_rule()), [an_event(ago=40 * DAY), an_event(kind)])

    assert outcome["engagement"] == (-15.0 if kind in NOT_INTERACTIONS else 0.0)


@pytest.mark.parametrize(
    ("ago", "points", "next_in"),
    [
        (30 * DAY, 0.0, TICK),
        (30 * DAY + TICK, -15.0, 7 * DAY - TICK),
        (37 * DAY - TICK, -15.0, TICK),
        (37 * DAY, -30.0, 7 * DAY),
        (60 * DAY, -75.0, 5 * DAY),
    ],
    ids=["at its edge", "over", "before again", "again", "long after"],
)
def test_repeated_silence_gives_its_points_again(
    ago: timedelta, points: float, next_in: timedelta
) -> None:
    outcome = scored(a_model(an_inactive_rule(repeat=7 * DAY)), [an_event(ago=ago)])

    assert outcome["engagement"] == points
    assert outcome["_next_change_at"] == NOW + next_in


def test_a_rule_says_itself_what_breaks_the_silence() -> None:
    rule = an_inactive_rule(match=a_matcher("email.*", "campaign_id = '12'"))
    events = [
        an_event("email.sent", 40 * DAY, campaign_id="12"),
        an_event("email.sent", campaign_id="13"),
        an_event("page.viewed", campaign_id="12"),
    ]

    entry = scored(a_model(rule), events).entry("silent")

    assert entry["points"] == -15.0
    assert entry["first_at"] == entry["last_at"] == NOW - 40 * DAY
    assert entry["events"] == 0


def test_every_event_breaks_the_silence_when_asked() -> None:
    rule = an_inactive_rule(match=a_matcher("*"))

    outcome = scored(a_model(rule), [an_event(ago=40 * DAY), an_event("email.sent")])

    assert outcome["engagement"] == 0.0


@pytest.mark.parametrize(
    ("created", "points"),
    [
        pytest.param(NOW - 31 * DAY, -15.0, id="long ago"),
        pytest.param(NOW - 30 * DAY, 0.0, id="not yet"),
        pytest.param(NOW + DAY, 0.0, id="in the future"),
        pytest.param(None, 0.0, id="unknown"),
    ],
)
def test_without_an_event_silence_counts_from_creation(created: object, points: float) -> None:
    contact = a_contact(_created_at=created)

    outcome = scored(a_model(an_inactive_rule()), contacts=[contact])

    assert outcome["engagement"] == points
    assert outcome.rules() == (["silent"] if points else [])


def test_an_event_counts_even_if_older_than_creation() -> None:
    contact = a_contact(_created_at=NOW - DAY)

    outcome = scored(a_model(an_inactive_rule()), [an_event(ago=31 * DAY)], contacts=[contact])

    assert outcome["engagement"] == -15.0


@pytest.mark.parametrize(
    ("country", "points"), [("FR", 20.0), ("DE", 0.0), (None, 0.0)], ids=["true", "false", "null"]
)
def test_a_condition_on_attributes_gives_points_while_it_holds(
    country: str | None, points: float
) -> None:
    model = a_model(a_when_rule("country = 'FR'"))

    outcome = scored(model, contacts=[a_contact(country=country)])

    assert outcome["engagement"] == points
    told = [
        {
            "_contact": 1,
            "rule": "profile",
            "dimension": "engagement",
            "raw_points": 20.0,
            "points": 20.0,
            "events": 0,
            "first_at": None,
            "last_at": None,
        }
    ]
    assert outcome.told == ({1: told} if points else {})


def test_a_condition_sees_traits() -> None:
    trait = a_trait("has", type=FieldType.BOOLEAN)
    model = a_model(a_when_rule("fact", names={"fact": Kind.BOOLEAN}), traits=[trait])

    outcome = scored(model, [an_event()], contacts=[a_contact(1), a_contact(2)])

    assert [row["engagement"] for row in outcome.contacts.values()] == [20.0, 0.0]


@pytest.mark.parametrize("rule", [an_event_rule, an_inactive_rule], ids=["event", "inactive"])
def test_a_guard_that_is_not_true_lets_nothing_through(rule: object) -> None:
    guarded = rule(guard=condition("country = 'FR'"))  # type: ignore[operator]
    people = [a_contact(1, country="FR"), a_contact(2, country="DE"), a_contact(3)]
    events = [an_event(ago=31 * DAY, _contact=number) for number in (1, 2, 3)]

    outcome = scored(a_model(guarded), events, contacts=people)

    assert outcome.contacts[1]["engagement"] != 0.0
    assert [outcome.contacts[n]["engagement"] for n in (2, 3)] == [0.0, 0.0]
    assert sorted(outcome.told) == [1]
