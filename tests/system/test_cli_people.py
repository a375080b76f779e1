"""explain, override, top and export, as people and machines meet them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connector.domain.instants import parse_instant
from tests.system.company import AT
from tests.system.shell import heatsync

LATER = "2026-03-02T00:00:00Z"


def _explained(*words: str) -> Any:  # noqa: ANN401 - JSON
    return heatsync("explain", *words, "--json").json


def test_explain_prints_exactly_the_shape_that_is_documented(synced: Path) -> None:
    explained = _explained("crm:c1", "--at", AT)

    assert {
        *("contact", "at", "scores", "stages", "grades", "dimensions", "traits", "lists"),
        *("contributions", "next_change_at"),
    } <= set(explained)
    assert set(explained["contact"]) == {"email", "id", "platforms"}
    assert explained["contact"]["email"] == "person1@example.com"
    assert explained["contact"]["platforms"]["crm"] == ["c1"]
    assert explained["at"] == AT
    assert set(explained["scores"]) == set(explained["stages"]) == {"lead"}
    assert set(explained["dimensions"]) == {"engagement", "fit"}
    assert set(explained["traits"]) == {"orders", "spent", "last_visit"}
    assert set(explained["lists"]) == {"crm"}
    assert {frozenset(each) for each in explained["contributions"]} == {
        frozenset(
            ("rule", "dimension", "raw_points", "points", "events", "first_at", "last_at"),
        )
    }


@pytest.mark.parametrize("number", range(6))
def test_contributions_add_up_to_each_dimension(synced: Path, number: int) -> None:
    explained = _explained(f"crm:c{number}", "--at", AT)

    for dimension, total in explained["dimensions"].items():
        own = [each for each in explained["contributions"] if each["dimension"] == dimension]
        assert sum(each["points"] for each in own) == pytest.approx(total, abs=1e-9)


def test_a_person_is_found_by_address_our_id_and_each_platforms_id(synced: Path) -> None:
    by_email = _explained("Person3@Example.com", "--at", AT)
    key = by_email["contact"]["id"]

    assert _explained(key, "--at", AT) == by_email
    assert _explained("crm:c3", "--at", AT) == by_email
    assert _explained("shop:s1", "--at", AT) == by_email


@pytest.mark.parametrize("whom", ["nobody@example.com", "crm:c999", "nope:c1", "", "p_aaaaaaaaaaa"])
def test_an_unknown_person_is_told_and_how_people_are_named(synced: Path, whom: str) -> None:
    ran = heatsync("explain", whom, "--json")

    assert ran.code == 1
    assert "e-mail address, our id, or platform:id" in ran.json["error"]


def test_before_everything_nobody_has_events(synced: Path) -> None:
    explained = _explained("crm:c1", "--at", "1999-01-01")

    assert all(each["events"] == 0 for each in explained["contributions"])
    assert explained["traits"]["orders"] == 0


def test_the_past_is_told_with_what_is_known_today(synced: Path) -> None:
    early, late = (_explained("crm:c1", "--at", at) for at in ("2025-07-01", AT))

    assert sum(each["events"] for each in early["contributions"]) < sum(
        each["events"] for each in late["contributions"]
    )
    assert parse_instant(early["next_change_at"]) > parse_instant(early["at"])


def test_a_salesperson_reads_rules_signs_days_and_lists(synced: Path) -> None:
    said = heatsync("explain", "crm:c1", "--at", AT).out

    assert said.startswith("person1@example.com, as of 2026-03-01 00:00 UTC")
    assert "engagement" in said
    assert "█" in said
    assert "dormant" in said
    assert "-15.00" in said
    assert "of +" in said
    assert "half is left after 60 days" in said
    assert [line for line in said.splitlines() if line != line.rstrip()] == []


def test_a_picture_is_plain_text_that_a_chat_does_not_wrap(synced: Path) -> None:
    ran = heatsync("explain", "crm:c1", "--at", "2026-02-01", "--picture")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("person1@example.com\nas of 2026-02-01 00:00 UTC\n")
    assert "╵hot 40" in ran.out
    assert "lead, from 90 days ago to" in ran.out
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 72


def test_a_picture_is_not_for_machines(synced: Path) -> None:
    ran = heatsync("explain", "crm:c1", "--picture", "--json")

    assert (ran.code, "--json for machines" in ran.out) == (2, True)


def test_an_override_is_put_shown_written_and_taken_back(synced: Path) -> None:
    computed = _explained("crm:c1", "--at", AT)["scores"]["lead"]

    put = heatsync("override", "crm:c1", "lead", "90", "--reason", "Met at the fair", "--json")
    heatsync("sync", "--at", LATER)
    over = _explained("crm:c1", "--at", LATER)
    taken = heatsync("override", "crm:c1", "lead", "--clear", "--json")
    heatsync("sync", "--at", LATER)
    after = _explained("crm:c1", "--at", AT)

    assert (put.code, put.json["value"]) == (0, 90)
    assert (over["scores"]["lead"], over["stages"]["lead"]) == (90, "hot")
    assert over["overrides"][0]["reason"] == "Met at the fair"
    assert "(override)" in {each["rule"] for each in over["contributions"]}
    assert (taken.code, taken.json["value"]) == (0, None)
    assert after["scores"]["lead"] == computed


def test_an_override_is_told_with_its_reason_and_day(synced: Path) -> None:
    heatsync("override", "crm:c1", "lead", "90", "--reason", "Met at the fair")

    said = heatsync("explain", "crm:c1").out

    assert "lead was set to 90 by hand on " in said
    assert "Met at the fair" in said
    assert "set by a person" in said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(("lead", "101", "--reason", "x"), 78, "range", id="above its range"),
        pytest.param(("lead", "-1", "--reason", "x"), 78, "range", id="below its range"),
        pytest.param(("lead", "nan", "--reason", "x"), 78, "range", id="not a number"),
        pytest.param(("lead", "9"), 78, "reason", id="no reason"),
        pytest.param(("nope", "9", "--reason", "x"), 78, "known: lead", id="unknown score"),
        pytest.param(("lead",), 2, "--clear", id="neither value nor clear"),
        pytest.param(("lead", "9", "--clear"), 2, "--clear", id="value and clear"),
        pytest.param(
            ("lead", "many", "--reason", "x"), 2, "valid number", id="a word for a number"
        ),
        pytest.param(("lead", "--clear"), 1, "no override", id="nothing to clear"),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_the_reason(
    synced: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = heatsync("override", "crm:c1", *words, "--json")

    assert ran.code == code
    assert told in ran.json["error"]


def test_top_is_ordered_and_limited(synced: Path) -> None:
    leads = heatsync("top", "--limit", "3", "--json").json["leads"]

    assert len(leads) == 3
    assert [each["score"] for each in leads] == sorted(
        (each["score"] for each in leads), reverse=True
    )
    assert set(leads[0]) == {"id", "email", "score", "rounded", "stage"}


def test_top_can_be_of_one_stage(synced: Path) -> None:
    leads = heatsync("top", "--score", "lead", "--stage", "cold", "--json").json["leads"]

    assert {each["stage"] for each in leads} == {"cold"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("--score", "nope"), "known: lead", id="score"),
        pytest.param(("--stage", "nope"), "known: cold, warm, hot", id="stage"),
    ],
)
def test_top_says_what_there_is(synced: Path, words: tuple[str, ...], told: str) -> None:
    ran = heatsync("top", *words, "--json")

    assert ran.code == 78
    assert told in ran.json["error"]


def test_top_before_the_first_sync_says_what_to_do(company: Path) -> None:
    assert "heatsync sync" in heatsync("top").out


def test_scores_are_exported_as_csv_to_standard_output(synced: Path) -> None:
    ran = heatsync("export")

    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert ran.err == ""
    assert len(rows) == 6
    assert set(rows[0]) == {"id", "email", "score", "exact", "rounded", "stage"}


def test_contributions_are_exported_with_instants_as_everywhere(synced: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(heatsync("export", "--what", "contributions").out)))
    said = _explained("crm:c1", "--at", AT)

    mine = {row["rule"]: row for row in rows if row["id"] == said["contact"]["id"]}
    assert set(mine) == {each["rule"] for each in said["contributions"]}
    for each in said["contributions"]:
        assert mine[each["rule"]]["last_at"] == (each["last_at"] or "")
        assert float(mine[each["rule"]]["points"]) == each["points"]


@pytest.mark.parametrize("what", ["scores", "contributions"])
def test_files_hold_what_is_printed(synced: Path, what: str) -> None:
    printed = heatsync("export", "--what", what).out

    ran = heatsync("export", "--what", what, "-o", "all.csv", "--json")
    heatsync("export", "--what", what, "-o", "all.parquet")

    assert ran.json == {"file": "all.csv", "rows": printed.count("\n") - 1}
    assert Path("all.csv").read_text() == printed
    assert pl.read_parquet("all.parquet").height == ran.json["rows"]


def test_rows_are_exported_as_json(synced: Path) -> None:
    rows = heatsync("export", "--what", "contributions", "--json").json["rows"]

    assert all(each["last_at"] is None or each["last_at"].endswith("Z") for each in rows)


@pytest.mark.parametrize(
    ("target", "code", "told"),
    [
        pytest.param("all.xlsx", 2, ".csv or a .parquet", id="another kind"),
        pytest.param("nowhere/all.csv", 78, "cannot be written", id="csv in no folder"),
        pytest.param("nowhere/all.parquet", 78, "cannot be written", id="parquet in no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(
    synced: Path, target: str, code: int, told: str
) -> None:
    ran = heatsync("export", "-o", target, "--json")

    assert ran.code == code
    assert told in ran.json["error"]
