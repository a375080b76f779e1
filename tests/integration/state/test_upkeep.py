"""Copies, vacuum and facts of a database in use."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from connector.errors import ConfigError, StateBusy, StateError
from state.opening import open_state
from state.upkeep import backup, facts, vacuum
from state.versions import HEAD
from tests.integration.state.writer import PAGE

ROOT = Path(__file__).resolve().parents[3]


async def test_a_copy_taken_during_a_write_holds_what_was_committed(
    sqlite_url: str, tmp_path: Path
) -> None:
    state = await open_state(sqlite_url)
    target = tmp_path / "copy.db"
    async with state.write() as tx:
        await tx.notes.put("a", "committed")
    async with state.write() as tx:
        await tx.notes.put("a", "not yet")
        backup(sqlite_url, target)
    await state.aclose()

    copy = await open_state(f"sqlite:///{target}")
    async with copy.read() as view:
        assert await view.notes.get("a") == "committed"
    await copy.aclose()


def test_copies_taken_while_another_process_writes_are_each_of_one_moment(
    sqlite_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.integration.state.writer", sqlite_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        pages = []
        for number in range(3):
            said = int(writer.stdout.readline())
            backup(sqlite_url, tmp_path / f"{number}.db")
            pages.append((said, asyncio.run(_pages_in(f"sqlite:///{tmp_path}/{number}.db"))))
        writer.kill()

    # What was said to be saved before a copy was begun is in it.
    assert all(said <= whole for said, whole in pages)


async def _pages_in(url: str) -> int:
    """Return how many pages the writer had saved, all of them whole, as the cursor says."""
    state = await open_state(url)
    async with state.read() as tx:
        cursor = await tx.cursors.get("crm", "contacts")
        pages = int(cursor.cursor) if cursor else 0
        assert await tx.contacts.count_live("crm") == pages * PAGE
        assert (await tx.events.frame(None, {})).collect().height == pages * PAGE
    await state.aclose()
    return pages


def test_a_copy_never_overwrites(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious", encoding="utf-8")

    with pytest.raises(ConfigError, match="is there already"):
        backup(sqlite_url, target)

    assert target.read_text(encoding="utf-8") == "precious"


def test_a_copy_that_cannot_be_written_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be opened"):
        backup(sqlite_url, tmp_path / "nowhere" / "copy.db")

    assert not (tmp_path / "nowhere").exists()


def test_postgresql_is_left_to_its_own_tool(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pg_dump -Fc leads"):
        backup("postgresql://u:pw@h/leads", tmp_path / "copy")


def test_vacuum_and_facts_of_a_file(sqlite_url: str) -> None:
    vacuum(sqlite_url)

    found = facts(sqlite_url)
    assert (found.version, found.known_version) == (HEAD, HEAD)
    assert found.engine.startswith("SQLite 3.")
    assert found.size > 0


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_vacuum_and_facts_of_postgresql(postgres_url: str) -> None:
    vacuum(postgres_url)

    found = facts(postgres_url)
    assert found.version == HEAD
    assert found.engine.startswith("PostgreSQL ")


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_the_owner_of_cycles_on_postgresql_is_named_and_frees_them(
    postgres_url: str,
) -> None:
    state = await open_state(postgres_url)
    async with state.own_cycles("a rather long name of " + "x" * 100):
        with pytest.raises(StateBusy, match="a rather long name of x"):
            async with state.own_cycles("second"):
                pass
    async with state.own_cycles("second"):
        pass
    await state.aclose()
