"""The same commands over PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.system.company import AT
from tests.system.shell import heatsync

pytestmark = pytest.mark.postgres


@pytest.fixture
def moved(company: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a company whose state is in PostgreSQL."""
    monkeypatch.setenv("HEATSYNC_DATABASE_URL", postgres_url)
    return company


@pytest.fixture
def not_allowed(
    company: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Stand in a company whose database is another's, which lets it make a schema alone."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
        admin.execute("CREATE DATABASE another")
        admin.execute("GRANT CREATE ON DATABASE another TO guest")
        url = postgres_server.replace("/postgres?", "/another?").replace("postgres:@", "guest@")
        monkeypatch.setenv("HEATSYNC_DATABASE_URL", url)
        yield company
        admin.execute("DROP DATABASE another WITH (FORCE)")
        admin.execute("DROP ROLE guest")


@pytest.mark.usefixtures("not_allowed")
@pytest.mark.parametrize("command", [("db", "upgrade"), ("sync", "--at", AT)])
def test_a_database_that_lets_nobody_make_tables_is_told_with_what_mends_it(
    command: tuple[str, ...],
) -> None:
    ran = heatsync(*command, "--json")

    assert ran.code == 78
    assert "permission denied for schema public" in ran.json["error"]
    assert "ALTER DATABASE ... OWNER TO" in ran.json["error"]


@pytest.mark.usefixtures("not_allowed")
def test_the_check_says_what_the_database_will_not_let_be_done() -> None:
    ran = heatsync("check", "--json")

    (said,) = [each for each in ran.json["warnings"] if "database" in each["message"]]
    assert "does not let its user do what heatsync needs" in said["message"]


def test_a_cycle_comes_to_the_same_as_on_a_file(moved: Path, synced_once: Path) -> None:
    ran = heatsync("sync", "--at", AT, "--json")
    explained = heatsync("explain", "crm:c1", "--at", AT, "--json").json

    assert ran.code == 0, ran
    assert ran.json["deliveries"]["crm"]["delivered"] == 6
    for file in ("crm/out/contacts.csv", "crm/out/tags.csv", "shop/out/contacts.csv"):
        assert (moved / file).read_text() == (synced_once / file).read_text()
    assert explained["contact"]["platforms"]["crm"] == ["c1"]
    assert heatsync("sync", "--at", AT, "--json").json["deliveries"]["crm"]["calls"] == 0


def test_upkeep_knows_what_is_not_its_own_to_do(moved: Path) -> None:
    assert heatsync("db", "upgrade").code == 0
    assert set(heatsync("db", "vacuum", "--json").json) == {"before", "after"}
    refused = heatsync("db", "backup", "copy.db", "--json")
    assert refused.code != 0
    assert "pg_dump" in refused.json["error"]


def test_somebody_is_forgotten_and_stays_so(moved: Path) -> None:
    heatsync("sync", "--at", AT)

    told = heatsync("forget", "crm:c1", "--yes", "--json").json

    assert told["erased"]["persons"] == 1
    with (moved / "crm" / "contacts.csv").open("a") as file:
        file.write("c9,person1@example.com,,,\n")
    assert heatsync("sync", "--at", AT).code == 0
    assert heatsync("explain", "person1@example.com").code == 1
    assert "person1@" not in (moved / "crm" / "out" / "contacts.csv").read_text()
