from __future__ import annotations

from datetime import datetime, timedelta
from math import log2, sqrt

import polars as pl
import pytest

from connector.conditions.expression import Kind
from connector.domain.values import FieldType
from connector.scoring.change.outlook import announced_hourly
from connector.scoring.engine import score
from connector.scoring.model import (
    Cap,
    Decay,
    Expires,
    Grade,
    HalfLife,
    Linear,
    Measure,
    Model,
    Rule,
    Side,
    Step,
    Target,
    TargetAttribute,
    Trigger,
)
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    NOW,
    TICK,
    a_contact,
    a_dimension,
    a_model,
    a_score,
    a_trait,
    an_event,
    an_event_rule,
    an_inactive_rule,
    condition,
    contact_frame,
    event_frame,
    scored,
)

MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)


def next_change(model: Model, *events: dict[str, object], **contact: object) -> datetime | None:
    found: datetime | None = scored(model, events, contacts=[a_contact(**contact)])[
        "_next_change_at"
    ]
    return found


def announcing(text: str, *rules: Rule, **keys: object) -> Model:
    """Return a model with a trigger on dimensions and the trait `fact`."""
    when = condition(text, engagement=Kind.NUMBER, fit=Kind.NUMBER, fact=Kind.NUMBER)
    trigger = Trigger(name="call", when=when, deeds=())
    return a_model(*rules, triggers={"call": trigger}, **keys)  # type: ignore[arg-type]


def near(announced: datetime | None, change: datetime) -> bool:
    """Return whether `change` is announced at most two milliseconds too early."""
    return announced is not None and timedelta(0) <= change - announced <= 2 * MILLISECOND


def test_what_time_alone_cannot_change_is_never_announced() -> None:
    model = a_model(an_event_rule(), traits=[a_trait("count")])

    assert next_change(model, an_event(ago=DAY)) is None


@pytest.mark.parametrize(
    ("decay", "ago", "announced"),
    [
        pytest.param(HalfLife(span=DAY), DAY, None, id="half-life"),
        pytest.param(Linear(span=2 * DAY), DAY, NOW + DAY, id="linear"),
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
def test_points_that_jump_are_announced(
    decay: Decay, ago: timedelta, announced: datetime | None
) -> None:
    assert next_change(a_model(an_event_rule(decay=decay)), an_event(ago=ago)) == announced


@pytest.mark.parametrize(
    ("decay", "after"),
    [(HalfLife(span=DAY), DAY), (Linear(span=4 * DAY), 2 * DAY)],
    ids=["half-life", "linear"],
)
@pytest.mark.parametrize(
    "text", ["engagement >= 4", "10 - engagement * 2 <= 2", "GREATEST(engagement, 1) >= 4"]
)
def test_points_that_cool_are_announced_when_they_pass_a_threshold(
    decay: Decay, after: timedelta, text: str
) -> None:
    model = announcing(text, an_event_rule(points=8.0, decay=decay))

    assert near(next_change(model, an_event()), NOW + after)


@pytest.mark.parametrize(
    ("digits", "share"), [(0, 7.5 - 5e-10), (1, 7.95 - 5e-10), (9, 8.0 - 5e-10)]
)
def test_a_score_is_announced_when_its_rounding_changes(digits: int, share: float) -> None:
    rule = an_event_rule(points=8.0, decay=HalfLife(span=DAY))
    model = a_model(rule, scores=[a_score(digits=digits)])

    assert near(next_change(model, an_event()), NOW + DAY * log2(8.0 / share) + TICK)


def test_a_score_that_is_held_by_its_range_waits_until_it_is_free() -> None:
    rule = an_event_rule(points=16.0, decay=HalfLife(span=DAY))
    model = a_model(rule, scores=[a_score(digits=0, low=0.0, high=4.0)])

    assert near(next_change(model, an_event()), NOW + DAY * log2(16.0 / (3.5 - 5e-10)) + TICK)


def test_a_score_that_somebody_decided_is_not_announced() -> None:
    rule = an_event_rule(points=8.0, decay=HalfLife(span=DAY))
    model = a_model(rule, scores=[a_score(digits=0)])
    memory = pl.DataFrame({"_contact": [1], "_override:lead": [5.0]})

    assert scored(model, [an_event()], memory=memory)["_next_change_at"] is None


@pytest.mark.parametrize("cap", [2.0, 4.0])
def test_a_group_that_cools_in_step_moves_once_it_leaves_its_ceiling(cap: float) -> None:
    decay = HalfLife(span=DAY)
    threshold = cap * 0.75 - 0.25
    model = announcing(
        f"engagement >= {threshold}",
        an_event_rule(points=6.0, decay=decay, group="g"),
        an_event_rule(points=2.0, decay=decay, group="g", name="other", dimension="fit"),
        dimensions=[a_dimension(), a_dimension("fit")],
        groups={"g": cap},
    )

    assert near(next_change(model, an_event()), NOW + DAY * log2(6.0 / threshold) + TICK)


def test_a_dimension_may_rise_while_a_group_is_held_by_its_ceiling() -> None:
    model = announcing(
        "engagement > 3.25",
        an_event_rule(points=8.0, decay=HalfLife(span=DAY), group="g"),
        an_event_rule(points=-1.0, decay=HalfLife(span=DAY), name="pull"),
        groups={"g": 4.0},
    )

    # Four points stand for a day, less one that cools: 4 - x > 3.25 at x = 3/4.
    assert near(next_change(model, an_event()), NOW + DAY * log2(4.0 / 3.0) + TICK)


def test_an_upper_and_a_lower_pull_are_reckoned_together() -> None:
    model = announcing(
        "engagement >= 3",
        an_event_rule(points=8.0, decay=HalfLife(span=DAY)),
        an_event_rule(points=-4.0, decay=HalfLife(span=2 * DAY), name="pull"),
    )

    announced = next_change(model, an_event())

    # 8x^2 - 4x = 3 at x = (1 + sqrt(7)) / 4
    crossing = NOW - 2 * DAY * log2((1.0 + sqrt(7.0)) / 4.0)
    assert announced is not None
    assert crossing - HOUR < announced <= crossing


def test_bounds_that_are_loose_are_drawn_anew_a_few_times_only() -> None:
    model = announcing(
        "engagement - fit >= 3",
        an_event_rule(points=18.0, decay=HalfLife(span=DAY)),
        an_event_rule(points=12.0, decay=HalfLife(span=2 * DAY), name="pull", dimension="fit"),
        dimensions=[a_dimension(), a_dimension("fit")],
    )
    # 18x^2 - 12x = 3 at x = (2 + sqrt(10)) / 6
    crossing = NOW - 2 * DAY * log2((2.0 + sqrt(10.0)) / 6.0)

    at, looked = NOW, 0
    while at < crossing:
        announced = scored(model, [an_event()], at=at)["_next_change_at"]
        assert at < announced <= crossing + TICK
        at, looked = max(announced, at + MINUTE), looked + 1

    assert looked <= 3


def test_points_count_until_nothing_is_left_of_them() -> None:
    model = announcing("engagement > 0", an_event_rule(points=1.0, decay=HalfLife(span=DAY)))

    announced = next_change(model, an_event())

    assert near(announced, NOW + 56 * DAY + TICK)
    assert scored(model, [an_event()], at=NOW + 57 * DAY)["_next_change_at"] is None


def test_what_can_never_be_told_is_named() -> None:
    text = "CASE WHEN engagement > 3 THEN 'hot' ELSE 'cold' END = 'hot'"
    rule = an_event_rule(decay=HalfLife(span=DAY))

    assert announced_hourly(announcing(text, rule)) == [("triggers", "call", "when")]
    assert announced_hourly(announcing("engagement * engagement > 3", rule)) == []
    assert announced_hourly(announcing(text, an_event_rule())) == []


def test_days_since_are_announced_to_the_microsecond() -> None:
    model = announcing("fact > 30", traits=[a_trait("days_since")])

    assert next_change(model, an_event(ago=9 * DAY)) == NOW + 21 * DAY + TICK
    assert next_change(model, an_event(ago=31 * DAY)) is None
    assert next_change(model) is None


def test_a_condition_without_bounds_is_looked_at_every_hour_while_it_moves() -> None:
    text = "CASE WHEN engagement > 3 THEN 'hot' ELSE 'cold' END = 'hot'"
    model = announcing(text, an_event_rule(points=8.0, decay=HalfLife(span=DAY)))

    assert next_change(model, an_event()) == NOW + HOUR
    assert next_change(model) is None


def test_a_number_that_a_platform_shows_is_announced_when_its_decimals_change() -> None:
    shown = TargetAttribute(field="HEAT", source="engagement", type=FieldType.NUMBER, digits=2)
    model = a_model(
        an_event_rule(points=8.0, decay=HalfLife(span=DAY)),
        targets={"mail": Target(platform="mail", attributes=(shown,))},
    )

    change = NOW + DAY * log2(8.0 / (7.995 - 5e-10)) + TICK
    assert near(next_change(model, an_event()), change)


def test_a_grade_is_announced_when_a_side_leaves_its_band() -> None:
    side = Side(of="engagement", bands=(("A", 4.0), ("B", 6.0), ("C", 9.0)))
    model = a_model(
        an_event_rule(points=8.0, decay=HalfLife(span=DAY)),
        grades={"cell": Grade(name="cell", rows=side, columns=side)},
    )

    assert near(next_change(model, an_event()), NOW + DAY * log2(8.0 / (6.0 - 5e-10)) + TICK)
    # Whoever is below all bands is in the lowest.
    assert next_change(model, an_event(ago=DAY)) is None


def test_company_changes_no_announcement() -> None:
    model = a_model(
        an_event_rule(points=8.0, decay=HalfLife(span=30 * DAY)),
        an_event_rule(points=-5.0, decay=HalfLife(span=DAY), name="pull"),
        scores=[a_score(digits=1)],
    )
    people = [a_contact(number) for number in range(1, 41)]
    events = [an_event(ago=DAY * log2(1.0 + n), _contact=n) for n in range(1, 41)]

    together = scored(model, events, contacts=people).contacts

    for number in (1, 7, 40):
        alone = scored(model, [events[number - 1]], contacts=[people[number - 1]]).contacts
        assert alone[number] == together[number]


def test_nothing_is_said_of_the_future_when_nobody_asks() -> None:
    result = score(
        a_model(an_event_rule()),
        contacts=contact_frame([a_contact()]).lazy(),
        events=event_frame([an_event()]).lazy(),
        at=NOW,
        foresee=False,
    )

    assert "_next_change_at" not in result.contacts.columns


def test_the_earliest_of_all_is_announced() -> None:
    model = a_model(
        an_event_rule(decay=Expires(span=3 * DAY)),
        an_inactive_rule(silence=2 * DAY),
    )

    assert next_change(model, an_event(ago=DAY)) == NOW + DAY + TICK
    assert next_change(model, an_event(ago=DAY), an_event(ago=3 * DAY - HOUR)) == NOW + HOUR


def test_events_whose_points_are_nothing_announce_nothing() -> None:
    model = a_model(an_event_rule(decay=Expires(span=9 * DAY), cap=Cap(points=1.0, per="lifetime")))

    announced = next_change(model, an_event(ago=2 * DAY), an_event(ago=DAY))

    assert announced == NOW + 7 * DAY


def test_a_rule_whose_guard_is_shut_announces_nothing() -> None:
    rule = an_event_rule(points=8.0, decay=HalfLife(span=DAY), guard=condition("country = 'FR'"))
    model = announcing("engagement >= 4", rule)

    assert next_change(model, an_event(), country="DE") is None
    assert near(next_change(model, an_event(), country="FR"), NOW + DAY)


@pytest.mark.parametrize(
    ("ago", "announced"),
    [(DAY, NOW + 29 * DAY + TICK), (30 * DAY, NOW + TICK), (30 * DAY + TICK, None)],
    ids=["silence to come", "just after", "silent already"],
)
def test_the_end_of_silence_is_announced(ago: timedelta, announced: datetime | None) -> None:
    model = a_model(an_inactive_rule(silence=30 * DAY))

    assert next_change(model, an_event(ago=ago)) == announced
    assert next_change(model, _created_at=NOW - ago) == announced


@pytest.mark.parametrize("measure", ["count", "days_since", "sum"])
def test_a_window_that_is_asked_about_is_announced_when_its_first_event_leaves(
    measure: Measure,
) -> None:
    column = "amount" if measure == "sum" else None
    trait = a_trait(measure, within=3 * DAY, column=column)
    events = [an_event(ago=ago, amount=1.0) for ago in (9 * DAY, 2 * DAY, DAY)]

    assert next_change(announcing("fact > 99", traits=[trait]), *events) == NOW + DAY
    assert next_change(a_model(traits=[trait]), *events) is None


def test_a_stored_event_yet_to_come_is_announced() -> None:
    model = a_model(an_event_rule(decay=Expires(span=9 * DAY)))
    to_come = [an_event("custom.anything", ago=-2 * DAY), an_event(ago=-3 * DAY)]

    assert next_change(model, an_event(), *to_come) == NOW + 2 * DAY


def test_an_event_is_announced_to_be_forgotten() -> None:
    model = a_model(an_event_rule(), keep_events=9 * DAY)

    assert next_change(model, an_event(ago=DAY), an_event(ago=2 * DAY)) == NOW + 7 * DAY
