"""simulate, as people and machines meet it."""

from __future__ import annotations

import asyncio
import csv
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from state.opening import open_state
from tests.system.company import AT
from tests.system.shell import Ran, heatsync

BRIEF = ("--at", AT, "--weeks", "1")
TRIGGERS = """
triggers:
  call: {when: "lead_stage = 'hot'", do: [{notify: SALES}]}
"""


@pytest.fixture
def draft(synced: Path) -> Path:
    """Stand in a synced company; return a draft in which chiefs are worth three times as much."""
    folder = synced / "draft"
    shutil.copytree(synced / "mappings", folder)
    file = folder / "heatsync.yaml"
    file.write_text(file.read_text().replace("points: 20, dimension", "points: 60, dimension"))
    return folder


def _edit(draft: Path, old: str, new: str) -> None:
    file = draft / "heatsync.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _simulate(*words: str) -> Ran:
    return heatsync("simulate", "draft", *BRIEF, *words)


def test_the_present_folder_changes_nothing(synced: Path) -> None:
    told = heatsync("simulate", "mappings", *BRIEF, "--json").json

    assert told["edits"] == []
    assert told["present"] == told["draft"]
    assert told["movers"] == {"lead": []}
    assert all(each["before"] == each["after"] for each in told["scores"]["lead"]["moves"])
    assert {(each["gained"], each["lost"]) for each in told["memberships"]} == {(0, 0)}


def test_the_shape_for_machines_is_the_documented_one(draft: Path) -> None:
    told = _simulate("--json").json

    assert list(told) == [
        *("at", "since", "step", "present", "draft", "contacts", "edits"),
        *("scores", "memberships", "alerts", "movers", "notes"),
    ]
    assert (told["at"], told["since"], told["step"]) == (AT, "2026-02-22T00:00:00Z", "1d")
    assert told["edits"] == [{"path": "rules.chief.points", "before": 20, "after": 60}]
    mover = told["movers"]["lead"][0]
    assert set(mover) == {
        *("contact", "before", "after", "stage_before", "stage_after", "reasons"),
    }
    assert mover["reasons"] == [
        {"rule": "chief", "dimension": "fit", "before": 20, "after": 60, "status": "both"}
    ]
    assert mover["contact"]["email"].endswith("@example.com")


def test_a_marketing_person_reads_what_would_happen(draft: Path) -> None:
    _edit(draft, "targets:\n", f"{TRIGGERS.strip()}\ntargets:\n")

    said = _simulate().out

    assert said.startswith("The draft against the model of now, as of 2026-03-01 00:00 UTC")
    assert "rules.chief.points  20 → 60" in said
    assert "stage now → stage in the draft" in said
    assert "comes into Hot: person" in said
    assert "call new" in said
    assert "chief +20 → +60" in said
    assert [line for line in said.splitlines() if line != line.rstrip()] == []


def test_the_matrix_counts_everybody(draft: Path) -> None:
    moves = _simulate("--json").json["scores"]["lead"]["moves"]

    assert sum(each["contacts"] for each in moves) == 6
    assert any(each["before"] != "hot" and each["after"] == "hot" for each in moves)


def test_a_mistake_in_the_draft_is_told_as_check_tells_it(draft: Path) -> None:
    _edit(draft, "event: order.placed, points", "event: order.placed, pionts")

    ran = _simulate("--json")

    assert ran.code == 78
    (problem,) = [each for each in ran.json["problems"] if "pionts" in str(each)]
    assert problem["file"] == "draft/heatsync.yaml"


def test_a_draft_that_is_not_there_is_told(synced: Path) -> None:
    ran = heatsync("simulate", "nowhere", "--json")

    assert (ran.code, "no such mappings folder" in str(ran.json)) == (78, True)


def test_the_state_stays_as_it_was(draft: Path) -> None:
    before = _dump()

    assert _simulate().code == 0

    assert _dump() == before


def test_a_draft_can_be_tried_while_another_process_owns_the_cycles(draft: Path) -> None:
    with asyncio.Runner() as runner:
        state = runner.run(open_state("sqlite:///heatsync.db"))
        owning = state.own_cycles("the daemon")
        runner.run(owning.__aenter__())

        codes = (heatsync("sync", "--at", AT).code, _simulate().code)

        runner.run(owning.__aexit__(None, None, None))
        runner.run(state.aclose())
    assert codes == (75, 0)


def _dump() -> list[str]:
    """Return every row of the database."""
    with closing(sqlite3.connect("heatsync.db")) as connection:
        return list(connection.iterdump())


def test_every_table_becomes_a_file_that_a_spreadsheet_may_open(draft: Path) -> None:
    _edit(draft, "lists: {Hot:", 'lists: {"=Hot()":')

    assert _simulate("--csv", "what/if").code == 0

    written = {path.stem: path for path in Path("what/if").iterdir()}
    assert set(written) == {"scores", "stages", "memberships", "alerts", "movers", "reasons"}
    with written["memberships"].open(newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert "'=Hot()" in names


@pytest.mark.parametrize(
    "words",
    [("--step", "5m"), ("--step", "daily"), ("--weeks", "-1"), ("--at", "soon")],
    ids=["too fine", "no span", "a negative span", "no instant"],
)
def test_a_wrong_option_is_told(draft: Path, words: tuple[str, ...]) -> None:
    assert heatsync("simulate", "draft", *words, "--json").code == 2
