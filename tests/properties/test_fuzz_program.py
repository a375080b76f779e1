"""Damaged folders through the whole program: told or counted, soon, and no good row is lost."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pytest

from connector.config.settings import read_settings
from connector.domain.frames import EVENT_ID
from connector.runtime.bootstrap import opened_state
from tests.properties import test_config_fuzz as configurations
from tests.properties import test_files_fuzz as rows
from tests.system.company import AT, found_company
from tests.system.shell import Ran, heatsync

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARDS = 10
FOLDERS = 120
CONFIGURATIONS = 80
SOON = 5.0
"""Seconds of this process."""

CODES = frozenset((0, 69, 75, 78))
FILES = ("crm/contacts.csv", "crm/events.csv", "shop/contacts.csv", "shop/events.csv")
Key = tuple[str, str, str]
"""Platform, ``contacts`` or ``events``, and the id there."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "company"
    found_company(folder, contacts=8, events=40)
    shutil.copy(empty_file, folder / "heatsync.db")
    return folder


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_damaged_file_costs_no_row_that_was_not_touched(
    shard: int, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = _everything(sound)
    for seed in range(shard, FOLDERS, SHARDS):
        chance = random.Random(seed)
        folder = _enter(sound, tmp_path / str(seed), monkeypatch)
        touched = _damage(folder, chance)

        ran = _sync()

        assert ran.json["at"] == AT, f"seed {seed}"
        expected = everything - touched
        if any(stream == "contacts" for _, stream, _ in touched):
            # Events of a contact that is gone are kept, aside.
            expected = {key for key in expected if key[1] == "contacts"}
        assert expected <= asyncio.run(_arrived(folder)), f"seed {seed}"
        assert ran.json["pulled"].keys() == {"crm", "shop"}
        shutil.rmtree(folder)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_damaged_configuration_is_refused_with_its_problems_or_works(
    shard: int, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(shard, CONFIGURATIONS, SHARDS):
        chance = random.Random(seed)
        folder = _enter(sound, tmp_path / str(seed), monkeypatch)
        file = folder / "mappings" / "heatsync.yaml"
        raw = file.read_bytes()
        for _ in range(chance.choice((1, 1, 2))):
            raw = chance.choice(configurations.MUTATIONS)(raw, chance) or b"\n"
        file.write_bytes(raw)

        ran = _sync()

        if ran.code == 78:
            assert all(each["message"] and each["line"] for each in ran.json["problems"]), raw
        else:
            assert ran.json["at"] == AT
        shutil.rmtree(folder)


def _enter(sound: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(sound, folder)
    monkeypatch.chdir(folder)
    return folder


def _sync() -> Ran:
    began = process_time()
    ran = heatsync("sync", "--at", AT, "--json")
    assert process_time() - began < SOON
    assert ran.code in CODES
    assert ran.err == ""
    return ran


def _damage(folder: Path, chance: random.Random) -> set[Key]:
    """Damage a file; return what may be lost by it."""
    name = chance.choice(FILES)
    file = folder / name
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    if place == 0 or chance.random() < 0.2:
        file.write_bytes(chance.choice((_cut, _noise, _renamed))(whole, chance))
        return set(_keys(name, lines[1:]))
    mutate = chance.choice(list(rows.MUTATIONS.values()))
    file.write_bytes(b"".join([*lines[:place], mutate(chance, lines[place][:-2]), b"\r\n"]))
    with file.open("ab") as rest:
        rest.writelines(lines[place + 1 :])
    return set(_keys(name, lines[place : place + 1]))


def _cut(whole: bytes, chance: random.Random) -> bytes:
    return whole[: chance.randrange(len(whole))]


def _noise(whole: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(whole))


def _renamed(whole: bytes, chance: random.Random) -> bytes:
    header, _, rest = whole.partition(b"\n")
    columns = header.split(b",")
    columns[chance.randrange(len(columns))] = chance.choice(configurations.SCRAPS)
    return b",".join(columns) + b"\n" + rest


def _keys(name: str, lines: Iterable[bytes]) -> Iterable[Key]:
    platform, _, file = name.partition("/")
    stream = file.removesuffix(".csv")
    return ((platform, stream, line.partition(b",")[0].decode()) for line in lines)


def _everything(sound: Path) -> set[Key]:
    return {
        key
        for name in FILES
        for key in _keys(name, (sound / name).read_bytes().splitlines(keepends=True)[1:])
    }


async def _arrived(folder: Path) -> set[Key]:
    settings = read_settings(None, mappings=folder / "mappings")
    async with opened_state(settings) as state, state.read() as tx:
        frame = await tx.events.frame(None, {})
        events = frame.select("platform", EVENT_ID).collect().rows()
        ids = {name: set(await tx.contacts.live_ids(name, limit=10**6)) for name in ("crm", "shop")}
    return {(platform, "events", each) for platform, each in events} | {
        (platform, "contacts", each) for platform, known in ids.items() for each in known
    }
