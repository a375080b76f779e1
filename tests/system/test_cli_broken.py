"""What still works while the mappings folder is broken: whatever needs the state alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.company import break_the_file
from tests.system.shell import heatsync


@pytest.fixture
def broken(company: Path) -> Path:
    """Stand where everybody was scored, and then somebody mistyped a key."""
    assert heatsync("score", "--json").code in {0, 69, 75}
    break_the_file(company)
    return company


@pytest.mark.usefixtures("broken")
def test_the_status_tells_what_is_stored_and_what_is_broken() -> None:
    machine, person = heatsync("status", "--json"), heatsync("status")

    assert (machine.code, person.code) == (0, 0)
    assert "halflife" in machine.json["broken"][0]["message"]
    assert "The files on disk are broken" in person.err
    assert "Last runs" in person.out


@pytest.mark.usefixtures("broken")
def test_versions_and_deliveries_are_listed_and_nothing_is_changed() -> None:
    listed = heatsync("deliveries", "--json")
    dropped = heatsync("deliveries", "drop", "write:crm:1", "--yes", "--json")

    assert (listed.code, dropped.code) == (0, 78)
    assert set(listed.json) == {"counts", "deliveries"}
    assert heatsync("models", "list", "--json").json["present"] is None


def test_without_a_daemon_nobody_is_explained_and_the_hottest_are_shown(synced: Path) -> None:
    break_the_file(synced)

    hottest = heatsync("top", "--json")
    unknown = heatsync("top", "--score", "fame", "--json")
    explained = heatsync("explain", "crm:c1", "--json")

    assert (hottest.code, hottest.json["score"]) == (0, "lead")
    assert (unknown.code, explained.code) == (78, 78)
    assert "no score fame; known: lead" in [each["message"] for each in unknown.json["problems"]]


def test_without_a_daemon_nobody_is_half_erased(synced: Path) -> None:
    before = (synced / "crm" / "out" / "contacts.csv").read_text()
    break_the_file(synced)

    done = heatsync("forget", "crm:c1", "--yes", "--json")

    assert (done.code, "halflife" in done.json["problems"][0]["message"]) == (78, True)
    assert (synced / "crm" / "out" / "contacts.csv").read_text() == before


def test_without_a_state_what_is_broken_is_all_there_is_to_tell(company: Path) -> None:
    break_the_file(company)
    (company / "heatsync.db").unlink()

    assert heatsync("status", "--json").code == 78
    assert not Path("heatsync.db").exists()
