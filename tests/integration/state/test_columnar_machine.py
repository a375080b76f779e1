"""Whatever happens to database, copy and processes, events read are those of the database."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import polars as pl
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from polars.testing import assert_frame_equal

from connector.domain.frames import AT, CONTACT, EVENT_ID
from connector.domain.instants import MICROSECOND
from connector.domain.records import Person
from connector.domain.values import FieldType
from state.columnar.copy import EventsCopy
from state.columnar.folder import Folder
from state.columnar.manifest import File
from state.database import Database
from state.location import locate
from state.opening import DatabaseState
from state.upkeep import backup
from tests.conformance.store_world import EAGER, T, an_event
from tests.databases import make_file

PERSONS = 4
NUMBERS = st.integers(1, PERSONS)
REFS = ["a", "b", "c", "d", "e"]
NAMES = st.sampled_from(REFS)
MOMENTS = st.integers(0, 5).map(lambda hours: T + timedelta(hours=hours))
CONTENTS = st.sampled_from(["u", "v"])
OCCASIONS = st.sampled_from([None, "deal"])
EVENTS = st.lists(st.tuples(NAMES, NAMES, MOMENTS, CONTENTS, OCCASIONS), min_size=1, max_size=6)
HOWS = st.sampled_from(["cut", "flip", "gone"])
PROPERTIES = st.sampled_from([{}, {"sku": FieldType.TEXT}])
CHOICES: list[Collection[int] | None] = [None, [2, 3], [1, 4], range(1, 3), []]


class Killed(BaseException):
    """The process ended here."""


class MortalFolder(Folder):
    """A folder whose process is killed after some steps."""

    steps_left = 10**9

    def write(self, name: str, fill: Callable[[IO[bytes]], object]) -> File:
        self._step(lambda: (self.path / f"{name}.partial").write_bytes(b"PAR1 half"))
        file = super().write(name, fill)
        self._step()
        return file

    def settle(self) -> None:
        self._step()
        super().settle()
        self._step()

    def keep_only(self, names: Collection[str]) -> None:
        self._step()
        super().keep_only(names)

    def _step(self, leave: Callable[[], object] = lambda: None) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            self.path.mkdir(exist_ok=True)
            leave()
            raise Killed


class CopyMachine(RuleBasedStateMachine):
    """Change events in every way there is; read them with and without the copy."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "x.db"
        self.runner = asyncio.Runner()
        self.kept: list[Path] = []
        self.recorded_at = T
        self.handed_out: list[tuple[pl.LazyFrame, pl.DataFrame]] = []
        make_file(self.path)
        self._open()
        self.runner.run(self._people())

    def teardown(self) -> None:
        self.old_frames_stay_readable()
        self.runner.run(self.state.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def _open(self) -> None:
        database = Database(locate(f"sqlite:///{self.path}"))
        self.copy = EventsCopy(self.folder / "events", EAGER)
        self.copy.folder = MortalFolder(self.copy.folder.path)
        self.state = DatabaseState(database, self.copy)
        self.plain = DatabaseState(database)

    async def _people(self) -> None:
        async with self.state.write() as tx:
            persons = await tx.contacts.create(
                [Person(contact=0, key=f"p{number}") for number in range(PERSONS)]
            )
            refs = [(ref, None, person) for ref, person in zip(REFS, persons, strict=False)]
            await tx.contacts.add_subjects("crm", refs)

    @rule(events=EVENTS)
    def save(self, events: list[tuple[str, str, datetime, str, str | None]]) -> None:
        self.runner.run(self._save(events))

    async def _save(self, events: list[tuple[str, str, datetime, str, str | None]]) -> None:
        async with self.state.write() as tx:
            refs = [(ref, None, None) for ref in {ref for ref, *_ in events}]
            subjects = await tx.contacts.add_subjects("crm", refs)
            page = [
                (
                    subjects[ref].id,
                    replace(an_event(name, at=at, kind=url, sku=url), occasion=occasion),
                )
                for ref, name, at, url, occasion in events
            ]
            # As clocks do: a version that was superseded may outlive the event, and keeps its own.
            self.recorded_at += MICROSECOND
            await tx.events.save("crm", page, self.recorded_at)

    @rule(ref=NAMES, person=st.none() | NUMBERS)
    def link(self, ref: str, person: int | None) -> None:
        self.runner.run(self._link(ref, person))

    async def _link(self, ref: str, person: int | None) -> None:
        async with self.state.write() as tx:
            subjects = await tx.contacts.add_subjects("crm", [(ref, None, None)])
            await tx.contacts.link({subjects[ref].id: person})

    @rule(cutoff=MOMENTS)
    def delete(self, cutoff: object) -> None:
        self.runner.run(self._delete(cutoff))

    async def _delete(self, cutoff: object) -> None:
        async with self.state.write() as tx:
            await tx.retention.events(cutoff, start=0, limit=1_000)  # type: ignore[arg-type]  # a moment

    @rule(properties=PROPERTIES, anew=st.booleans())
    def fold(self, properties: dict[str, FieldType], anew: bool) -> None:
        self.runner.run(self.state.fold_events(properties, anew=anew))

    @rule(steps=st.integers(0, 8), expunges=st.booleans())
    def die(self, steps: int, expunges: bool) -> None:
        assert isinstance(self.copy.folder, MortalFolder)
        self.copy.folder.steps_left = steps
        work = self.state.expunge_events([1, 2]) if expunges else self.state.fold_events({})
        with suppress(Killed):
            self.runner.run(work)
        self.reopen()

    @rule(persons=st.lists(NUMBERS))
    def expunge(self, persons: list[int]) -> None:
        self.runner.run(self.state.expunge_events(persons))

        assert not self._rows_on_disk() & set(persons)

    def _rows_on_disk(self) -> set[int]:
        files = (self.folder / "events").glob("*-[0-9]*.parquet")
        return {number for file in files for number in pl.read_parquet(file)[CONTACT]}

    @rule()
    def reopen(self) -> None:
        self.runner.run(self.state.aclose())
        self._open()

    @rule()
    def back_up(self) -> None:
        self.kept.append(self.folder / f"{len(self.kept)}.bak")
        backup(f"sqlite:///{self.path}", self.kept[-1])

    @precondition(lambda self: self.kept)
    @rule(which=st.integers(0, 9))
    def restore(self, which: int) -> None:
        self.runner.run(self.state.aclose())
        for path in self.folder.glob("x.db*"):
            path.unlink()
        shutil.copy(self.kept[which % len(self.kept)], self.path)
        self._open()

    @rule(which=st.integers(0, 99), at=st.floats(0, 1), how=HOWS)
    def damage(self, which: int, at: float, how: str) -> None:
        files = sorted((self.folder / "events").glob("*"))
        if not files:
            return
        path = files[which % len(files)]
        content = bytearray(path.read_bytes())
        place = min(int(at * len(content)), len(content) - 1)
        # A file of its own: what is damaged under the eyes of a reader is out of our hands.
        path.unlink()
        if how == "cut":
            path.write_bytes(content[:place])
        elif how == "flip":
            content[place] ^= 0x55
            path.write_bytes(content)
            os.utime(path, ns=(which, which))

    @invariant()
    def what_is_read_is_what_the_database_holds(self) -> None:
        self.runner.run(self._compare())

    async def _compare(self) -> None:
        async with self.state.read() as tx, self.plain.read() as truth:
            for whom in CHOICES:
                found = await tx.events.frame(whom, {})
                expected = _sorted(await truth.events.frame(whom, {}))
                assert_frame_equal(_sorted(found), expected)
            self.handed_out.append((found, expected))
            self.handed_out.append((await tx.events.frame(None, {}), await _all(self.plain)))
        async with self.state.write() as draft:
            assert_frame_equal(_sorted(await draft.events.frame(None, {})), await _all(self.plain))

    @rule()
    def old_frames_stay_readable(self) -> None:
        for frame, expected in self.handed_out:
            assert_frame_equal(_sorted(frame), expected)
        self.handed_out = []


def _sorted(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.sort(CONTACT, AT, "platform", EVENT_ID).collect(engine="streaming")


async def _all(state: DatabaseState) -> pl.DataFrame:
    async with state.read() as tx:
        return _sorted(await tx.events.frame(None, {}))


TestCopyMachine = CopyMachine.TestCase
TestCopyMachine.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
