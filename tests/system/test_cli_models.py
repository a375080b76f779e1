"""models list, show and diff, and what explain says of versions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.system.company import AT
from tests.system.shell import heatsync

LATER = "2026-03-02T00:00:00Z"


@pytest.fixture(scope="module")
def edited_once(synced_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a company whose clicks count ten times as much since LATER, to be copied."""
    folder = tmp_path_factory.mktemp("edited") / "company"
    shutil.copytree(synced_once, folder)
    file = folder / "mappings" / "heatsync.yaml"
    file.write_text(file.read_text().replace("visit: {event: page.viewed, points: 1,", ""))
    text = file.read_text().replace("clicked, points: 3", "clicked, points: 30")
    file.write_text(text.replace(" cap: {points: 3, per: day}}", ""))
    where = ("--mappings", str(file.parent), "--database", f"sqlite:///{folder / 'heatsync.db'}")
    assert heatsync("sync", "--at", LATER, *where).code == 0
    return folder


@pytest.fixture
def edited(bare: Path, edited_once: Path) -> Path:
    """Stand in that company."""
    shutil.copytree(edited_once, bare, dirs_exist_ok=True)
    return bare


def test_versions_are_listed_with_their_first_use(edited: Path) -> None:
    listed = heatsync("models", "list", "--json").json

    assert [(each["number"], each["since"]) for each in listed["versions"]] == [
        (1, AT),
        (2, LATER),
    ]
    assert listed["versions"][1]["digest"] == listed["present"]


def test_the_list_marks_the_configuration_of_now(edited: Path) -> None:
    said = heatsync("models", "list").out.splitlines()

    assert said[1].split()[::2] == ["1", "2026-03-01"]
    assert said[2].endswith("the configuration of now")


def test_a_configuration_that_decided_nothing_is_no_version_yet(company: Path) -> None:
    assert "has decided nothing yet" in heatsync("models", "list").out


def test_a_difference_is_told_with_old_and_new_values(edited: Path) -> None:
    changes = heatsync("models", "diff", "1", "2", "--json").json["changes"]

    assert {"path": "rules.clicked.points", "before": 3, "after": 30} in changes
    (gone,) = [each for each in changes if each["path"] == "rules.visit"]
    assert (gone["before"]["points"], gone["after"]) == (1, None)


def test_a_marketing_person_reads_what_was_edited(edited: Path) -> None:
    said = heatsync("models", "diff", "1", "2").out

    assert "rules.clicked.points  3 → 30" in said
    assert "cap (per day, points 3)" in said
    assert "Nothing differs" in heatsync("models", "diff", "2", "2").out


def test_a_version_shows_what_it_stood_for(edited: Path) -> None:
    shown = heatsync("models", "show", "1", "--json").json

    assert shown["model"]["rules"]["clicked"]["points"] == 3
    assert shown["model"]["rules"]["clicked"]["match"]["pattern"] == "email.clicked"
    assert '"half_life"' not in heatsync("models", "show", "1").out
    assert '"span": "60d"' in heatsync("models", "show", "1").out


def test_an_unknown_version_is_told(edited: Path) -> None:
    ran = heatsync("models", "show", "7", "--json")

    assert (ran.code, ran.json["error"][:29]) == (1, "no version of the model is ca")


def test_explain_names_the_version_and_what_the_edit_made_of_the_score(edited: Path) -> None:
    explained = heatsync("explain", "crm:c1", "--at", LATER, "--json").json
    said = heatsync("explain", "crm:c1", "--at", LATER).out

    version = explained["version"]
    assert version == explained["decided_by"]
    assert (version["number"], version["since"]) == (2, LATER)
    assert {each["version"] for each in explained["edits"]} == {2}
    assert "Explained by version 2 (" in said
    assert "as version 2 came into use" in said
    assert "decided by version 1" in heatsync("explain", "crm:c1", "--at", AT).out
