"""Whole runs: a shop beside a CRM, and a warehouse in which everybody has a row."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.system.shell import heatsync
from tests.terminals import no_terminal

__all__ = ["no_terminal"]

CRM = "id,email,country\nc1,Ann@x.org,FR\nc2,dan@x.org,DE\n"
OPENED = (
    "id,contact,type,occurred_at\ne1,c1,email.opened,2026-01-14\ne2,c2,email.opened,2026-01-14\n"
)
SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, town TEXT, changed INTEGER);
INSERT INTO customers VALUES (1, 'ann@x.org', 'Lyon', 1), (2, 'bob@x.org', NULL, 2);
CREATE TABLE orders (id INTEGER PRIMARY KEY, who TEXT, paid TEXT, total NUMERIC);
INSERT INTO orders VALUES (1, '1', '2026-01-14 10:00:00', 40), (2, 'dan@x.org', '2026-01-14', 8);
"""
MAPPING = """
version: 1
platforms:
  crm: {adapter: files, path: crm}
  shop:
    adapter: sql
    url: sqlite:///shop.db
    contacts: {query: "SELECT id, email, town, changed FROM customers", cursor: changed}
    events:
      orders:
        query: >
          SELECT id, who AS contact, 'order.placed' AS type, paid AS occurred_at, total AS amount
          FROM orders
        cursor: id
    writes: {table: heat}
  warehouse:
    adapter: sql
    url: sqlite:///shop.db
    writes: {table: everybody, key: person, email: mail}
attributes:
  email: {type: email, crm: email, shop: email}
  country: {type: text, crm: country, warehouse: country, sync: [warehouse]}
  town: {type: text, shop: town}
model:
  rules:
    bought: {event: order.placed, points: amount, decay: none}
    opened: {event: email.opened, points: 1, decay: none}
  scores: {heat: {}}
targets:
  shop: {attributes: {heat: heat}}
  warehouse: {attributes: {heat: heat}}
  crm: {attributes: {heat: heat}}
"""


class Company:
    """The three of them, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "crm").mkdir()
        (folder / "crm" / "contacts.csv").write_text(CRM, encoding="utf-8")
        (folder / "crm" / "events.csv").write_text(OPENED, encoding="utf-8")
        (folder / "mappings.yaml").write_text(MAPPING, encoding="utf-8")
        self.do(SHOP)
        self.hour = 9

    def do(self, script: str) -> None:
        with closing(sqlite3.connect(self.folder / "shop.db")) as connection:
            connection.executescript(script)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "shop.db")) as connection:
            return connection.execute(query).fetchall()

    def sync(self) -> Any:  # noqa: ANN401 - JSON
        """Let an hour pass, and run a cycle."""
        self.hour += 1
        ran = heatsync("sync", "--at", f"2026-01-15T{self.hour}:00:00Z", *self.options, "--json")
        assert ran.code == 0, ran.out
        return ran.json

    @property
    def options(self) -> tuple[str, ...]:
        database = f"sqlite:///{self.folder / 'heatsync.db'}"
        return "--mappings", str(self.folder), "--database", database


@pytest.fixture
def company(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    for name in [each for each in os.environ if each.upper().startswith("HEATSYNC_")]:
        monkeypatch.delenv(name)
    shutil.copy(empty_file, tmp_path / "heatsync.db")
    return Company(tmp_path)


def everybody(company: Company) -> list[tuple[Any, ...]]:
    return company.rows("SELECT mail, heat, country FROM everybody ORDER BY mail")


def test_who_is_known_to_two_has_one_score_on_both(company: Company) -> None:
    summary = company.sync()

    assert summary["problems"] == []
    assert company.rows("SELECT contact_id, heat FROM heat ORDER BY 1") == [(1, 41.0), (2, 0.0)]
    told = (company.folder / "crm" / "out" / "contacts.csv").read_text(encoding="utf-8")
    assert told == "id,email,heat\nc1,ann@x.org,41\nc2,dan@x.org,9\n"


def test_in_a_warehouse_everybody_has_a_row(company: Company) -> None:
    company.sync()

    assert everybody(company) == [
        ("ann@x.org", 41.0, "FR"),
        ("bob@x.org", 0.0, None),
        ("dan@x.org", 9.0, "DE"),
    ]


def test_what_is_new_changes_what_it_has_to_and_nothing_else(company: Company) -> None:
    company.sync()
    before = company.rows("SELECT * FROM everybody WHERE mail <> 'bob@x.org' ORDER BY 1")
    company.do("INSERT INTO orders VALUES (3, '2', '2026-01-15 09:30:00', 25)")

    done = company.sync()["deliveries"]

    assert {name: done[name]["delivered"] for name in ("shop", "warehouse")} == {
        "shop": 1,
        "warehouse": 1,
    }
    assert company.rows("SELECT heat FROM heat WHERE contact_id = 2") == [(25.0,)]
    assert company.rows("SELECT * FROM everybody WHERE mail <> 'bob@x.org' ORDER BY 1") == before


def test_whoever_is_forgotten_is_in_no_table_of_ours(company: Company) -> None:
    company.sync()

    told = heatsync("forget", "ann@x.org", "--yes", *company.options, "--json").json

    assert told["erased"]["rows"] == 3
    assert [mail for mail, *_ in everybody(company)] == ["bob@x.org", "dan@x.org"]
    assert company.rows("SELECT contact_id FROM heat") == [(2,)]
    company.do("UPDATE customers SET changed = 9 WHERE id = 1")
    company.sync()
    assert company.rows("SELECT contact_id FROM heat") == [(2,)]
