"""Simulations and versions as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.cli.rendering.simulation import SHOWN_EDITS, show_simulation
from connector.cli.rendering.versions import edit_rows
from connector.domain.records import Person
from connector.sync.deciding.versions import Json, ModelChange
from connector.sync.simulating.outcome import (
    AlertChange,
    Distribution,
    MembershipChange,
    Mover,
    Reason,
    ScoreChange,
    Simulation,
    StageMove,
    WeekOfAlerts,
)
from connector.sync.simulating.question import Question

AT = datetime(2026, 3, 1, tzinfo=UTC)
NOBODY = Distribution(
    contacts=0,
    mean=None,
    least=None,
    p10=None,
    p25=None,
    median=None,
    p75=None,
    p90=None,
    most=None,
)
SIMULATION = Simulation(
    question=Question(at=AT, weeks=2),
    present="a",
    draft="b",
    contacts=3,
    edits=[],
    scores=[],
    memberships=[],
    alerts=[],
    movers={},
    persons={1: Person(contact=1, key="p_1", email="ada@example.com")},
)
GONE = MembershipChange(
    platform="crm",
    kind="list",
    name="Hot",
    status="gone",
    before=1,
    after=0,
    gained=0,
    lost=1,
    examples_lost=[1],
)


def said(simulation: Simulation, capsys: pytest.CaptureFixture[str]) -> str:
    show_simulation(simulation)
    return capsys.readouterr().out


def test_a_draft_without_an_edit_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(SIMULATION, capsys)

    assert "3 contacts, replayed from 2026-02-15 in steps of 1d" in text
    assert "The draft means the same as the model of now." in text
    assert "Lists and tags" not in text
    assert "Alerts" not in text


def test_many_edits_are_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    edits = [
        ModelChange(path=f"rules.r{number}.points", before=1.0, after=2.0)
        for number in range(SHOWN_EDITS + 3)
    ]

    text = said(replace(SIMULATION, edits=edits), capsys)

    assert f"rules.r{SHOWN_EDITS - 1}.points" in text
    assert "... and 3 more (--json shows all)" in text


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (1.0, 2.5, "1 → 2.5"),
        (False, True, "no → yes"),
        (None, "a > 1", "none → a > 1"),
        (["a", "b"], [], "a, b → none"),
        (None, {"class": "Cap", "name": "x", "points": 0.0, "keep": False}, "none → (points 0)"),
    ],
    ids=["numbers", "switches", "a condition", "lists", "a new thing"],
)
def test_values_of_an_edit_are_words(before: Json, after: Json, words: str) -> None:
    ((_, values),) = edit_rows([ModelChange(path="x", before=before, after=after)])

    assert values.replace("[dim]", "").replace("[bold]", "").replace("[/]", "") == words


def test_outside_is_a_row_and_a_column_of_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    score = ScoreChange(
        name="lead",
        status="both",
        before=NOBODY,
        after=NOBODY,
        rungs_before=["cold", "hot"],
        rungs_after=["cold", "glowing"],
        moves=[
            StageMove(before="hot", after="glowing", contacts=2),
            StageMove(before=None, after="cold", contacts=1),
            StageMove(before="cold", after=None, contacts=4),
        ],
    )

    lines = said(replace(SIMULATION, scores=[score]), capsys).splitlines()

    first = lines.index("  stage now → stage in the draft") + 1
    assert [line.split() for line in lines[first : first + 4]] == [
        ["glowing", "cold", "outside"],
        ["hot", "2", "-", "-"],
        ["cold", "-", "-", "4"],
        ["outside", "-", "1", "-"],
    ]
    assert lines[first + 4].strip() == "7 contacts change stage."


def test_members_of_a_list_that_is_let_go_stay(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(replace(SIMULATION, memberships=[GONE]), capsys)

    assert "Hot is not kept true any more: its members stay where they are" in text
    assert "leaves Hot" not in text


def test_examples_say_how_many_more_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    change = replace(GONE, status="both", lost=5)

    assert "leaves Hot: ada@example.com and 4 more" in said(
        replace(SIMULATION, memberships=[change]), capsys
    )


def test_alerts_are_averaged_over_the_whole_span(capsys: pytest.CaptureFixture[str]) -> None:
    weeks = [
        WeekOfAlerts(week=f"2026-W{number}", before=number - 6, after=0) for number in (7, 8, 9)
    ]

    lines = said(
        replace(SIMULATION, alerts=[AlertChange(trigger="call", status="gone", weeks=weeks)]),
        capsys,
    ).splitlines()

    assert [line.split() for line in lines[-5:]] == [
        ["call", "gone"],
        ["2026-W7", "1", "→", "0"],
        ["2026-W8", "2", "→", "0"],
        ["2026-W9", "3", "→", "0"],
        ["on", "average", "3", "→", "0"],
    ]


def test_a_mover_is_told_with_the_three_rules_that_matter_most(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reasons = [
        Reason(rule=f"r{number}", dimension="fit", before=0, after=9 - number, status="new")
        for number in range(4)
    ]
    mover = Mover(
        contact=1, before=None, after=30, stage_before=None, stage_after="hot", reasons=reasons
    )

    text = said(replace(SIMULATION, movers={"lead": [mover]}), capsys)

    assert (
        "ada@example.com  - → 30  outside → hot  "
        "r0 (new) 0 → +9, r1 (new) 0 → +8, r2 (new) 0 → +7 and 1 other\n"
    ) in text
