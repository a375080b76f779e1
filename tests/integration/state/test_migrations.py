"""Migrations and tables tell the same story, and an old file comes along."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from connector.domain.leads import LeadQuery
from connector.errors import MigrationNeeded
from state.location import locate
from state.opening import open_state
from state.schema import METADATA
from state.upkeep import facts, upgrade
from state.versions import HEAD, connected, ensure_current, migrations

OLD = Path(__file__).with_name("0001.sql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heatsync.db"


def _differences(url: str) -> list[object]:
    with connected(locate(url)) as connection:
        opts = {"compare_type": True, "include_name": _is_of_tables}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, METADATA))


def _is_of_tables(name: str | None, *_: object) -> bool:
    """Return whether this is not of the index of words, which each database makes in its way."""
    return name is None or not name.startswith(("person_words", "ix_persons_words"))


def _pretend(url: str, version: str) -> None:
    """Say that the tables are of another version."""
    with connected(locate(url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": version})
        connection.commit()


def _schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
        return {(name, "".join(sql.split())) for name, sql in connection.execute(query)}


def test_the_version_known_to_a_start_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == HEAD


def test_migrations_give_the_tables_on_sqlite(path: Path) -> None:
    ensure_current(locate(f"sqlite:///{path}"))

    assert _differences(f"sqlite:///{path}") == []


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_migrations_give_the_tables_on_postgresql(postgres_url: str) -> None:
    assert _differences(postgres_url) == []


def test_rows_lie_where_the_tables_say_on_sqlite(path: Path) -> None:
    ensure_current(locate(f"sqlite:///{path}"))

    told = {(name, sql) for name, sql in _schema(path) if _is_of_tables(name)}
    by_rows = {name for name, sql in told if sql.endswith("WITHOUTROWID")}

    options = {table.name: table.dialect_options["sqlite"] for table in METADATA.sorted_tables}
    assert by_rows == {name for name, option in options.items() if not option["with_rowid"]}


async def test_an_old_file_keeps_what_it_held(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))

    upgrade(f"sqlite:///{path}")

    state = await open_state(f"sqlite:///{path}")
    async with state.read() as tx:
        ann = await tx.contacts.find("a@example.com")
        assert ann is not None
        assert (ann.key, ann.attributes) == ("01ann", {"age": 41.5, "job": "CEO"})
        events = (await tx.events.frame([ann.contact], {})).collect()
        assert sorted(events["amount"].drop_nulls()) == [13.5]
        assert [lead.value for lead in await tx.scores.top("lead")] == [42.125]
        page = await tx.scores.leads(LeadQuery(score="lead", words=["exam"]))
        assert [lead.key for lead in page.leads] == ["01ann"]
        assert await tx.outbox.members("crm") == {"hot": 1}
        assert (await tx.inbound.backlog())["crm"].waiting == 1
        assert await tx.notes.get("digest") == "d1"
    await state.aclose()
    assert _differences(f"sqlite:///{path}") == []


def test_a_new_file_is_given_its_tables_once_by_many(path: Path) -> None:
    problems: list[BaseException] = []

    def start() -> None:
        try:
            ensure_current(locate(f"sqlite:///{path}"))
        except BaseException as error:  # noqa: BLE001 - a thread hands over whatever happened
            problems.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert facts(f"sqlite:///{path}").version == HEAD


@pytest.mark.parametrize(
    ("version", "advice"), [("9999", "use the newer one"), ("0000", "heatsync db upgrade")]
)
async def test_tables_of_another_version_are_refused_with_advice(
    path: Path, version: str, advice: str
) -> None:
    url = f"sqlite:///{path}"
    ensure_current(locate(url))
    _pretend(url, version)

    with pytest.raises(MigrationNeeded, match=advice):
        await open_state(url)


def test_newer_tables_are_not_upgraded(path: Path) -> None:
    url = f"sqlite:///{path}"
    ensure_current(locate(url))
    _pretend(url, "9999")

    with pytest.raises(MigrationNeeded):
        upgrade(url)


def test_upgrading_twice_changes_nothing(path: Path) -> None:
    first = upgrade(f"sqlite:///{path}")
    second = upgrade(f"sqlite:///{path}")

    assert (first.before, first.after, first.backup) == (None, HEAD, None)
    assert (second.before, second.after, second.backup) == (HEAD, HEAD, None)
