"""What is no database of ours gets a sentence that says so, and never a password."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connector.errors import ConfigError, StateError, StateUnreachable
from state.location import locate
from state.opening import open_state

PASSWORD = "s3cret-pass"


@pytest.mark.parametrize(
    "url",
    [
        "heatsync.db",
        "",
        "mysql://root@localhost/x",
        "postgresql+asyncpg://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/file.db",
        f"mssql://user:{PASSWORD}@host/x",
        f"postgresql://user:{PASSWORD}@host:port/x",
    ],
)
async def test_a_url_that_means_no_database_names_the_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="HEATSYNC_DATABASE_URL") as caught:
        await open_state(url)

    assert PASSWORD not in str(caught.value)


async def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 1000, encoding="utf-8")

    with pytest.raises(StateUnreachable, match="is not a SQLite database"):
        await open_state(f"sqlite:///{path}")

    assert path.read_text(encoding="utf-8").startswith("dear diary")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StateUnreachable, match="is a folder"):
        await open_state(f"sqlite:///{tmp_path}")


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StateUnreachable, match="nowhere for x"):
        await open_state(f"sqlite:///{tmp_path}/nowhere/x.db")


async def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\x07" * 5000)

    with pytest.raises(StateUnreachable, match=r"x\.db"):
        await open_state(f"sqlite:///{path}")


async def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")

    with pytest.raises(StateUnreachable, match="another program, recipes first"):
        await open_state(f"sqlite:///{path}")


async def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://user:{PASSWORD}@/leads?host={tmp_path}"

    with pytest.raises(StateUnreachable, match="'leads'") as caught:
        await open_state(url)

    chain = [caught.value, caught.value.__cause__]
    assert PASSWORD not in "".join(map(repr, chain))


async def test_a_relative_path_is_relative_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    state = await open_state("sqlite:///here.db")
    await state.aclose()

    assert (tmp_path / "here.db").is_file()


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"]
)
def test_every_spelling_of_postgresql_means_one_driver(url: str) -> None:
    assert locate(url).url.drivername == "postgresql+psycopg"


async def test_an_error_of_a_statement_tells_nothing_of_its_values(tmp_path: Path) -> None:
    state = await open_state(f"sqlite:///{tmp_path}/x.db")

    with pytest.raises(StateError, match="refused a statement") as caught:
        async with state.write() as tx:
            await tx.notes.put("secret-key", None)  # type: ignore[arg-type]  # what the database refuses

    assert "secret-key" not in f"{caught.value!r}{caught.value.__cause__!r}"
    await state.aclose()
