"""Which stage a person comes to next with time alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from connector.scoring.model import Expires, HalfLife, InactiveRule, Model
from connector.sync.looking.forecast import Turn, next_turn
from tests.unit.scoring.lab import (
    DAY,
    NOW,
    a_contact,
    a_model,
    a_score,
    an_event,
    an_event_rule,
    condition,
    contact_frame,
    event_frame,
    rungs,
)

LADDER = rungs(("cold", 0.0), ("warm", 5.0, 4.0), ("hot", 20.0))


def ahead(model: Model, stage: str | None, *stored: dict[str, object]) -> Turn | None:
    return next_turn(
        model,
        contacts=contact_frame([a_contact()]).lazy(),
        events=event_frame(list(stored)).lazy(),
        memory=pl.LazyFrame({"_contact": [1]}, schema={"_contact": pl.Int64}),
        at=NOW,
        stages={"lead": stage},
    )


def a_laddered(*rules: Any, **keys: Any) -> Model:  # noqa: ANN401 - rules and keys of a score
    return a_model(*rules, scores=[a_score(stages=LADDER, digits=0, **keys)])


def test_points_that_expire_end_a_stage() -> None:
    model = a_laddered(an_event_rule(points=10.0, decay=Expires(span=30 * DAY)))

    turn = ahead(model, "warm", an_event(ago=10 * DAY))

    assert turn == Turn(score="lead", at=NOW + 20 * DAY, before="warm", after="cold", is_fall=True)


def test_points_that_cool_end_a_stage_once_they_are_rounded_below_it() -> None:
    model = a_laddered(an_event_rule(points=14.0, decay=HalfLife(span=30 * DAY)))

    turn = ahead(model, "warm", an_event())

    # 14 points are 3.5 after two half-lives, which is rounded to 4.
    assert turn is not None
    assert NOW + 60 * DAY <= turn.at <= NOW + 60 * DAY + timedelta(seconds=2)
    assert (turn.before, turn.after) == ("warm", "cold")


def test_a_hundred_points_to_cool_are_looked_through() -> None:
    model = a_laddered(an_event_rule(points=400.0, decay=HalfLife(span=DAY)))

    turn = ahead(model, "hot", an_event())

    assert turn is not None
    assert (turn.before, turn.after) == ("hot", "warm")


def test_what_took_points_away_may_cool_as_well() -> None:
    model = a_laddered(
        an_event_rule(points=10.0, name="seen"),
        an_event_rule("email.unsubscribed", points=-9.0, name="left", decay=Expires(span=30 * DAY)),
    )

    turn = ahead(model, "cold", an_event(), an_event("email.unsubscribed"))

    assert turn is not None
    assert (turn.after, turn.is_fall, turn.at) == ("warm", False, NOW + 30 * DAY)


def test_silence_may_end_a_stage() -> None:
    quiet = InactiveRule(name="quiet", dimension="engagement", silence=7 * DAY, points=-9.0)
    model = a_laddered(an_event_rule(points=10.0), quiet)

    turn = ahead(model, "warm", an_event(ago=DAY))

    assert turn is not None
    assert NOW + 6 * DAY <= turn.at <= NOW + 6 * DAY + timedelta(seconds=1)


def test_what_happened_later_is_not_foreseen() -> None:
    model = a_laddered(an_event_rule(points=10.0, decay=Expires(span=30 * DAY)))

    turn = ahead(model, "warm", an_event(ago=10 * DAY), an_event(ago=-5 * DAY))

    assert turn is not None
    assert turn.at == NOW + 20 * DAY


def test_where_nothing_moves_no_stage_does() -> None:
    assert ahead(a_laddered(an_event_rule(points=10.0)), "warm", an_event()) is None


def test_who_is_outside_the_population_has_no_stage_to_lose() -> None:
    model = a_laddered(an_event_rule(points=10.0), population=condition("country = 'FR'"))

    assert ahead(model, None, an_event()) is None


def test_beyond_a_year_nobody_looks() -> None:
    model = a_laddered(an_event_rule(points=10.0, decay=Expires(span=400 * DAY)))

    assert ahead(model, "warm", an_event()) is None


def test_what_is_stored_is_read_once_however_far_it_is_looked() -> None:
    model = a_laddered(an_event_rule(points=14.0, decay=HalfLife(span=30 * DAY)))
    readings: list[int] = []

    def read(frame: pl.DataFrame) -> pl.DataFrame:
        readings.append(frame.height)
        return frame

    next_turn(
        model,
        contacts=contact_frame([a_contact()]).lazy(),
        events=event_frame([an_event()]).lazy().map_batches(read),
        memory=pl.LazyFrame({"_contact": [1]}, schema={"_contact": pl.Int64}),
        at=NOW,
        stages={"lead": "warm"},
    )

    assert readings == [1]
