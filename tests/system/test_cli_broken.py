"""What still works while the mappings folder is broken: whatever needs the state alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.shell import heatsync


@pytest.fixture
def broken(company: Path) -> Path:
    """Stand where everybody was scored, and then somebody mistyped a key."""
    assert heatsync("score", "--json").code in {0, 69, 75}
    file = company / "mappings" / "heatsync.yaml"
    file.write_text(file.read_text().replace("half_life:", "halflife:"))
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


def test_without_a_state_what_is_broken_is_all_there_is_to_tell(company: Path) -> None:
    file = company / "mappings" / "heatsync.yaml"
    file.write_text(file.read_text().replace("half_life:", "halflife:"))
    (company / "heatsync.db").unlink()

    assert heatsync("status", "--json").code == 78
    assert not Path("heatsync.db").exists()
