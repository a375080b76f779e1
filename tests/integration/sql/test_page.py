"""What the page on databases shows is so."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from tests.system.shell import heatsync
from tests.terminals import no_terminal

__all__ = ["no_terminal"]

PAGE = (Path(__file__).parents[3] / "docs" / "platforms" / "sql.md").read_text("utf-8")
FILES = dict(re.findall(r'^```\w+ title="(.+?)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))
ENTRIES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SCORES = """
model:
  rules: {bought: {event: order.placed, points: 10}}
  scores: {heat: {stages: [{name: cold, from: 0}, {name: hot, from: 20}]}}
"""


@pytest.mark.parametrize("entry", ENTRIES, ids=["shop", "warehouse"])
def test_every_entry_is_right(entry: str) -> None:
    source = Source(name="mappings/a.yaml", raw=f"version: 1\n{entry}{SCORES}".encode())
    folder = Folder(path=Path("mappings"), sources=(source,))

    found = read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)

    assert [each.adapter.name for each in found.platforms] == ["sql"]


@pytest.fixture
def shop(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the files of the page."""
    shutil.copy(empty_file, tmp_path / "heatsync.db")
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    database = tmp_path / "shop.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(FILES["shop.sql"])
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.upper().startswith("HEATSYNC_")]:
        monkeypatch.delenv(name)
    return database


def test_the_example_gives_what_it_shows(shop: Path) -> None:
    console = re.search(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert console is not None
    command, *shown = console[1].splitlines()[2:]
    query = re.search(r'"(.*)"', command)
    assert query is not None

    done = heatsync("sync", "--at", "2026-01-15T10:00:00Z")

    assert done.code == 0, done.out
    with closing(sqlite3.connect(shop)) as connection:
        found = connection.execute(query[1])
        heads = [each[0] for each in found.description]
        rows = ["|".join(str(cell) for cell in row) for row in (heads, *found)]
    assert rows == shown


def test_a_second_run_writes_nothing(shop: Path) -> None:
    heatsync("sync", "--at", "2026-01-15T10:00:00Z")
    with closing(sqlite3.connect(shop)) as connection:
        before = connection.execute("SELECT * FROM heat_scores").fetchall()

    again = heatsync("sync", "--at", "2026-01-15T11:00:00Z", "--json").json

    assert again["deliveries"]["shop"]["delivered"] == 0
    with closing(sqlite3.connect(shop)) as connection:
        assert connection.execute("SELECT * FROM heat_scores").fetchall() == before


def test_the_view_of_the_page_can_be_made(shop: Path) -> None:
    heatsync("sync", "--at", "2026-01-15T10:00:00Z")
    made = re.search(r"^```sql\n(CREATE VIEW.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert made is not None

    with closing(sqlite3.connect(shop)) as connection:
        connection.executescript(made[1])
        found = connection.execute("SELECT email, heat FROM hot_customers").fetchall()

    assert found == [("ann@example.com", 50.0)]


def test_the_example_needs_no_advice(shop: Path) -> None:
    heatsync("sync", "--at", "2026-01-15T10:00:00Z")

    checked = heatsync("check", "--json")

    assert (checked.code, checked.json["warnings"]) == (0, [])


def test_whoever_is_forgotten_has_no_row_any_more(shop: Path) -> None:
    heatsync("sync", "--at", "2026-01-15T10:00:00Z")

    told = heatsync("forget", "ann@example.com", "--yes", "--json").json

    assert told["elsewhere"][0]["platform"] == "shop"
    with closing(sqlite3.connect(shop)) as connection:
        found = connection.execute("SELECT contact_id FROM heat_scores ORDER BY 1").fetchall()
    assert found == [(2,), (3,)]
