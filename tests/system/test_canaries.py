"""No secret in anything that is said or kept, and nobody in what goes wrong."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.simulation.server import Server
from tests.system.canaries import PERSON, Parrot, found_installation, met, told, variables
from tests.system.shell import Ran, heatsync

pytestmark = pytest.mark.xdist_group("canaries")

ASKING = ("check", "sync", "pull --only mail", "webhooks list", "webhooks register")
"""Commands that ask platforms; after one, HubSpot's limits would have the next wait."""
LOCAL = (
    *("check --offline", "sync --only past", "pull --only past", "score", "plan", "status"),
    *("push --only mail", f"explain {PERSON}", "explain past:1", "top", "export"),
    *("export --what contributions", "models list", "adapters", "db upgrade", "db backup copy.db"),
    *("db vacuum", "db rebuild", "sync --at never", "explain nobody", "sync --only nope"),
    *("override past:1 score 5 --reason x", "nope"),
)
PERSONAL = ("explain", "top", "export", "sync", "score", "plan", "override")
"""Commands that are asked for people, or end with an example of what to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRun:
    """What all commands came to, and where."""

    folder: Path
    ran: Mapping[str, Ran]


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> LongRun:
    """Run every command, for people and for machines, against platforms that repeat secrets."""
    folder = tmp_path_factory.mktemp("canaries")
    spoken = [*ASKING, *LOCAL, *(f"{each} --json" for each in LOCAL)]
    with pytest.MonkeyPatch.context() as patch, chdir(folder), Server(Parrot()) as server:
        for name in [each for each in os.environ if each.startswith("HEATSYNC_")]:
            patch.delenv(name)
        for name, value in variables(server.url).items():
            patch.setenv(name, value)
        found_installation(folder, server.url)
        ran = {each: heatsync(*each.split()) for each in spoken}
        with sqlite3.connect("heatsync.db") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return LongRun(folder=folder, ran=ran)


def test_platforms_were_asked_and_gave_trouble(long_run: LongRun) -> None:
    codes = {name: long_run.ran[name].code for name in ("check", "sync")}

    assert codes == {"check": 69, "sync": 69}
    assert long_run.ran["top"].out.count(PERSON) > 0


def test_no_command_tells_a_secret(long_run: LongRun) -> None:
    leaks = {name: told(ran.out + ran.err) for name, ran in long_run.ran.items()}

    assert {name: secrets for name, secrets in leaks.items() if secrets} == {}


def test_no_command_complains_of_somebody_by_their_address(long_run: LongRun) -> None:
    leaks = {name: met(ran.err) for name, ran in long_run.ran.items() if PERSON not in name}

    assert {name: people for name, people in leaks.items() if people} == {}


def test_no_command_tells_of_people_unasked(long_run: LongRun) -> None:
    leaks = {
        name: met(ran.out) for name, ran in long_run.ran.items() if not name.startswith(PERSONAL)
    }

    assert {name: people for name, people in leaks.items() if people} == {}


def test_no_secret_is_kept(long_run: LongRun) -> None:
    kept = {
        path.name: told(path.read_bytes().decode("latin-1"))
        for path in long_run.folder.rglob("*")
        if path.is_file()
    }

    assert {"heatsync.db", "copy.db"} <= kept.keys()
    assert {name: secrets for name, secrets in kept.items() if secrets} == {}
