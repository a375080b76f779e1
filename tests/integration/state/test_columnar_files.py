"""The files of the columnar copy: whose they are, and what becomes of lost or damaged ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from connector.domain.frames import CONTACT, EVENT_ID
from connector.errors import StateError
from state.location import locate
from state.opening import DatabaseState, open_state
from state.upkeep import backup
from tests.conformance.store_world import EAGER
from tests.integration.state.copies import (
    files_in,
    flip_a_bit,
    ids_of,
    is_of_files,
    mode_of,
    names_in,
    put_in_the_way,
    read,
    rows_on_disk,
    save,
    traces_in,
)


async def test_a_small_database_has_no_copy(sqlite_url: str, folder: Path) -> None:
    state = await open_state(sqlite_url)
    await save(state, "a")

    assert await state.fold_events({}) == ()

    assert await state.event_copy() is None
    assert files_in(folder) == []
    await state.aclose()


async def test_postgresql_without_a_folder_has_no_copy(tmp_path: Path) -> None:
    location = locate("postgresql://u:pw@h/leads")

    assert location.copy_folder(None) is None
    assert location.copy_folder(tmp_path) != locate("postgresql://u@h/other").copy_folder(tmp_path)


async def test_only_the_owner_may_read_the_files(state: DatabaseState, folder: Path) -> None:
    await save(state, "a")
    await state.fold_events({})

    assert mode_of(folder) == 0o700
    assert {mode_of(path) for path in files_in(folder)} == {0o600}


async def test_reading_writes_nothing(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await save(state, "a")
    await state.fold_events({})
    before = traces_in(folder)

    assert await names_in(twin) == ["a"]

    assert traces_in(folder) == before


async def test_a_frame_outlives_the_files_it_reads(state: DatabaseState, folder: Path) -> None:
    await save(state, "a")
    await state.fold_events({})
    frame = await read(state)
    shutil.rmtree(folder)

    assert ids_of(frame) == ["a"]
    assert await names_in(state) == ["a"]


async def test_a_lost_copy_is_built_anew_and_said_once(state: DatabaseState, folder: Path) -> None:
    await save(state, "a")
    await state.fold_events({})
    shutil.rmtree(folder)

    said = [await state.fold_events({}) for _ in range(2)]

    assert ["was incomplete" in problem.message for problems in said for problem in problems] == [
        True
    ]
    assert is_of_files(await read(state))


@pytest.mark.parametrize("suffix", [".parquet", ".json"])
async def test_a_damaged_file_is_never_believed(
    state: DatabaseState, twin: DatabaseState, folder: Path, suffix: str
) -> None:
    await save(state, "a")
    await state.fold_events({})
    (path,) = files_in(folder, f"*{suffix}")
    flip_a_bit(path)

    frame = await read(twin)
    (problem,) = await twin.fold_events({})

    assert not is_of_files(frame)
    assert ids_of(frame) == ["a"]
    assert "was incomplete" in problem.message
    assert is_of_files(await read(twin))


async def test_a_folder_that_cannot_be_written_is_a_problem_and_no_more(
    state: DatabaseState, folder: Path
) -> None:
    await save(state, "a")
    shutil.copy(__file__, folder)

    (problem,) = await state.fold_events({})

    assert "cannot be brought up to date" in problem.message
    assert await names_in(state) == ["a"]


async def test_a_restored_backup_does_not_believe_a_younger_copy(
    sqlite_url: str, tmp_path: Path
) -> None:
    state = await open_state(sqlite_url, limits=EAGER)
    await save(state, "a")
    await state.fold_events({})
    backup(sqlite_url, tmp_path / "old.db")
    await save(state, "b")
    await state.fold_events({})
    await state.aclose()
    shutil.copy(tmp_path / "old.db", sqlite_url.removeprefix("sqlite:///"))

    restored = await open_state(sqlite_url, limits=EAGER)

    assert await names_in(restored) == ["a"]
    await restored.fold_events({})
    assert await names_in(restored) == ["a"]
    await restored.aclose()


async def test_expunged_contacts_are_in_no_file(state: DatabaseState, folder: Path) -> None:
    for person in (1, 2, 3):
        await save(state, f"e{person}", person=person)
    await state.fold_events({})
    await save(state, "f2", person=2)
    await state.fold_events({})
    before = await read(state)

    await state.expunge_events([2])

    assert set(rows_on_disk(folder)[CONTACT]) == {1, 3}
    after = await read(state)
    assert is_of_files(after)
    assert_frame_equal(after.sort(EVENT_ID), before.sort(EVENT_ID))


async def test_a_file_that_cannot_be_removed_is_no_silent_matter(
    state: DatabaseState, folder: Path
) -> None:
    await save(state, "a")
    await state.fold_events({})
    put_in_the_way(folder / "old.parquet")

    with pytest.raises(StateError, match="cannot be rewritten"):
        await state.expunge_events([1])


async def test_the_copy_tells_how_it_stands(state: DatabaseState, folder: Path) -> None:
    await save(state, "a", "b")
    await state.fold_events({})
    await save(state, "c", person=2)

    facts = await state.event_copy()

    assert facts is not None
    assert (facts.where, facts.events, facts.changed) == (str(folder), 2, 1)
    assert facts.size == sum(path.stat().st_size for path in files_in(folder, "*.parquet"))
