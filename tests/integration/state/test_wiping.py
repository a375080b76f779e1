"""Nothing that is deleted of somebody forgotten is left in a file: database, log or copy."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from connector.domain.frames import CONTACT
from connector.domain.ledger import Inbound
from connector.domain.records import Person
from connector.ports.store import State, Transaction
from connector.sync.records.forgotten import erase
from connector.sync.records.ingest import ingest_contacts, ingest_events
from connector.sync.records.joining import Naming
from state.columnar.copy import EventsCopy
from state.database import Database
from state.location import locate
from state.opening import DatabaseState
from state.schema import METADATA
from tests.builders import T, a_contact, an_event
from tests.conformance.store_world import EAGER
from tests.integration.state.copies import rows_on_disk

NAMING = Naming(attributes={}, order=("crm",))
PEOPLE = 300
_ALL = SQL("SELECT t::text FROM {} t")


@pytest.fixture
async def state(sqlite_url: str, tmp_path: Path) -> AsyncIterator[DatabaseState]:
    """Give a state with many people, whose rows were moved about, and a copy of their events."""
    state = DatabaseState(Database(locate(sqlite_url)), EventsCopy(tmp_path / "events", EAGER))
    chance = random.Random(7)
    for turn in range(3):
        numbers = list(range(turn, PEOPLE))
        chance.shuffle(numbers)
        await state.transact(partial(_page, turn=turn, numbers=numbers))
    await state.fold_events({})
    yield state
    await state.aclose()


async def _page(tx: Transaction, turn: int, numbers: list[int]) -> None:
    now = T + timedelta(hours=turn)
    people = [
        a_contact(f"crm-{n:04}", *(_address(n, each) for each in range(turn + 1)), modified_at=now)
        for n in numbers
    ]
    events = [
        an_event(f"e{n:04}-{turn}", f"crm-{n:04}", url=f"/of/crm-{n:04}/{'x' * (n % 90)}")
        for n in numbers
    ]
    await ingest_contacts(tx, "crm", people, NAMING, now)
    await ingest_events(tx, "crm", events, now)


def _address(number: int, which: int) -> str:
    return f"person{number:04}-{which}@mail.example.com"


async def _forget(state: State, number: int) -> set[int]:
    async with state.write() as tx:
        person = await tx.contacts.find(f"crm:crm-{number:04}")
        assert person is not None
        return set(
            (await erase(tx, await tx.forgotten.traces([person.contact]), T)).traces.contacts
        )


def _found(folder: Path, *texts: str) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield from (f"{path.name}: {each}" for each in texts if each.encode() in content)


async def test_no_byte_is_left_of_people_who_were_erased(
    state: DatabaseState, tmp_path: Path
) -> None:
    chosen = random.Random(3).sample(range(3, PEOPLE), 20)
    texts = [_address(n, which) for n in chosen for which in range(3)]
    texts += [f"crm-{n:04}" for n in chosen]
    erased: set[int] = set()
    for number in chosen:
        erased |= await _forget(state, number)

    await state.expunge_events(erased)
    assert await state.wipe_traces(texts)

    assert [*_found(tmp_path, *texts)] == []
    assert not erased & set(rows_on_disk(tmp_path / "events")[CONTACT])
    assert [*_found(tmp_path, _address(1, 0))] != []


async def test_no_byte_is_left_of_the_words_that_erased_people_were_found_by(
    state: DatabaseState, tmp_path: Path
) -> None:
    person = Person(contact=0, key="zoe", email="z@x.example", attributes={"name": "Quixotic Zoe"})
    async with state.write() as tx:
        number = (await tx.contacts.create([person]))[0]
    async with state.write() as tx:
        renamed = replace(person, contact=number, attributes={"name": "Zephyrine Zoe"})
        await tx.contacts.save_persons([renamed])
    async with state.write() as tx:
        await erase(tx, await tx.forgotten.traces([number]), T)

    assert await state.wipe_traces()

    assert [*_found(tmp_path, "uixotic", "ephyrin")] == []


async def test_a_log_that_somebody_reads_is_wiped_later(
    state: DatabaseState, tmp_path: Path
) -> None:
    async with state.read() as tx:
        await tx.contacts.count()
        await _forget(state, 5)
        was_wiped = await state.wipe_traces([_address(5, 0)])

    assert not was_wiped
    assert await state.wipe_traces([_address(5, 0)])
    assert [each for each in _found(tmp_path, _address(5, 0)) if ".db" in each] == []


def _leave_behind(path: Path, text: str) -> None:
    """Delete a row as versions did that overwrote nothing."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("INSERT INTO notes VALUES ('old', ?)", [text])
        connection.commit()
        connection.execute("DELETE FROM notes WHERE key = 'old'")
        connection.commit()


async def test_what_an_older_version_left_in_the_file_goes_too(
    state: DatabaseState, tmp_path: Path
) -> None:
    _leave_behind(tmp_path / "heatsync.db", "old@mail.example.com")
    assert await state.wipe_traces()
    assert [*_found(tmp_path, "old@mail.example.com")] != []

    assert await state.wipe_traces(["old@mail.example.com"])

    assert [*_found(tmp_path, "old@mail.example.com")] == []


async def test_a_large_file_is_not_built_anew_unasked(
    state: DatabaseState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.wiping.REBUILT_UP_TO", 0)
    _leave_behind(tmp_path / "heatsync.db", "old@mail.example.com")

    assert not await state.wipe_traces(["old@mail.example.com"])


async def test_what_a_crash_left_in_the_copy_is_read_by_nobody_and_removed_by_a_repeat(
    state: DatabaseState, tmp_path: Path
) -> None:
    erased = await _forget(state, 5)
    async with state.read() as tx:
        events = (await tx.events.frame(None, {})).collect()
    assert events.filter(events["url"].str.contains("crm-0005")).is_empty()

    assert erased & set(rows_on_disk(tmp_path / "events")[CONTACT])

    await state.expunge_events(erased)
    await state.expunge_events(erased)

    assert not erased & set(rows_on_disk(tmp_path / "events")[CONTACT])


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_no_table_of_postgresql_has_a_row_that_names_them(postgres_url: str) -> None:
    state = DatabaseState(Database(locate(postgres_url)))
    for turn in range(2):
        await state.transact(partial(_page, turn=turn, numbers=list(range(9))))
    await state.store_calls(
        [Inbound(platform="crm", id="c", body=_address(5, 0).encode(), received_at=T)]
    )

    await _forget(state, 5)

    await state.aclose()
    with psycopg.connect(postgres_url) as connection:
        rows = [
            str(connection.execute(_ALL.format(Identifier(table.name))).fetchall())
            for table in METADATA.sorted_tables
        ]
    assert not any("0005" in each for each in rows)
    assert sum("0004" in each for each in rows) > 4
