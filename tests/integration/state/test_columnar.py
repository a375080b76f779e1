"""The columnar copy: when it is read, how it is kept, and what becomes of a damaged one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from connector.domain.frames import AT, CONTACT, EVENT_ID
from connector.domain.values import FieldType
from connector.errors import StateError
from connector.ports.store import State
from state.columnar import changes
from state.columnar.folder import Folder
from state.columnar.manifest import Manifest
from state.location import locate
from state.opening import DatabaseState, open_state
from state.upkeep import backup
from tests.conformance.store_world import EAGER, HOUR, T, an_event, people, subject_of

LATER = replace(EAGER, part_rows=1_000)


class Interrupted(Folder):
    """A folder that lets something happen after the files are written."""

    meanwhile: Callable[[], None] | None = None

    def settle(self) -> None:
        super().settle()
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()


@pytest.fixture
async def state(sqlite_url: str) -> AsyncIterator[DatabaseState]:
    state = await open_state(sqlite_url, limits=EAGER)
    yield state
    await state.aclose()


@pytest.fixture
async def twin(sqlite_url: str) -> AsyncIterator[DatabaseState]:
    state = await open_state(sqlite_url, limits=EAGER)
    yield state
    await state.aclose()


@pytest.fixture
def folder(sqlite_url: str) -> Path:
    return Path(f"{sqlite_url.removeprefix('sqlite:///')}.events")


async def _save(state: State, *names: str, person: int = 1, ref: str | None = None) -> None:
    async with state.write() as tx:
        await people(tx, 5)
        subject = await subject_of(tx, person, ref=ref or str(person))
        await tx.events.save(
            "crm", [(subject, an_event(name, url=name, sku=name)) for name in names], T
        )


async def _read(state: State) -> pl.LazyFrame:
    async with state.read() as tx:
        return await tx.events.frame(None, {})


async def _names(state: State) -> list[str]:
    return _ids(await _read(state))


def _ids(frame: pl.LazyFrame) -> list[str]:
    return sorted(frame.select(EVENT_ID).collect()[EVENT_ID])


def _files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


def _rows_on_disk(folder: Path) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(path) for path in _files(folder, "*-[0-9]*.parquet"))


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)


def _traces(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what writing would change."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in _files(folder)}


def _in_the_way(path: Path) -> None:
    path.mkdir()


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def _owners(state: State) -> dict[str, int]:
    frame = (await _read(state)).collect()
    assert frame.height == frame[EVENT_ID].n_unique()
    return dict(frame.select(EVENT_ID, CONTACT).iter_rows())


def _is_of_files(frame: pl.LazyFrame) -> bool:
    return "Parquet SCAN" in frame.explain()


async def _manifest(state: DatabaseState) -> Manifest:
    assert state._copy is not None
    async with state._database.reading() as session:
        digest = await session.run(changes.in_force)
    manifest = state._copy.manifest(digest)
    assert manifest is not None
    return manifest


async def test_everybody_is_read_from_the_copy(state: DatabaseState) -> None:
    await _save(state, "a", "b")
    await state.fold_events({})

    frame = await _read(state)

    assert _is_of_files(frame)
    assert _ids(frame) == ["a", "b"]


async def test_what_changed_since_is_read_from_the_database(state: DatabaseState) -> None:
    await _save(state, "a", "b")
    await _save(state, "c", person=2)
    await state.fold_events({})
    await _save(state, "d")
    async with state.write() as tx:
        await tx.events.save("crm", [(await subject_of(tx, 1), an_event("b", at=T + HOUR))], T)

    frame = (await _read(state)).sort(EVENT_ID).collect()

    assert frame[EVENT_ID].to_list() == ["a", "b", "c", "d"]
    assert frame[AT].to_list() == [T, T + HOUR, T, T]


async def test_events_that_follow_their_subject_to_another_person_change_both(
    state: DatabaseState,
) -> None:
    await _save(state, "a", person=1)
    await _save(state, "b", person=2)
    await state.fold_events({})

    async with state.write() as tx:
        await tx.contacts.link({await subject_of(tx, 1): 2})

    assert await _owners(state) == {"a": 2, "b": 2}


async def test_an_event_that_moves_to_another_subject_changes_both(state: DatabaseState) -> None:
    await _save(state, "a", person=1)
    await _save(state, "b", person=2)
    await state.fold_events({})

    await _save(state, "a", person=2)

    assert await _owners(state) == {"a": 2, "b": 2}


async def test_deleted_events_are_gone_from_what_is_read(state: DatabaseState) -> None:
    await _save(state, "a", person=1)
    await state.fold_events({})

    async with state.write() as tx:
        await tx.events.delete_before(T)

    assert await _names(state) == []


async def test_few_contacts_or_some_far_apart_are_read_by_key(sqlite_url: str) -> None:
    limits = replace(EAGER, least_asked=2, spread=2)
    state = await open_state(sqlite_url, limits=limits)
    for person in (1, 2, 5):
        await _save(state, f"e{person}", person=person)
    await state.fold_events({})

    async with state.read() as tx:
        asked = {whom: await tx.events.frame(whom, {}) for whom in ((1,), (1, 5), (1, 2), (2, 5))}

    assert [whom for whom, frame in asked.items() if _is_of_files(frame)] == [(1, 2), (2, 5)]
    assert [_ids(frame) for frame in asked.values()] == [
        *(["e1"], ["e1", "e5"]),
        *(["e1", "e2"], ["e2", "e5"]),
    ]
    await state.aclose()


async def test_a_small_database_has_no_copy(sqlite_url: str, folder: Path) -> None:
    state = await open_state(sqlite_url)
    await _save(state, "a")

    assert await state.fold_events({}) == ()

    assert await state.event_copy() is None
    assert _files(folder) == []
    await state.aclose()


async def test_postgresql_without_a_folder_has_no_copy(tmp_path: Path) -> None:
    location = locate("postgresql://u:pw@h/leads")

    assert location.copy_folder(None) is None
    assert location.copy_folder(tmp_path) != locate("postgresql://u@h/other").copy_folder(tmp_path)


async def test_only_the_owner_may_read_the_files(state: DatabaseState, folder: Path) -> None:
    await _save(state, "a")
    await state.fold_events({})

    assert _mode(folder) == 0o700
    assert {_mode(path) for path in _files(folder)} == {0o600}


async def test_reading_writes_nothing(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await _save(state, "a")
    await state.fold_events({})
    before = _traces(folder)

    assert await _names(twin) == ["a"]

    assert _traces(folder) == before


async def test_a_change_while_a_segment_is_written_is_not_lost(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await _save(state, "a")
    interrupted = Interrupted(folder)
    interrupted.meanwhile = lambda: asyncio.run(_save(twin, "b"))
    assert state._copy is not None
    state._copy.folder = interrupted

    await state.fold_events({})

    assert await _names(state) == ["a", "b"]


async def test_of_two_foldings_at_once_one_gives_way(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await _save(state, "a")
    await state.fold_events({})
    await _save(state, "b")

    async def meanwhile() -> None:
        await _save(twin, "c", person=2)
        await twin.fold_events({})

    interrupted = Interrupted(folder)
    interrupted.meanwhile = lambda: asyncio.run(meanwhile())
    assert state._copy is not None
    state._copy.folder = interrupted
    await state.fold_events({})

    frame = await _read(twin)
    assert _is_of_files(frame)
    assert _ids(frame) == ["a", "b", "c"]


async def test_a_view_of_the_past_is_not_shown_what_was_folded_since(
    state: DatabaseState, twin: DatabaseState
) -> None:
    await _save(state, "a")
    await state.fold_events({})

    async with twin.read() as view:
        await _save(state, "b")
        await state.fold_events({})
        frame = await view.events.frame(None, {})

    assert _ids(frame) == ["a"]
    assert await _names(twin) == ["a", "b"]


async def test_a_frame_outlives_the_files_it_reads(state: DatabaseState, folder: Path) -> None:
    await _save(state, "a")
    await state.fold_events({})
    frame = await _read(state)
    shutil.rmtree(folder)

    assert _ids(frame) == ["a"]
    assert await _names(state) == ["a"]


async def test_a_lost_copy_is_built_anew_and_said_once(state: DatabaseState, folder: Path) -> None:
    await _save(state, "a")
    await state.fold_events({})
    shutil.rmtree(folder)

    said = [await state.fold_events({}) for _ in range(2)]

    assert ["was incomplete" in problem.message for problems in said for problem in problems] == [
        True
    ]
    assert _is_of_files(await _read(state))


@pytest.mark.parametrize("suffix", [".parquet", ".json"])
async def test_a_damaged_file_is_never_believed(
    state: DatabaseState, twin: DatabaseState, folder: Path, suffix: str
) -> None:
    await _save(state, "a")
    await state.fold_events({})
    (path,) = _files(folder, f"*{suffix}")
    _flip_a_bit(path)

    frame = await _read(twin)
    (problem,) = await twin.fold_events({})

    assert not _is_of_files(frame)
    assert _ids(frame) == ["a"]
    assert "was incomplete" in problem.message
    assert _is_of_files(await _read(twin))


async def test_a_folder_that_cannot_be_written_is_a_problem_and_no_more(
    state: DatabaseState, folder: Path
) -> None:
    await _save(state, "a")
    shutil.copy(__file__, folder)

    (problem,) = await state.fold_events({})

    assert "cannot be brought up to date" in problem.message
    assert await _names(state) == ["a"]


async def test_a_restored_backup_does_not_believe_a_younger_copy(
    sqlite_url: str, tmp_path: Path
) -> None:
    state = await open_state(sqlite_url, limits=EAGER)
    await _save(state, "a")
    await state.fold_events({})
    backup(sqlite_url, tmp_path / "old.db")
    await _save(state, "b")
    await state.fold_events({})
    await state.aclose()
    shutil.copy(tmp_path / "old.db", sqlite_url.removeprefix("sqlite:///"))

    restored = await open_state(sqlite_url, limits=EAGER)

    assert await _names(restored) == ["a"]
    await restored.fold_events({})
    assert await _names(restored) == ["a"]
    await restored.aclose()


async def test_another_property_makes_a_copy_anew(state: DatabaseState) -> None:
    await _save(state, "a")
    await state.fold_events({})
    await state.fold_events({"sku": FieldType.TEXT})

    async with state.read() as tx:
        frame = await tx.events.frame(None, {"sku": FieldType.TEXT})
        other = await tx.events.frame(None, {"sku": FieldType.NUMBER})

    assert _is_of_files(frame)
    assert frame.collect()["sku"].to_list() == ["a"]
    assert not _is_of_files(other)


async def test_segments_are_few_and_each_much_larger_than_the_next(sqlite_url: str) -> None:
    state = await open_state(sqlite_url, limits=LATER)
    for number in range(60):
        await _save(state, f"e{number}", person=1 + number % 5, ref=str(number))
        await state.fold_events({})

    rows = [segment.rows for segment in (await _manifest(state)).segments]

    assert len(await _names(state)) == 60
    assert all(older > 3 * newer for older, newer in pairwise(rows))
    await state.aclose()


async def test_a_part_holds_whole_contacts(state: DatabaseState, folder: Path) -> None:
    for person in (3, 1, 2):
        await _save(state, *(f"{person}{number}" for number in range(3)), person=person)
    await state.fold_events({})

    parts = (await _manifest(state)).segments[0].parts

    assert [(part.first, part.last, part.rows) for part in parts] == [(1, 2, 6), (3, 3, 3)]
    assert _rows_on_disk(folder)[EVENT_ID].to_list() == [
        f"{person}{number}" for person in "123" for number in range(3)
    ]


async def test_expunged_contacts_are_in_no_file(state: DatabaseState, folder: Path) -> None:
    for person in (1, 2, 3):
        await _save(state, f"e{person}", person=person)
    await state.fold_events({})
    await _save(state, "f2", person=2)
    await state.fold_events({})
    before = await _read(state)

    await state.expunge_events([2])

    assert set(_rows_on_disk(folder)[CONTACT]) == {1, 3}
    after = await _read(state)
    assert _is_of_files(after)
    assert_frame_equal(after.sort(EVENT_ID), before.sort(EVENT_ID))


async def test_a_file_that_cannot_be_removed_is_no_silent_matter(
    state: DatabaseState, folder: Path
) -> None:
    await _save(state, "a")
    await state.fold_events({})
    _in_the_way(folder / "old.parquet")

    with pytest.raises(StateError, match="cannot be rewritten"):
        await state.expunge_events([1])


async def test_the_copy_tells_how_it_stands(state: DatabaseState, folder: Path) -> None:
    await _save(state, "a", "b")
    await state.fold_events({})
    await _save(state, "c", person=2)

    facts = await state.event_copy()

    assert facts is not None
    assert (facts.where, facts.events, facts.changed) == (str(folder), 2, 1)
    assert facts.size == sum(path.stat().st_size for path in _files(folder, "*.parquet"))
