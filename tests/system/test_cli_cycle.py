"""sync, its parts, and plan, as people and machines meet them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.system.company import AT
from tests.system.shell import heatsync

BEFORE = "2026-02-01T00:00:00Z"
LATER = "2026-03-02T00:00:00Z"


def _written(folder: Path, platform: str = "crm") -> dict[str, dict[str, str]]:
    with (folder / platform / "out" / "contacts.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_sync_prints_exactly_the_shape_that_is_documented(company: Path) -> None:
    ran = heatsync("sync", "--at", AT, "--json")

    assert ran.code == 0
    counts = {"delivered", "unchanged", "failed", "dead", "calls"}
    assert set(ran.json) == {
        *("at", "pulled", "scored", "stages", "deliveries", "triggers", "problems"),
    }
    assert ran.json["at"] == AT
    assert ran.json["pulled"] == {
        "crm": {"contacts": 6, "events": 40},
        "shop": {"contacts": 2, "events": 40},
    }
    assert ran.json["scored"] == 6
    assert sum(ran.json["stages"]["lead"].values()) == 6
    assert list(ran.json["stages"]["lead"]) == ["cold", "warm", "hot"]
    assert {name: set(each) for name, each in ran.json["deliveries"].items()} == {
        "crm": counts,
        "shop": counts,
    }
    assert ran.json["deliveries"]["crm"]["delivered"] == 6
    assert (ran.json["triggers"], ran.json["problems"]) == ({}, [])


def test_a_person_is_told_what_was_done_who_is_hot_and_where_the_files_are(company: Path) -> None:
    ran = heatsync("sync", "--at", AT)

    assert (ran.code, ran.err) == (0, "")
    assert "Synced, as of 2026-03-01 00:00 UTC" in ran.out
    assert "6 contacts, 40 events" in ran.out
    assert "lead by stage" in ran.out
    assert "Hottest leads" in ran.out
    assert f"Written for crm: {Path('crm/out')}" in ran.out
    assert f"--at {AT}" in ran.out


def test_no_line_ends_in_blanks(company: Path) -> None:
    ran = heatsync("sync", "--at", AT)

    assert [line for line in ran.out.splitlines() if line != line.rstrip()] == []


def test_a_second_sync_with_nothing_new_writes_nothing(synced: Path) -> None:
    before = (synced / "crm/out/contacts.csv").stat().st_mtime_ns

    ran = heatsync("sync", "--at", AT, "--json")

    assert ran.json["pulled"]["crm"] == {"contacts": 0, "events": 0}
    assert ran.json["deliveries"]["crm"]["calls"] == 0
    assert (synced / "crm/out/contacts.csv").stat().st_mtime_ns == before


def test_a_dry_run_keeps_and_writes_nothing_and_says_what_it_would(company: Path) -> None:
    ran = heatsync("sync", "--at", AT, "--dry-run", "--json")

    assert ran.json["scored"] == 6
    assert ran.json["plan"]["crm"]["contacts"] == 6
    assert not (company / "crm" / "out").exists()
    assert heatsync("status", "--json").json["contacts"] == 0


def test_the_parts_come_to_what_the_whole_comes_to(company: Path, synced_once: Path) -> None:
    pulled = heatsync("pull", "--json")
    assert not (company / "crm" / "out").exists()
    scored = heatsync("score", "--at", AT, "--json")
    assert not (company / "crm" / "out").exists()
    pushed = heatsync("push", "--json")

    assert pulled.json["pulled"]["crm"]["contacts"] == 6
    assert scored.json["scored"] == 6
    assert pushed.json["deliveries"]["crm"]["delivered"] == 6
    assert _written(company) == _written(synced_once)


@pytest.mark.parametrize(
    ("at", "meant"),
    [
        pytest.param("2026-03-02", "2026-03-02T00:00:00Z", id="a bare date"),
        pytest.param("1772409600", "2026-03-02T00:00:00Z", id="seconds"),
        pytest.param("1772409600000", "2026-03-02T00:00:00Z", id="milliseconds"),
        pytest.param("2026-03-02T01:00:00+01:00", "2026-03-02T00:00:00Z", id="with an offset"),
        pytest.param("2099-01-01", "2099-01-01T00:00:00Z", id="the future"),
    ],
)
def test_an_instant_is_read_as_in_files(synced: Path, at: str, meant: str) -> None:
    assert heatsync("sync", "--at", at, "--json").json["at"] == meant


def test_a_sync_before_a_recorded_decision_is_refused(synced: Path) -> None:
    ran = heatsync("sync", "--at", BEFORE, "--json")

    assert ran.code == 78
    assert "--dry-run" in ran.json["error"]


def test_a_dry_run_may_look_at_the_past(synced: Path) -> None:
    ran = heatsync("sync", "--at", BEFORE, "--dry-run", "--json")

    assert (ran.code, ran.json["at"]) == (0, BEFORE)


def test_one_platform_can_be_synced_alone(company: Path) -> None:
    ran = heatsync("sync", "--at", AT, "--only", "shop", "--json")

    assert list(ran.json["pulled"]) == ["shop"]
    assert not (company / "crm" / "out").exists()


@pytest.mark.parametrize("command", ["sync", "pull", "push", "plan"])
def test_an_unknown_platform_is_told_with_those_that_are_known(company: Path, command: str) -> None:
    ran = heatsync(command, "--only", "nope", "--json")

    assert ran.code == 78
    assert ran.json["error"] == "there is no platform nope; known: crm, shop"


def test_a_broken_file_stops_its_stream_alone_and_moves_no_cursor(company: Path) -> None:
    events = company / "crm" / "events.csv"
    sound = events.read_bytes()
    events.write_bytes(b"\xff\xfe\x00" * 50)

    broken = heatsync("sync", "--at", AT, "--json")
    events.write_bytes(sound)
    mended = heatsync("sync", "--at", AT, "--json")

    assert broken.code == 69
    assert broken.json["pulled"]["crm"] == {"contacts": 6, "events": 0}
    assert broken.json["pulled"]["shop"]["events"] == 40
    assert broken.json["deliveries"]["crm"]["delivered"] == 6
    assert any("events.csv" in each["message"] for each in broken.json["problems"])
    assert (mended.code, mended.json["pulled"]["crm"]["events"]) == (0, 40)


def test_a_folder_that_is_gone_is_told_and_the_other_platform_goes_on(company: Path) -> None:
    (company / "shop").rename(company / "elsewhere")

    ran = heatsync("sync", "--at", AT)

    assert ran.code == 69
    assert "with trouble" in ran.out
    assert "shop" in ran.out
    assert _written(company)


def test_a_bad_row_is_counted_and_the_rest_is_taken(company: Path) -> None:
    with (company / "crm" / "events.csv").open("a") as file:
        file.write("odd,person1@example.com,order.placed,never,,,\n")

    ran = heatsync("sync", "--at", AT, "--json")

    assert (ran.code, ran.json["pulled"]["crm"]["events"]) == (0, 40)
    assert [each["line"] for each in ran.json["problems"]] == [42]


def test_events_of_unknown_contacts_join_when_the_contact_appears(company: Path) -> None:
    with (company / "crm" / "events.csv").open("a") as file:
        file.write("new,late@example.com,order.placed,2026-02-01,,,400\n")
    heatsync("sync", "--at", AT)
    with (company / "crm" / "contacts.csv").open("a") as file:
        file.write("c99,late@example.com,,FR,2026-02-01\n")

    ran = heatsync("sync", "--at", LATER, "--json")

    assert ran.json["problems"] == []
    assert heatsync("explain", "crm:c99", "--json").json["traits"]["orders"] == 1


def test_a_plan_shows_old_and_new_per_contact_and_writes_nothing(synced: Path) -> None:
    heatsync("override", "crm:c1", "lead", "99", "--reason", "met")
    heatsync("score", "--at", LATER)

    ran = heatsync("plan", "--json")

    changes = ran.json["platforms"]["crm"]["changes"]
    mine = {each["name"]: each for each in changes if each["remote_id"] == "c1"}
    old = _written(synced)["c1"]["heat"]
    assert (str(mine["heat"]["before"]), mine["heat"]["after"]) == (old, 99)
    assert ran.json["platforms"]["crm"]["calls"] >= 1
    assert _written(synced)["c1"]["heat"] == old


def test_a_plan_says_for_people_what_it_costs(synced: Path) -> None:
    heatsync("override", "crm:c1", "lead", "99", "--reason", "met")
    heatsync("score", "--at", LATER)

    ran = heatsync("plan", "--only", "crm", "--limit", "1")

    assert "no limit on calls" in ran.out
    assert " → " in ran.out
    assert "more (--limit shows more, --json all)" in ran.out


def test_a_plan_with_nothing_to_do_says_so(synced: Path) -> None:
    assert "crm: nothing to write" in heatsync("plan").out


def test_a_configuration_without_a_model_is_kept_in_step(bare: Path) -> None:
    (bare / "mappings").mkdir()
    (bare / "mappings" / "few.yaml").write_text(
        "version: 1\nplatforms:\n  crm: {adapter: files, path: ../crm}\n"
        "attributes:\n  email: {type: email, crm: email}\n"
    )
    (bare / "crm").mkdir()
    (bare / "crm" / "contacts.csv").write_text("id,email\n1,ada@example.com\n")

    assert heatsync("sync", "--json").json["scored"] == 0
    assert "no model" in heatsync("explain", "crm:1").out
    assert "no model" in heatsync("top").err
    assert "nothing to write" in heatsync("plan").out
