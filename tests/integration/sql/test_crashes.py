"""Killed between the table and our own database, or beside another that writes: nothing is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connector.domain.changes import Addressee
from tests.integration.sql.conftest import Shop
from tests.integration.sql.dying import AFTER, BEFORE
from tests.integration.sql.test_writing import WRITES, change, write
from tests.system.shell import heatsync
from tests.terminals import no_terminal

__all__ = ["no_terminal"]

ROOT = Path(__file__).resolve().parents[3]
MANY = 1_300
"""More than one batch."""
SQLITE_IDS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
MAPPING = """
version: 1
platforms:
  shop:
    adapter: sql
    contacts: {query: "SELECT id, email, country FROM customers"}
    writes: {table: heat_scores}
  warehouse:
    adapter: sql
    writes: {table: everybody, key: person}
attributes:
  email: {type: email, shop: email}
  country: {type: text, shop: country}
model:
  rules: {near: {when: "country = 'FR'", points: 5}}
  scores: {heat: {}}
targets:
  shop: {attributes: {heat: heat}}
  warehouse: {attributes: {warmth: heat}}
"""


@dataclass
class Company:
    """A shop with two entries of one database, and heatsync's own beside it."""

    shop: Shop
    words: tuple[str, ...]

    def sync(self) -> Any:  # noqa: ANN401 - JSON
        ran = heatsync("sync", *self.words, "--json")
        assert ran.code == 0, ran.out
        return ran.json

    def sync_and_die(self, moment: str) -> int:
        command = [sys.executable, "-m", "tests.integration.sql.dying", moment, "sync"]
        done = subprocess.run(
            [*command, *self.words], cwd=ROOT, env=os.environ, check=False, capture_output=True
        )
        return done.returncode

    def scores(self) -> dict[int, float]:
        found = self.shop.rows("SELECT contact_id, heat FROM heat_scores")
        assert len(found) == len({contact for contact, _ in found})
        return dict(found)


EVERYBODY = {number: 5.0 if number % 2 else 0.0 for number in range(1, MANY + 1)}


@pytest.fixture
def company(
    shop: Shop, empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Company:
    for name in [each for each in os.environ if each.upper().startswith("HEATSYNC_")]:
        monkeypatch.delenv(name)
    url = shop.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("HEATSYNC_PLATFORMS__SHOP__DATABASE_URL", url)
    monkeypatch.setenv("HEATSYNC_PLATFORMS__WAREHOUSE__DATABASE_URL", url)
    shop.do("CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(99), country CHAR(2))")
    shop.do(
        f"INSERT INTO customers {SQLITE_IDS} "  # noqa: S608 - a constant
        "SELECT i, 'c' || i || '@x.org', CASE WHEN i % 2 = 1 THEN 'FR' ELSE 'DE' END FROM n"
        if shop.engine.dialect.name == "sqlite"
        else "INSERT INTO customers SELECT i, 'c' || i || '@x.org', "
        "CASE WHEN i % 2 = 1 THEN 'FR' ELSE 'DE' END FROM generate_series(1, :many) i",
        many=MANY,
    )
    mappings = tmp_path / "mappings"
    mappings.mkdir()
    (mappings / "a.yaml").write_text(MAPPING, encoding="utf-8")
    shutil.copy(empty_file, tmp_path / "heatsync.db")
    database = f"sqlite:///{tmp_path / 'heatsync.db'}"
    return Company(shop, ("--mappings", str(mappings), "--database", database))


async def test_two_entries_of_one_database_have_their_tables(company: Company) -> None:
    first = await asyncio.to_thread(company.sync)
    again = await asyncio.to_thread(company.sync)

    assert company.scores() == EVERYBODY
    assert company.shop.rows("SELECT count(*), sum(warmth) FROM everybody") == [
        (MANY, sum(EVERYBODY.values()))
    ]
    assert [first["deliveries"][each]["delivered"] for each in ("shop", "warehouse")] == [MANY] * 2
    assert [again["deliveries"][each]["delivered"] for each in ("shop", "warehouse")] == [0, 0]


async def test_a_process_killed_before_it_commits_wrote_nothing(company: Company) -> None:
    code = await asyncio.to_thread(company.sync_and_die, BEFORE)
    left = company.shop.rows("SELECT count(*) FROM heat_scores")

    await asyncio.to_thread(company.sync)

    assert (code, left) == (-signal.SIGKILL, [(0,)])
    assert company.scores() == EVERYBODY


async def test_a_process_killed_after_it_commits_writes_no_row_twice(company: Company) -> None:
    code = await asyncio.to_thread(company.sync_and_die, AFTER)
    before = dict(company.shop.rows("SELECT contact_id, updated_at FROM heat_scores"))

    done = (await asyncio.to_thread(company.sync))["deliveries"]["shop"]

    after = dict(company.shop.rows("SELECT contact_id, updated_at FROM heat_scores"))
    assert (code, 0 < len(before) <= MANY) == (-signal.SIGKILL, True)
    assert company.scores() == EVERYBODY
    assert {each: after[each] for each in before} == before
    assert (done["delivered"] + done["unchanged"], done["failed"]) == (MANY, 0)


async def test_many_that_write_the_same_rows_at_once_all_write(shop: Shop) -> None:
    shop.do("CREATE TABLE something (x INTEGER)")
    people = [Addressee(remote_id=f"p{number}") for number in range(60)]
    names = [f"score_{number}" for number in range(4)]
    platforms = [shop.platform(writes=WRITES) for _ in names]
    for turn in range(3):
        changes = [
            [change(each, **{name: Decimal(turn)}) for each in (people, people[::-1])[place % 2]]
            for place, name in enumerate(names)
        ]

        found = await asyncio.gather(*map(write_all, platforms, changes))

        assert [each.error for some in found for each in some if each.error] == []
    columns = ", ".join(names)
    rows = shop.rows(f"SELECT {columns} FROM heat_scores")  # noqa: S608 - constants
    assert rows == [(2.0,) * len(names)] * len(people)


async def write_all(platform: Any, changes: Any) -> Any:  # noqa: ANN401 - handed on
    return await write(platform, *changes)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_transaction_that_others_are_in_the_way_of_begins_anew(served_shop: Shop) -> None:
    served_shop.do(
        "CREATE TABLE a (x INTEGER)",
        "CREATE TABLE b (x INTEGER)",
        "INSERT INTO a VALUES (0)",
        "INSERT INTO b VALUES (0)",
    )
    platforms = [served_shop.platform(writes=WRITES, timeout="30s") for _ in range(2)]
    meeting = asyncio.Event()
    loop = asyncio.get_running_loop()
    waiting: list[str] = []

    def moved(first: str, then: str) -> Any:  # noqa: ANN401 - of a connection
        def work(connection: Any) -> None:  # noqa: ANN401 - as above
            connection.execute(text(f"UPDATE {first} SET x = x + 1"))  # noqa: S608 - constants
            waiting.append(first)
            if len(waiting) == len(platforms):
                loop.call_soon_threadsafe(meeting.set)
            if len(waiting) <= len(platforms):
                asyncio.run_coroutine_threadsafe(meeting.wait(), loop).result()
            connection.execute(text(f"UPDATE {then} SET x = x + 1"))  # noqa: S608 - constants

        return work

    await asyncio.gather(
        platforms[0]._database.write("move", moved("a", "b")),
        platforms[1]._database.write("move", moved("b", "a")),
    )

    assert served_shop.rows("SELECT a.x, b.x FROM a, b") == [(2, 2)]
