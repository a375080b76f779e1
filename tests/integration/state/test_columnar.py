"""What is read from the columnar copy, and how it follows the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from connector.domain.frames import AT, EVENT_ID
from connector.domain.values import FieldType
from state.columnar import changes
from state.columnar.folder import Folder
from state.columnar.manifest import Manifest
from state.opening import DatabaseState, open_state
from tests.conformance.store_world import EAGER, HOUR, T, an_event, subject_of
from tests.integration.state.copies import (
    ids_of,
    is_of_files,
    names_in,
    owners_in,
    read,
    rows_on_disk,
    save,
)

LATER = replace(EAGER, part_rows=1_000)


class Interrupted(Folder):
    """A folder that lets something happen after the files are written."""

    meanwhile: Callable[[], None] | None = None

    def settle(self) -> None:
        super().settle()
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()


async def _manifest(state: DatabaseState) -> Manifest:
    assert state._copy is not None
    async with state._database.reading() as session:
        digest = await session.run(changes.in_force)
    manifest = state._copy.manifest(digest)
    assert manifest is not None
    return manifest


async def test_everybody_is_read_from_the_copy(state: DatabaseState) -> None:
    await save(state, "a", "b")
    await state.fold_events({})

    frame = await read(state)

    assert is_of_files(frame)
    assert ids_of(frame) == ["a", "b"]


async def test_what_changed_since_is_read_from_the_database(state: DatabaseState) -> None:
    await save(state, "a", "b")
    await save(state, "c", person=2)
    await state.fold_events({})
    await save(state, "d")
    async with state.write() as tx:
        await tx.events.save("crm", [(await subject_of(tx, 1), an_event("b", at=T + HOUR))], T)

    frame = (await read(state)).sort(EVENT_ID).collect()

    assert frame[EVENT_ID].to_list() == ["a", "b", "c", "d"]
    assert frame[AT].to_list() == [T, T + HOUR, T, T]


async def test_counts_are_of_the_copy_what_changed_since_and_what_is_nobodys(
    state: DatabaseState,
) -> None:
    await save(state, "a", "b")
    await save(state, "c", person=2)
    await state.fold_events({})
    await save(state, "d")
    async with state.write() as tx:
        await tx.contacts.link({await subject_of(tx, 2): None})

    async with state.read() as tx:
        assert await tx.events.types() == {("crm", "page.viewed"): 4}
        assert await tx.events.count() == 4


async def test_events_that_follow_their_subject_to_another_person_change_both(
    state: DatabaseState,
) -> None:
    await save(state, "a", person=1)
    await save(state, "b", person=2)
    await state.fold_events({})

    async with state.write() as tx:
        await tx.contacts.link({await subject_of(tx, 1): 2})

    assert await owners_in(state) == {"a": 2, "b": 2}


async def test_an_event_that_moves_to_another_subject_changes_both(state: DatabaseState) -> None:
    await save(state, "a", person=1)
    await save(state, "b", person=2)
    await state.fold_events({})

    await save(state, "a", person=2)

    assert await owners_in(state) == {"a": 2, "b": 2}


async def test_deleted_events_are_gone_from_what_is_read(state: DatabaseState) -> None:
    await save(state, "a", person=1)
    await state.fold_events({})

    async with state.write() as tx:
        await tx.retention.events(T, start=0, limit=1_000)

    assert await names_in(state) == []


async def test_few_contacts_or_some_far_apart_are_read_by_key(sqlite_url: str) -> None:
    limits = replace(EAGER, least_asked=2, spread=2)
    state = await open_state(sqlite_url, limits=limits)
    for person in (1, 2, 5):
        await save(state, f"e{person}", person=person)
    await state.fold_events({})

    async with state.read() as tx:
        asked = {whom: await tx.events.frame(whom, {}) for whom in ((1,), (1, 5), (1, 2), (2, 5))}

    assert [whom for whom, frame in asked.items() if is_of_files(frame)] == [(1, 2), (2, 5)]
    assert [ids_of(frame) for frame in asked.values()] == [
        *(["e1"], ["e1", "e5"]),
        *(["e1", "e2"], ["e2", "e5"]),
    ]
    await state.aclose()


async def test_a_change_while_a_segment_is_written_is_not_lost(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await save(state, "a")
    interrupted = Interrupted(folder)
    interrupted.meanwhile = lambda: asyncio.run(save(twin, "b"))
    assert state._copy is not None
    state._copy.folder = interrupted

    await state.fold_events({})

    assert await names_in(state) == ["a", "b"]


async def test_of_two_foldings_at_once_one_gives_way(
    state: DatabaseState, twin: DatabaseState, folder: Path
) -> None:
    await save(state, "a")
    await state.fold_events({})
    await save(state, "b")

    async def meanwhile() -> None:
        await save(twin, "c", person=2)
        await twin.fold_events({})

    interrupted = Interrupted(folder)
    interrupted.meanwhile = lambda: asyncio.run(meanwhile())
    assert state._copy is not None
    state._copy.folder = interrupted
    await state.fold_events({})

    frame = await read(twin)
    assert is_of_files(frame)
    assert ids_of(frame) == ["a", "b", "c"]


async def test_a_view_of_the_past_is_not_shown_what_was_folded_since(
    state: DatabaseState, twin: DatabaseState
) -> None:
    await save(state, "a")
    await state.fold_events({})

    async with twin.read() as view:
        await save(state, "b")
        await state.fold_events({})
        frame = await view.events.frame(None, {})

    assert ids_of(frame) == ["a"]
    assert await names_in(twin) == ["a", "b"]


async def test_another_property_makes_a_copy_anew(state: DatabaseState) -> None:
    await save(state, "a")
    await state.fold_events({})
    await state.fold_events({"sku": FieldType.TEXT})

    async with state.read() as tx:
        frame = await tx.events.frame(None, {"sku": FieldType.TEXT})
        other = await tx.events.frame(None, {"sku": FieldType.NUMBER})

    assert is_of_files(frame)
    assert frame.collect()["sku"].to_list() == ["a"]
    assert not is_of_files(other)


async def test_segments_are_few_and_each_much_larger_than_the_next(sqlite_url: str) -> None:
    state = await open_state(sqlite_url, limits=LATER)
    for number in range(60):
        await save(state, f"e{number}", person=1 + number % 5, ref=str(number))
        await state.fold_events({})

    rows = [segment.rows for segment in (await _manifest(state)).segments]

    assert len(await names_in(state)) == 60
    assert all(older > 3 * newer for older, newer in pairwise(rows))
    await state.aclose()


async def test_a_part_holds_whole_contacts(state: DatabaseState, folder: Path) -> None:
    for person in (3, 1, 2):
        await save(state, *(f"{person}{number}" for number in range(3)), person=person)
    await state.fold_events({})

    parts = (await _manifest(state)).segments[0].parts

    assert [(part.first, part.last, part.rows) for part in parts] == [(1, 2, 6), (3, 3, 3)]
    assert rows_on_disk(folder)[EVENT_ID].to_list() == [
        f"{person}{number}" for person in "123" for number in range(3)
    ]
