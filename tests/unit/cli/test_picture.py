"""An explanation as a picture in characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from connector.cli.console import out
from connector.cli.rendering.course import sparkline
from connector.cli.rendering.picture import LEAST, MOST_RULES, WIDTH, cut, picture
from connector.domain.records import Person
from connector.scoring.columns import LIMIT
from connector.scoring.model import Dimension, Model, Rung, Score
from connector.sync.looking.explaining import Contribution, Explanation
from connector.sync.looking.forecast import Turn
from connector.sync.looking.trend import Point
from tests.unit.scoring.lab import formula

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LADDER = Score(
    name="lead",
    formula=None,
    low=0,
    high=100,
    stages=(
        Rung(name="cold", from_=0, leave_below=0),
        Rung(name="warm", from_=15, leave_below=12),
        Rung(name="hot", from_=40, leave_below=40),
    ),
)
MODEL = Model(
    timezone=ZoneInfo("UTC"),
    digest="d",
    dimensions={"engagement": Dimension(name="engagement", cap=120)},
    scores={"lead": LADDER},
)


def gives(rule: str, points: float, events: int = 0) -> Contribution:
    return Contribution(
        rule=rule,
        dimension="engagement",
        raw_points=points,
        points=points,
        events=events,
        first_at=AT - DAY if events else None,
        last_at=AT - DAY if events else None,
    )


AN_EXPLANATION = Explanation(
    person=Person(contact=1, key="p_1", email="ada@example.com"),
    platforms={},
    at=AT,
    model="d",
    is_excluded=False,
    scores={"lead": 50.0},
    rounded={"lead": 50.0},
    stages={"lead": "hot"},
    grades={},
    dimensions={"engagement": 50.0},
    traits={},
    lists={},
    contributions=[gives("order", 60, events=3), gives("dormant", -15)],
    next_change_at=None,
)


def drawn(*, width: int = WIDTH, course: Sequence[Point] = (), **fields: object) -> str:
    explanation = replace(AN_EXPLANATION, **fields)  # type: ignore[arg-type]  # a test names fields
    lines = [line.plain for line in picture(explanation, MODEL, course, width=width)]
    assert max(map(cell_len, lines)) <= width
    return "\n".join(lines)


def a_course(*values: float | None, ahead: int) -> Sequence[Point]:
    begun = AT - (len(values) - 1 - ahead) * DAY
    return [
        Point(at=at, scores={"lead": value}, stages={"lead": None}, is_ahead=at > AT)
        for at, value in ((begun + step * DAY, value) for step, value in enumerate(values))
    ]


def test_a_score_is_a_bar_with_the_edges_of_its_stages() -> None:
    said = drawn()

    assert "lead 50, hot\n" in said
    assert f"\n{'█' * 36}{'░' * 36}\n" in said
    edges = next(line for line in said.splitlines() if "╵" in line)
    assert edges.split() == ["╵cold", "0", "╵warm", "15", "╵hot", "40"]
    assert (edges.index("╵warm"), edges.index("╵hot")) == (round(72 * 0.15), round(72 * 0.4))


def test_contributions_stand_on_both_sides_of_one_line_with_their_events() -> None:
    said = drawn()

    assert "+60.00     │████████████████ order   3 events, last 2026-02-28\n" in said
    assert "-15.00 ░░░░│                 dormant\n" in said


def test_only_what_gives_points_is_drawn() -> None:
    assert "visited" not in drawn(contributions=[gives("order", 60), gives("visited", 0.0)])
    assert "Nothing gives points now." in drawn(contributions=[gives("visited", 0.0)])


def test_the_rest_of_many_contributions_is_one_line() -> None:
    many = [gives(f"rule{number}", 20 - number) for number in range(MOST_RULES + 3)]

    said = drawn(contributions=many)

    assert "+21.00 of 3 more" in said
    assert f"rule{MOST_RULES}" not in said


def test_a_limit_says_which_bound_took_points() -> None:
    said = drawn(contributions=[gives("order", 200), gives(LIMIT, -80)])

    assert "limit engagement is at most 120" in said


def test_the_course_shows_what_was_what_is_and_what_comes() -> None:
    said = drawn(course=a_course(0, 50, 100, 50, 0, ahead=2))

    assert "lead, from 2 days ago to 2 days ahead with no event\n0 ▁▅█│▅▁ 0\n" in said


def test_a_time_without_a_score_is_a_gap_of_the_course() -> None:
    assert "- ▁█│█ 7".replace("▁", " ", 1) in drawn(course=a_course(None, 7, 7, ahead=1))
    assert "with no event" not in drawn(course=a_course(None, None, ahead=1))


def test_the_next_stage_is_announced() -> None:
    turn = Turn(score="lead", at=AT + DAY, before="hot", after="warm", is_fall=True)

    said = drawn(turn=turn).replace("\n", " ")

    assert "lead falls from hot to warm on 2026-03-02 00:00 UTC, unless something new" in said


@pytest.mark.parametrize("width", [LEAST, 55, WIDTH])
def test_wide_and_endless_names_keep_within_the_width(width: int) -> None:
    attributes = {"first_name": "漢字" * 30, "last_name": "Lovelace"}
    long = gives("規則" * 40, 20, events=1_234_567)

    said = drawn(
        width=width,
        person=Person(contact=1, key="p_1", email="ada@example.com", attributes=attributes),
        stages={"lead": "熱い" * 40},
        contributions=[long, gives("dormant", -1_234_567.5)],
    )

    assert "規則" in said
    assert "…" in said
    assert "<ada@example.com>" in said


def test_nothing_in_a_name_acts_on_the_terminal() -> None:
    said = drawn(person=Person(contact=1, key="p_1", email="\x1b[2Jada\u202e[red]"))

    assert "\\x1b[2Jada\\u202e[red]" in said


def test_whoever_is_excluded_or_outside_the_population_has_no_bar() -> None:
    assert "Excluded by the configuration" in drawn(is_excluded=True)
    assert "lead -, outside its population" in drawn(rounded={"lead": None})


def test_a_model_that_is_not_known_here_draws_what_was_told() -> None:
    lines = [line.plain for line in picture(AN_EXPLANATION, replace(MODEL, scores={}), ())]

    assert "lead 50, hot" in lines
    assert not any("░░░░░" in line for line in lines)


def test_an_output_of_ascii_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(out), "encoding", "ascii")

    said = drawn(
        course=a_course(1, 2, 1, ahead=1), person=Person(contact=1, key="p_1", email="zoë@x.org")
    )

    assert said.isascii()
    assert "####" in said
    assert "zo\\xeb@x.org" in said


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("ab", 3, "ab "), ("abcd", 3, "ab…"), ("漢字漢", 4, "漢 …"), ("ab", 0, ""), ("漢", 1, "…")],
)
def test_what_is_cut_says_so_and_takes_its_cells(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown
    assert cell_len(shown) == width


def test_a_course_that_never_moves_is_flat() -> None:
    assert sparkline([0.0, 0.0], 0.0, 0.0) == "▁▁"


def test_what_a_range_cuts_is_told() -> None:
    told = drawn(
        scores={"lead": 100.0},
        rounded={"lead": 100.0},
        dimensions={"engagement": 113.738},
        contributions=[gives("order", 113.738)],
    )

    assert "lead is at most 100: 113.74 is cut to it." in told


def test_what_a_formula_makes_is_told() -> None:
    doubled = formula("engagement * 2", "engagement")
    model = replace(MODEL, scores={"lead": replace(LADDER, formula=doubled)})
    explanation = replace(
        AN_EXPLANATION,
        scores={"lead": 90.0},
        rounded={"lead": 90.0},
        dimensions={"engagement": 45.0},
    )

    told = "\n".join(line.plain for line in picture(explanation, model, ()))

    assert "The formula of lead makes 90 of 45." in told
    assert "at most" not in told


def test_what_is_the_sum_of_its_points_needs_no_more_words() -> None:
    assert "cut to it" not in drawn()
    assert "formula" not in drawn()
