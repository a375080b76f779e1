"""What is kept of people in files can be read by the user of heatsync alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.opening import open_state
from state.upkeep import backup

SHARED = 0o666
"""The rights of a file that everybody may read and write."""


@pytest.fixture(autouse=True)
def _no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _rights_in(folder: Path) -> dict[str, str]:
    return {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in folder.iterdir()}


async def test_a_new_database_its_log_and_its_copies_are_private(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'heatsync.db'}"

    state = await open_state(url)
    async with state.write() as tx:
        await tx.notes.put("a", "b")
    backup(url, tmp_path / "copy.db")

    assert _rights_in(tmp_path) == dict.fromkeys(
        ("copy.db", "heatsync.db", "heatsync.db-shm", "heatsync.db-wal"), "0o600"
    )
    await state.aclose()


async def test_a_database_that_an_operator_shares_stays_shared(tmp_path: Path) -> None:
    path = tmp_path / "heatsync.db"
    path.touch()
    path.chmod(SHARED)

    state = await open_state(f"sqlite:///{path}")

    assert _rights_in(tmp_path)["heatsync.db"] == oct(SHARED)
    await state.aclose()
