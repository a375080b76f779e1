"""From contributions to scores: groups, dimensions, scores, stages, grades, conditions."""

from __future__ import annotations

import math

import polars as pl
import pytest

from connector.conditions.expression import Kind
from connector.domain.frames import HELD_PREFIX, OVERRIDE_PREFIX
from connector.scoring.model import Grade, Score, Side, Target, TargetList, Trigger
from tests.unit.scoring.lab import (
    DAY,
    Outcome,
    a_contact,
    a_dimension,
    a_model,
    a_score,
    a_when_rule,
    an_event,
    an_event_rule,
    condition,
    formula,
    rungs,
    scored,
    where,
)

AMOUNT = where("amount", Kind.NUMBER)


def worth(
    points: float | None,
    *,
    score: Score | None = None,
    memory: pl.DataFrame | None = None,
    **sections: object,
) -> Outcome:
    """Score one contact whose only event is worth `points`."""
    scores = [score or a_score()]
    model = a_model(an_event_rule(points=AMOUNT), scores=scores, **sections)  # type: ignore[arg-type]
    return scored(model, [an_event(amount=points)], memory=memory)


def remembered(**columns: object) -> pl.DataFrame:
    frame = pl.DataFrame({"_contact": [1], **{name: [value] for name, value in columns.items()}})
    return frame.with_columns(
        pl.col("^_held:.*$").cast(pl.String), pl.col("^_override:.*$").cast(pl.Float64)
    )


def held(stage: str | None) -> pl.DataFrame:
    return remembered(**{f"{HELD_PREFIX}lead": stage})


def override(value: float | None) -> pl.DataFrame:
    return remembered(**{f"{OVERRIDE_PREFIX}lead": value})


@pytest.mark.parametrize(
    ("first", "second", "cap", "points"),
    [
        pytest.param(40.0, 20.0, 30.0, (20.0, 10.0), id="both shrink alike"),
        pytest.param(10.0, 20.0, 30.0, (10.0, 20.0), id="just reached"),
        pytest.param(-40.0, -20.0, 30.0, (-20.0, -10.0), id="negative"),
        pytest.param(40.0, -20.0, 10.0, (20.0, -10.0), id="mixed signs"),
        pytest.param(40.0, 20.0, -30.0, (20.0, 10.0), id="the cap counts by its size"),
        pytest.param(40.0, -40.0, 1.0, (40.0, -40.0), id="a sum of zero"),
        pytest.param(40.0, 20.0, 0.0, (0.0, 0.0), id="a cap of zero"),
    ],
)
def test_a_group_shares_its_cap(
    first: float, second: float, cap: float, points: tuple[float, float]
) -> None:
    model = a_model(
        an_event_rule(points=first, name="a", group="g"),
        an_event_rule(points=second, name="b", group="g", dimension="fit"),
        an_event_rule(points=7.0, name="alone"),
        dimensions=[a_dimension(), a_dimension("fit")],
        groups={"g": cap},
    )

    outcome = scored(model, [an_event()])

    assert outcome["engagement"] == pytest.approx(points[0] + 7.0, abs=1e-12)
    assert outcome["fit"] == pytest.approx(points[1], abs=1e-12)
    assert outcome.entry("a")["raw_points"] == first


def test_a_guarded_rule_takes_no_share_of_its_group() -> None:
    model = a_model(
        an_event_rule(points=40.0, name="a", group="g"),
        a_when_rule("country = 'FR'", name="b", group="g"),
        groups={"g": 30.0},
    )

    assert scored(model, [an_event()])["engagement"] == 30.0


@pytest.mark.parametrize(
    ("points", "value", "cut"),
    [(250.0, 200.0, -50.0), (-101.5, -100.0, 1.5), (200.0, 200.0, None), (-100.0, -100.0, None)],
    ids=["above", "below", "at the cap", "at the floor"],
)
def test_a_dimension_is_held_and_tells_what_was_cut(
    points: float, value: float, cut: float | None
) -> None:
    outcome = worth(points, dimensions=[a_dimension(floor=-100.0, cap=200.0)])

    assert outcome["engagement"] == value
    limits = [each["points"] for each in outcome.told[1] if each["rule"] == "(limit)"]
    assert limits == ([] if cut is None else [cut])


def test_a_limit_is_told_with_nothing_else() -> None:
    outcome = worth(5.0, dimensions=[a_dimension(cap=2.0)])

    assert outcome.told[1][1] == {
        "_contact": 1,
        "rule": "(limit)",
        "dimension": "engagement",
        "raw_points": 0.0,
        "points": -3.0,
        "events": 0,
        "first_at": None,
        "last_at": None,
    }


def test_a_score_is_the_sum_of_all_dimensions_by_default() -> None:
    model = a_model(
        an_event_rule(points=0.1, name="a"),
        an_event_rule(points=0.2, name="b", dimension="fit"),
        dimensions=[a_dimension(), a_dimension("fit"), a_dimension("empty")],
        scores=[a_score()],
    )

    assert scored(model, [an_event()])["lead"] == 0.3


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        pytest.param("engagement * 2 + 1", 21.0, id="arithmetic"),
        pytest.param("engagement / 0", None, id="infinite"),
        pytest.param("(engagement - 10) / 0", None, id="nan"),
        pytest.param("NULLIF(engagement, 10)", None, id="null"),
        pytest.param("engagement * -0.0", 0.0, id="never minus zero"),
        pytest.param("7", 7.0, id="a constant"),
    ],
)
def test_a_formula_is_sql_over_dimensions(text: str, exact: float | None) -> None:
    score = a_score(formula=formula(text, "engagement"), stages=rungs(("cold", 0.0)))

    outcome = worth(10.0, score=score)

    assert outcome["_exact:lead"] == exact
    assert outcome["lead"] == exact
    assert outcome["lead_stage"] == (None if exact is None else "cold")
    assert exact is None or math.copysign(1.0, outcome["_exact:lead"]) == 1.0


@pytest.mark.parametrize(
    ("points", "value"), [(-5.0, 0.0), (0.0, 0.0), (100.0, 100.0), (101.0, 100.0)]
)
def test_a_score_is_clamped_to_its_range(points: float, value: float) -> None:
    assert worth(points, score=a_score(low=0.0, high=100.0))["_exact:lead"] == value


@pytest.mark.parametrize(
    ("points", "digits", "rounded"),
    [
        (1.005, 2, 1.01),
        (2.675, 2, 2.68),
        (0.5, 0, 1.0),
        (-0.5, 0, -1.0),
        (-0.4, 0, 0.0),
        (39.4999999999, 0, 40.0),
        (39.499999999, 0, 39.0),
    ],
)
def test_scores_are_stored_exact_and_seen_rounded(
    points: float, digits: int, rounded: float
) -> None:
    outcome = worth(points, score=a_score(digits=digits))

    assert outcome["_exact:lead"] == points
    assert outcome["lead"] == rounded
    assert math.copysign(1.0, outcome["lead"]) == math.copysign(1.0, rounded)


LADDER = rungs(("cold", 0.0), ("warm", 20.0, 17.0), ("hot", 40.0, 35.0))


@pytest.mark.parametrize(
    ("stage", "points", "now"),
    [
        (None, -5.0, "cold"),
        (None, 19.4, "cold"),
        (None, 19.5, "warm"),
        (None, 20.0, "warm"),
        (None, 39.0, "warm"),
        (None, 40.0, "hot"),
        ("warm", 17.0, "warm"),
        ("warm", 16.0, "cold"),
        ("warm", 36.0, "warm"),
        ("hot", 35.0, "hot"),
        ("hot", 34.0, "warm"),
        ("hot", 17.0, "warm"),
        ("hot", 16.0, "cold"),
        ("cold", 17.0, "cold"),
        ("gone", 17.0, "cold"),
        ("gone", 40.0, "hot"),
    ],
)
def test_a_stage_is_harder_to_enter_than_to_hold(
    stage: str | None, points: float, now: str
) -> None:
    score = a_score(stages=LADDER, digits=0)

    assert worth(points, score=score, memory=held(stage))["lead_stage"] == now


@pytest.mark.parametrize(
    ("stage", "points", "now"),
    [("hot", 0.0, "hot"), ("warm", 41.0, "hot"), (None, 0.0, "cold"), ("gone", 25.0, "warm")],
)
def test_an_up_only_stage_never_falls(stage: str | None, points: float, now: str) -> None:
    score = a_score(stages=LADDER, is_up_only=True)

    assert worth(points, score=score, memory=held(stage))["lead_stage"] == now


def test_outside_its_population_a_contact_has_neither_score_nor_stage() -> None:
    score = a_score(
        stages=LADDER,
        is_up_only=True,
        population=condition("engagement > 5", engagement=Kind.NUMBER),
    )
    memory = held("hot")

    inside, outside = (worth(points, score=score, memory=memory) for points in (6.0, 5.0))

    assert (inside["lead"], inside["lead_stage"]) == (6.0, "hot")
    assert (outside["_exact:lead"], outside["lead"], outside["lead_stage"]) == (None, None, None)


@pytest.mark.parametrize(
    ("points", "low", "value", "moved"),
    [
        pytest.param(30.0, None, 50.0, 20.0, id="above"),
        pytest.param(30.0, None, 10.0, -20.0, id="below"),
        pytest.param(None, 5.0, 3.0, -2.0, id="in place of the clamped score"),
    ],
)
def test_a_person_decides_in_place_of_the_score(
    points: float | None, low: float | None, value: float, moved: float
) -> None:
    score = a_score(stages=LADDER, low=low)

    outcome = worth(points, score=score, memory=override(value))

    assert outcome["_exact:lead"] == outcome["lead"] == value
    assert outcome["engagement"] == (points or 0.0)
    assert outcome.entry("(override)") == {
        "_contact": 1,
        "rule": "(override)",
        "dimension": None,
        "raw_points": 0.0,
        "points": moved,
        "events": 0,
        "first_at": None,
        "last_at": None,
    }


def test_a_decision_is_told_also_where_it_is_what_was_computed() -> None:
    outcome = worth(30.0, score=a_score(), memory=override(30.0))

    assert outcome.entry("(override)")["points"] == 0.0


def test_a_person_decides_outside_the_population_too() -> None:
    score = a_score(stages=LADDER, population=condition("country = 'FR'"))

    outcome = worth(30.0, score=score, memory=override(50.0))

    assert (outcome["lead"], outcome["lead_stage"]) == (50.0, "hot")
    assert outcome.entry("(override)")["points"] == 50.0


def test_memory_may_lack_columns_and_contacts() -> None:
    outcome = worth(30.0, score=a_score(stages=LADDER), memory=pl.DataFrame({"_contact": [9]}))

    assert outcome["lead_stage"] == "warm"


@pytest.mark.parametrize(
    ("points", "country", "grade"),
    [
        (75.0, "FR", "A1"),
        (74.0, None, "B2"),
        (50.0, "FR", "B1"),
        (-1.0, None, "D2"),
        (24.9999999999, None, "C2"),
        (24.9999, None, "D2"),
    ],
)
def test_a_grade_is_the_cell_of_two_bands(points: float, country: str | None, grade: str) -> None:
    rows = Side(of="engagement", bands=(("A", 75.0), ("B", 50.0), ("C", 25.0), ("D", 0.0)))
    columns = Side(of="fit", bands=(("1", 20.0), ("2", 10.0)))
    model = a_model(
        an_event_rule(points=AMOUNT),
        a_when_rule("country = 'FR'", dimension="fit"),
        dimensions=[a_dimension(), a_dimension("fit")],
        grades={"cell": Grade(name="cell", rows=rows, columns=columns)},
    )

    outcome = scored(model, [an_event(amount=points)], contacts=[a_contact(country=country)])

    assert outcome["cell"] == grade


def test_a_grade_of_a_score_sees_it_rounded_and_needs_its_population() -> None:
    side = Side(of="lead", bands=(("A", 40.0), ("B", 0.0)))
    grades = {"cell": Grade(name="cell", rows=side, columns=side)}
    score = a_score(digits=0, population=condition("engagement > 1", engagement=Kind.NUMBER))

    cells = [worth(points, score=score, grades=grades)["cell"] for points in (39.5, 39.4, 1.0)]

    assert cells == ["AA", "BB", None]


def test_conditions_of_targets_and_triggers_see_all_results() -> None:
    seen = {"lead": Kind.NUMBER, "lead_stage": Kind.TEXT, "engagement": Kind.NUMBER}
    target = Target(
        platform="crm",
        lists=(
            TargetList(name="Hot", when=condition("lead_stage = 'hot' AND lead = 40", **seen)),
            TargetList(name="Null", when=condition("country = 'FR'")),
        ),
        tags={"vip": condition("in_list('crm', 'VIP') AND engagement < 40", **seen)},
    )
    trigger = Trigger(name="call", when=condition("age > 17 AND lead >= 40", **seen), deeds=())
    model = a_model(
        an_event_rule(points=39.5),
        scores=[a_score(stages=LADDER, digits=0)],
        targets={"crm": target},
        triggers={"call": trigger},
    )
    contact = a_contact(age=18.0, **{"_in_list:crm:VIP": True})

    outcome = scored(model, [an_event()], contacts=[contact])

    assert outcome["_list:crm:Hot"] is True
    assert outcome["_list:crm:Null"] is False
    assert outcome["_tag:crm:vip"] is True
    assert outcome["_trigger:call"] is True


def test_of_an_excluded_contact_nothing_is_told() -> None:
    target = Target(platform="crm", lists=(TargetList(name="All", when=condition("TRUE")),))
    model = a_model(
        an_event_rule(),
        exclude=condition("email ILIKE '%@ours.example'"),
        dimensions=[a_dimension(floor=10.0)],
        scores=[a_score(stages=LADDER)],
        targets={"crm": target},
    )
    people = [a_contact(1, email="me@ours.example"), a_contact(2, email=None)]
    events = [an_event(_contact=number, ago=-DAY) for number in (1, 2)]

    outcome = scored(model, events, contacts=people)

    assert outcome.contacts[1] == {
        "_contact": 1,
        "_is_excluded": True,
        "engagement": None,
        "_exact:lead": None,
        "lead": None,
        "lead_stage": None,
        "_next_change_at": None,
        "_list:crm:All": False,
    }
    assert outcome.contacts[2]["_list:crm:All"] is True
    assert sorted(outcome.told) == [2]


def test_a_model_without_anything_scores_nothing() -> None:
    outcome = scored(a_model(dimensions=[]), [an_event()])

    assert outcome.contacts == {1: {"_contact": 1, "_is_excluded": False, "_next_change_at": None}}
    assert outcome.told == {}


def test_no_contacts_is_no_answer() -> None:
    outcome = scored(a_model(an_event_rule(), scores=[a_score()]), [an_event()], contacts=[])

    assert outcome.contacts == {}
