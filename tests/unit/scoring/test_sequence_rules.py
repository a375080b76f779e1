"""Points for events that happen one after the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.scoring.model import HalfLife
from tests.unit.scoring.lab import (
    DAY,
    NOW,
    TICK,
    a_matcher,
    a_model,
    a_sequence_rule,
    an_event,
    scored,
)

STEPS = ("email.opened", "email.clicked", "order.placed")


def _journey(*agos: int, campaign: str | None = "c") -> list[dict[str, object]]:
    return [
        an_event(kind, ago * DAY, campaign_id=campaign)
        for kind, ago in zip(STEPS, agos, strict=False)
    ]


@pytest.mark.parametrize(
    ("agos", "points"),
    [((3, 2, 1), 30.0), ((1, 2, 3), 0.0), ((2, 2, 2), 30.0), ((3, 2), 0.0), ((3, 2, 2), 30.0)],
    ids=["in order", "out of order", "at one instant", "unfinished", "ties"],
)
def test_all_steps_have_to_come_in_order(agos: tuple[int, ...], points: float) -> None:
    outcome = scored(a_model(a_sequence_rule(*STEPS)), _journey(*agos))

    assert outcome["engagement"] == points


@pytest.mark.parametrize(
    ("span", "points"), [(2 * DAY, 0.0), (2 * DAY + TICK, 30.0)], ids=["at the edge", "inside"]
)
def test_the_last_step_comes_less_than_the_window_after_the_first(
    span: timedelta, points: float
) -> None:
    outcome = scored(a_model(a_sequence_rule(*STEPS, within=span)), _journey(3, 2, 1))

    assert outcome["engagement"] == points


def test_a_start_that_leads_nowhere_in_time_does_not_spoil_a_later_one() -> None:
    events = [*_journey(9, 8), *_journey(3, 2, 1)]

    outcome = scored(a_model(a_sequence_rule(*STEPS, within=3 * DAY)), events)

    assert outcome["engagement"] == 30.0
    assert outcome.entry("journey")["first_at"] == NOW - 3 * DAY


def test_all_steps_share_a_value_and_null_is_none() -> None:
    rule = a_sequence_rule(*STEPS, same="campaign_id")
    mixed = [*_journey(9, 8, campaign="a"), *_journey(7, 6, 5, campaign="b")[2:]]

    assert scored(a_model(rule), mixed)["engagement"] == 0.0
    assert scored(a_model(rule), _journey(3, 2, 1, campaign=None))["engagement"] == 0.0
    assert scored(a_model(rule), _journey(3, 2, 1))["engagement"] == 30.0


def test_one_event_is_no_two_steps() -> None:
    rule = a_sequence_rule("page.viewed", "page.*")

    assert scored(a_model(rule), [an_event()])["engagement"] == 0.0
    assert scored(a_model(rule), [an_event(), an_event()])["engagement"] == 30.0


def test_a_step_at_one_instant_may_stand_earlier_in_the_order_of_events() -> None:
    rule = a_sequence_rule("email.opened", "email.clicked")
    events = [an_event("email.clicked", DAY, _id="a"), an_event("email.opened", DAY, _id="b")]

    assert scored(a_model(rule), events)["engagement"] == 30.0


def test_once_it_is_the_completion_that_ends_first() -> None:
    rule = a_sequence_rule(*STEPS, same="campaign_id", decay=HalfLife(span=DAY))
    events = [*_journey(9, 8, 1, campaign="a"), *_journey(4, 3, 2, campaign="b")]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 7.5
    entry = outcome.entry("journey")
    assert (entry["events"], entry["raw_points"]) == (3, 30.0)
    assert (entry["first_at"], entry["last_at"]) == (NOW - 4 * DAY, NOW - 2 * DAY)


def test_each_completion_gives_points_and_none_shares_an_event() -> None:
    rule = a_sequence_rule("email.opened", "email.clicked", award="each", points=10.0)
    kinds = ["opened", "opened", "clicked", "clicked", "opened", "clicked", "opened"]
    events = [an_event(f"email.{kind}", (9 - i) * DAY) for i, kind in enumerate(kinds)]

    outcome = scored(a_model(rule), events)

    assert outcome["engagement"] == 20.0
    entry = outcome.entry("journey")
    assert (entry["events"], entry["raw_points"]) == (4, 20.0)
    assert (entry["first_at"], entry["last_at"]) == (NOW - 9 * DAY, NOW - 4 * DAY)


def test_each_value_has_completions_of_its_own() -> None:
    rule = a_sequence_rule(*STEPS, same="campaign_id", award="each", points=10.0)
    events = [*_journey(9, 7, 5, campaign="a"), *_journey(8, 6, 4, campaign="b")]

    assert scored(a_model(rule), events)["engagement"] == 20.0


def test_steps_have_conditions_of_their_own() -> None:
    welcome = a_matcher("email.opened", "campaign_name = 'Welcome'")
    rule = a_sequence_rule(welcome, "email.clicked", same="message_id")
    other = an_event("email.opened", 3 * DAY, message_id="m", campaign_name="Sale")
    opened = an_event("email.opened", 2 * DAY, message_id="m", campaign_name="Welcome")
    clicked = an_event("email.clicked", DAY, message_id="m")

    assert scored(a_model(rule), [other, clicked])["engagement"] == 0.0
    assert scored(a_model(rule), [opened, clicked])["engagement"] == 30.0
