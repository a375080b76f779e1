"""What the page of one lead draws: whom it is asked for, bars, the way of a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.ledger import Firing, FiringState
from connector.scoring.model import Rung, Score
from connector.sync.looking.forecast import Turn
from connector.sync.looking.steps import Step
from connector.sync.looking.trend import Point
from connector.web.dashboard.language import Language
from connector.web.dashboard.lead.asked import LONGEST, Asked
from connector.web.dashboard.lead.course import options
from connector.web.dashboard.lead.scores import Ladder
from connector.web.dashboard.lead.stairs import Ground
from connector.web.dashboard.lead.told import done_by
from tests.builders import a_configuration
from tests.unit.sync.world import TEXT

T = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
DAY = timedelta(days=1)
HEAT = Score(
    name="heat",
    formula=None,
    stages=(
        Rung(name="cold", from_=0, leave_below=0),
        Rung(name="warm", from_=20, leave_below=16),
        Rung(name="hot", from_=50, leave_below=40),
    ),
)
NAMES = ("so far", "then")


def _a_point(days: int, value: float | None) -> Point:
    return Point(
        at=T + days * DAY, scores={"heat": value}, stages={"heat": "cold"}, is_ahead=days > 0
    )


COURSE = [_a_point(-2, None), _a_point(-1, 30), _a_point(0, 24), _a_point(1, 12)]


def _a_step(points: float, after: float) -> Step:
    return Step(kind="rule", points=points, after=after)


@pytest.mark.parametrize(
    ("query", "contact", "score"),
    [
        ({}, "", "heat"),
        ({"contact": " a@x.org ", "score": "heat"}, "a@x.org", "heat"),
        ({"contact": "crm:7", "score": "luck"}, "crm:7", "heat"),
        ({"contact": "x" * 9_999}, "x" * LONGEST, "heat"),
    ],
)
def test_whoever_is_asked_for_is_read_from_the_address(
    query: dict[str, str], contact: str, score: str
) -> None:
    asked = Asked.read(query, a_configuration(TEXT).model)

    assert (asked.contact, asked.score) == (contact, score)


def test_another_score_of_the_same_lead_has_an_address() -> None:
    asked = Asked(contact="crm:7&x", score="heat")

    assert asked.address("fit") == "/lead?contact=crm%3A7%26x&score=fit"


def test_bars_stand_where_the_sum_goes_from_step_to_step() -> None:
    ground = Ground.of([_a_step(30, 30), _a_step(-40, -10), _a_step(20, 10)])

    assert (ground.low, ground.high) == (-10, 30)
    assert ground.place(0, 30) == (0.25, 0.75)
    assert ground.place(30, -10) == (0.0, 1.0)
    assert ground.place(-10, 10) == (0.0, 0.5)


def test_steps_that_give_nothing_have_a_ground_too() -> None:
    assert Ground.of([_a_step(0, 0)]).place(0, 0) == (0.0, 0.0)


def test_the_past_is_solid_and_what_is_to_come_is_dotted_from_now_on() -> None:
    past, ahead = options(HEAT, COURSE, None, NAMES)["series"]

    assert [value for _, value in past["data"]] == [None, 30, 24]
    assert [value for _, value in ahead["data"]] == [24, 12]
    assert (past["lineStyle"]["type"], ahead["lineStyle"]["type"]) == ("solid", "dotted")


def test_the_next_stage_is_in_sight() -> None:
    chart = options(HEAT, COURSE, None, NAMES)

    assert chart["yAxis"]["max"] > 50
    assert [each["name"] for each in chart["series"][0]["markLine"]["data"]] == ["warm", "hot"]


@pytest.mark.parametrize(("score", "marks"), [("heat", ["cold"]), ("fit", [])])
def test_the_next_change_of_this_score_is_marked(score: str, marks: list[str]) -> None:
    turn = Turn(score=score, at=T + DAY, before="warm", after="cold", is_fall=True)

    _, ahead = options(HEAT, COURSE, turn, NAMES)["series"]

    assert [each["name"] for each in ahead.get("markLine", {}).get("data", [])] == marks


@pytest.mark.parametrize(
    ("score", "value", "share", "widths"),
    [
        (HEAT, 25, 0.4, {"cold": 0.32, "warm": 0.48, "hot": 0.2}),
        (HEAT, 100, 1.0, {"cold": 0.2, "warm": 0.3, "hot": 0.5}),
        (replace(HEAT, low=10, high=60), 0, 0.0, {"cold": 0.2, "warm": 0.6, "hot": 0.2}),
        (Score(name="bare", formula=None, low=0, high=40), 10, 0.25, {}),
    ],
    ids=["room_above", "beyond_the_last", "a_range", "no_stages"],
)
def test_a_ladder_tells_how_far_a_score_has_come(
    score: Score, value: float, share: float, widths: dict[str, float]
) -> None:
    found = Ladder.of(score, value)

    assert found is not None
    assert found.share == pytest.approx(share)
    assert {rung.name: width for rung, width in found.rungs} == pytest.approx(widths)


def test_a_score_without_a_measure_has_no_ladder() -> None:
    assert Ladder.of(Score(name="bare", formula=None), 7) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [(2, "+2"), (-1.506, "\N{MINUS SIGN}1.51"), (0.001, "0"), (0, "0"), (1234.5, "+1,234.5")],
)
def test_points_have_a_sign_and_few_digits(value: float, told: str) -> None:
    assert Language(code="en").points(value) == told


def test_a_day_is_told_where_the_zone_is() -> None:
    assert Language(code="fr").day(T) == "jeudi 12 mars 2026"
    assert Language(code="en").clock(T) == "14:05"


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("push", {}, ["Contact créé s\N{RIGHT SINGLE QUOTATION MARK}il manque"]),
        ("task", {"title": "Call Ann", "text": "now"}, ["Tâche", "Call Ann"]),
        ("note", {"text": "is hot"}, ["Note", "is hot"]),
        ("webhook", {"text": "hot"}, []),
    ],
)
def test_what_was_done_for_somebody_is_told_apart(
    kind: str, params: dict[str, str], said: list[str]
) -> None:
    deed = Firing(
        key="call:p_1:0",
        contact=1,
        trigger="call",
        kind=kind,
        destination="crm",
        at=T,
        params=params,
        state=FiringState.DONE,
    )

    assert done_by(Language(code="fr"), deed) == said
