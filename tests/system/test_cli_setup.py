"""init, check, schema, adapters, db and status: setting up and keeping going."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from connector.cli.app import app
from tests.system.company import AT
from tests.system.shell import heatsync

COMMANDS = frozenset(
    (
        *("init", "check", "sync", "pull", "score", "push", "plan", "explain", "override", "top"),
        *("status", "export", "schema", "adapters", "simulate", "run", "forget", "demo"),
        *(f"deliveries {each}" for each in ("list", "show", "replay", "drop")),
        *(f"db {each}" for each in ("upgrade", "backup", "vacuum", "rebuild")),
        *(f"models {each}" for each in ("list", "show", "diff")),
        *(f"webhooks {each}" for each in ("register", "list", "remove")),
        "rest try",
    )
)
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def _commands() -> set[str]:
    names: set[str] = set()
    for name, command in getattr(get_command(app), "commands", {}).items():
        below = getattr(command, "commands", None)
        names |= {f"{name} {each}" for each in below} if below else {name}
    return names


def test_there_are_the_commands_that_work_and_no_others() -> None:
    assert _commands() == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_helps_with_a_sentence(bare: Path, command: str) -> None:
    ran = heatsync(*command.split(), "--help")

    words = [line.strip() for line in ran.out.splitlines() if line.strip()]
    assert (ran.code, ran.err) == (0, "")
    assert words[0].startswith(f"Usage: heatsync {command}")
    assert words[1][0].isupper()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_takes_what_all_take(bare: Path, command: str) -> None:
    words = {word for each in _parameters(command) for word in getattr(each, "opts", ())}

    assert {"--json", "--mappings", "--database"} <= words


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_is_in_the_reference(command: str) -> None:
    assert f"\n## heatsync {command}\n" in REFERENCE.read_text(encoding="utf-8")


def _parameters(command: str) -> list[object]:
    found: object = get_command(app)
    for name in command.split():
        found = getattr(found, "commands", {})[name]
    return list(getattr(found, "params", []))


def test_no_word_at_all_shows_the_help(bare: Path) -> None:
    ran = heatsync()

    assert ran.code == 0
    assert "heatsync init" in ran.out


def test_the_version_is_printed(bare: Path) -> None:
    assert heatsync("--version").out.startswith("heatsync 0.")


def test_a_first_folder_is_written_and_is_right_from_the_start(bare: Path) -> None:
    made = heatsync("init", "--json").json

    assert all((bare / file).is_file() for file in made["files"])
    assert (bare / ".env.example").is_file()
    assert heatsync("check").code == 0
    assert heatsync("sync", "--at", "2026-01-20", "--json").json["problems"] == []


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(bare: Path) -> None:
    heatsync("init")
    mine = bare / "mappings" / "heatsync.yaml"
    mine.write_text("version: 1\n")

    refused = heatsync("init", "--json")
    assert (refused.code, mine.read_text()) == (78, "version: 1\n")
    assert heatsync("init", "--force").code == 0
    assert mine.read_text() != "version: 1\n"


@pytest.mark.parametrize("folder", ["mappings", "mappings/ours", "mappings/presets/ours"])
def test_in_a_clone_nothing_is_written_among_the_files_of_the_product(
    bare: Path, folder: str
) -> None:
    clone = Path(__file__).parents[2]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(clone / "mappings", bare / "mappings", ignore=ignored)
    before = {*bare.rglob("*")}

    ran = heatsync("init", "--mappings", folder, "--force")

    assert (ran.code, {*bare.rglob("*")}) == (78, before)
    assert "a folder of your own" in ran.err


def test_a_wrong_preset_lists_those_there_are(bare: Path) -> None:
    ran = heatsync("init", "--preset", "nope", "--json")

    assert ran.code == 78
    assert "simple" in ran.json["error"]
    assert list(bare.iterdir()) == []


def test_without_a_folder_one_is_told_how_to_get_one(bare: Path) -> None:
    ran = heatsync("sync")

    assert ran.code == 78
    assert "heatsync init" in ran.err
    assert list(bare.iterdir()) == []


def test_check_tells_how_points_cool_and_whether_machines_count(company: Path) -> None:
    checked = heatsync("check", "--json").json

    assert checked["ok"]
    assert checked["rules"]["opened"] == {
        "kind": "event",
        "points": 1,
        "dimension": "engagement",
        "decay": "half is left after 60 days",
        "decay_from": "model",
    }
    assert checked["rules"]["dormant"]["decay"] == "stands while it holds"
    assert checked["platforms"] == {"crm": [], "shop": []}
    assert "is_machine" in checked["warnings"][0]["hint"]


def test_check_is_silent_about_machines_that_are_ignored(company: Path) -> None:
    (company / "mappings" / "more.yaml").write_text('events: {ignore: "is_machine"}\n')

    assert "machines" not in heatsync("check", "--offline").out


def test_check_advises_from_what_the_database_has_seen(synced: Path) -> None:
    more = "model: {rules: {met: {event: meeting.held, points: 9}}}\n"
    (synced / "mappings" / "more.yaml").write_text(more)

    online, offline = heatsync("check").out, heatsync("check", "--offline").out

    assert "no such event has been seen so far: meeting.held (`met`)" in online
    assert "seen so far" not in offline


def test_check_makes_no_database(company: Path) -> None:
    (company / "heatsync.db").unlink()

    heatsync("check")

    assert not (company / "heatsync.db").exists()


def test_check_says_that_there_can_be_no_database(company: Path) -> None:
    ran = heatsync("check", "--database", f"sqlite:///{company}/nowhere/heatsync.db")

    assert ran.code == 0
    assert "the database cannot be used" in ran.out
    assert "does not exist" in ran.out


def test_check_says_which_platform_is_not_ready(company: Path) -> None:
    shutil.rmtree(company / "shop")

    online, offline = heatsync("check"), heatsync("check", "--offline")

    assert (online.code, offline.code) == (69, 0)
    assert "not every platform is ready" in online.out
    assert "is right." not in online.out
    assert "there is no such folder" in online.out


def test_check_names_a_field_that_a_platform_lacks(company: Path) -> None:
    mapping = company / "mappings" / "heatsync.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("crm: job}", "crm: jop}"), encoding="utf-8")

    ran = heatsync("check")

    assert ran.code == 69
    assert "attributes.job_title.crm: crm has no field jop" in ran.out
    assert "did you mean `job`?" in ran.out


def test_check_warns_of_a_variable_nobody_reads(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATSYNC_MAPINGS", "x")

    assert "`HEATSYNC_MAPPINGS`" in heatsync("check", "--offline").out


def test_schema_and_adapters_are_one_json_document_each(bare: Path) -> None:
    schema, adapters = heatsync("schema").json, heatsync("adapters", "--json").json

    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"files", "memory"} <= {each["name"] for each in adapters["adapters"]}
    assert "files (stable)" in heatsync("adapters").out


def test_status_tells_what_is_stored_and_what_the_runs_did(synced: Path) -> None:
    now = heatsync("status", "--json").json
    said = heatsync("status").out

    assert (now["contacts"], now["events"], now["decided_at"]) == (6, 80, AT)
    assert {(each["platform"], each["stream"]) for each in now["streams"]} == {
        (platform, stream) for platform in ("crm", "shop") for stream in ("contacts", "events")
    }
    assert now["deliveries"]["crm"] == {"clean": 6}
    assert "6 contacts, 80 events" in said
    assert "6 up to date" in said
    assert "ended well" in said


def test_status_remembers_that_a_run_had_problems(company: Path) -> None:
    shutil.rmtree(company / "shop")
    heatsync("sync", "--at", AT)

    assert "ended with 1 problem" in heatsync("status").out


def test_a_database_is_upgraded_copied_and_compacted(synced: Path) -> None:
    assert "up to date" in heatsync("db", "upgrade").out
    assert heatsync("db", "backup", "copy.db", "--json").json == {"file": "copy.db"}
    assert set(heatsync("db", "vacuum", "--json").json) == {"before", "after"}
    copied = heatsync("status", "--database", "sqlite:///copy.db", "--json").json
    assert copied["contacts"] == 6


def test_the_copy_of_events_is_built_when_asked_for_and_told_of(synced: Path) -> None:
    copy = heatsync("db", "rebuild", "--json").json
    said = heatsync("db", "rebuild").out

    assert (copy["where"], copy["events"], copy["changed"]) == ("heatsync.db.events", 80, 0)
    assert said.startswith("80 events, ")
    assert heatsync("status", "--json").json["event_copy"]["events"] == 80
    assert "Copy for scoring: 80 events" in heatsync("status").out


def test_a_new_database_is_made_by_an_upgrade(bare: Path) -> None:
    assert heatsync("db", "upgrade", "--json").json["before"] is None
    assert (bare / "heatsync.db").is_file()


def test_a_copy_replaces_nothing(synced: Path) -> None:
    (synced / "copy.db").write_text("precious")

    ran = heatsync("db", "backup", "copy.db", "--json")

    assert ran.code != 0
    assert "copy.db" in ran.json["error"]
    assert (synced / "copy.db").read_text() == "precious"


def test_json_may_be_asked_for_before_the_command(synced: Path) -> None:
    before = heatsync("--json", "--mappings", "mappings", "status").out

    # The time goes on between the two.
    assert json.loads(before).keys() == heatsync("status", "--json").json.keys()


def test_a_field_that_says_who_a_contact_is_cannot_be_a_target(company: Path) -> None:
    mapping = company / "mappings" / "heatsync.yaml"
    text = mapping.read_text(encoding="utf-8")
    wrong = text.replace("attributes: {heat: lead}", "attributes: {id: lead}")
    mapping.write_text(wrong, encoding="utf-8")

    ran = heatsync("check", "--offline")

    assert ran.code == 78
    assert "targets.shop.attributes.id" in ran.err
    assert "does not let `id` be written" in ran.err
