"""Nothing this process does to its SQLite file may end the locks it has on it.

POSIX locks belong to a process and a file, not to a descriptor: whoever opens and closes the file
beside SQLite gives them up. Another process that closes it then takes itself for the last one, and
deletes the log that is still written to.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from state.opening import DatabaseState, open_state
from state.upkeep import facts
from state.versions import is_current

_LOOK = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute({!r}).fetchone())"
_NOTE = "SELECT value FROM notes WHERE key = 'k'"

Act = Callable[[DatabaseState, str], Awaitable[object]]


async def wipes(state: DatabaseState, _: str) -> object:
    return await state.wipe_traces(["ada@example.com"])


async def asks_for_its_version(_: DatabaseState, url: str) -> object:
    return is_current(url)


async def asks_for_facts(_: DatabaseState, url: str) -> object:
    return facts(url)


async def opens_another(_: DatabaseState, url: str) -> None:
    await (await open_state(url)).aclose()


async def asks_who_owns_it(state: DatabaseState, _: str) -> object:
    return await state.owners(), await state.served_at()


def read_elsewhere(path: Path) -> str:
    """Return what another process reads, which closes the file when it has."""
    command = [sys.executable, "-c", _LOOK.format(_NOTE), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    "act", [wipes, asks_for_its_version, asks_for_facts, opens_another, asks_who_owns_it]
)
async def test_what_is_written_afterwards_is_seen_by_others(act: Act, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    state = await open_state(sqlite_url)
    async with state.write() as tx:
        await tx.notes.put("k", "before")
    async with state.own_cycles("me"):
        await act(state, sqlite_url)
        assert read_elsewhere(path) == "('before',)"

        async with state.write() as tx:
            await tx.notes.put("k", "after")

        assert read_elsewhere(path) == "('after',)"
    await state.aclose()
    with sqlite3.connect(path) as database:
        assert database.execute(_NOTE).fetchone() == ("after",)
    database.close()
