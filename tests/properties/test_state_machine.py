"""The state in SQLite does what the state in memory does, whatever is asked in whatever order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connector.domain.events import Event
from connector.domain.frames import CONTACT, EVENT_ID
from connector.domain.outbound import DeliveryState, Desired, Outbound, Settlement
from connector.domain.records import Person
from connector.ports.store import Transaction
from state.memory.database import MemoryState
from state.opening import open_state
from tests.conformance.store_world import T, a_record, a_score, an_outbound, decide
from tests.databases import make_file

Answer = TypeVar("Answer")

NAMES = st.sampled_from(["a", "b", "c", "d"])
NUMBERS = st.integers(1, 4)
MOMENTS = st.integers(0, 5).map(lambda hours: T + timedelta(hours=hours))
EMAILS = st.lists(st.sampled_from(["x@e.fr", "y@e.fr", "z@e.fr"]), unique=True, max_size=2)
MODELS = st.sampled_from(["m1", "m2"])
STATES = st.sampled_from([DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD])
OCCASIONS = st.sampled_from([None, "deal"])


class StateMachine(RuleBasedStateMachine):
    """Do the same to both; every answer and everything that can be seen is the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        path = self.folder / "x.db"
        self.runner = asyncio.Runner()
        self.memory = MemoryState()
        make_file(path)
        self.sqlite = self.runner.run(open_state(f"sqlite:///{path}"))
        self.leased: list[Outbound] = []
        self.persons = 0

    def teardown(self) -> None:
        self.runner.run(self.sqlite.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def both(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        """Do the same in a transaction of each; return what both answer."""
        return self.runner.run(self._both(work))

    async def _both(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        async with self.memory.write() as tx:
            expected = await work(tx)
        async with self.sqlite.write() as other:
            found = await work(other)
        assert found == expected
        return expected

    @rule(names=st.lists(NAMES, min_size=1))
    def create(self, names: list[str]) -> None:
        self.both(lambda tx: tx.contacts.create([Person(contact=0, key=each) for each in names]))
        self.persons = len(self.both(_numbers))

    @precondition(lambda self: self.persons)
    @rule(name=NAMES, person=NUMBERS, emails=EMAILS, removed=st.booleans())
    def save_record(self, name: str, person: int, emails: list[str], removed: bool) -> None:
        record = a_record(
            name,
            min(person, self.persons),
            emails=tuple(emails),
            removed_at=T if removed else None,
        )
        self.both(lambda tx: tx.contacts.save_records([record]))

    @precondition(lambda self: self.persons)
    @rule(person=NUMBERS, into=st.none() | NUMBERS, age=st.floats(allow_nan=False))
    def save_person(self, person: int, into: int | None, age: float) -> None:
        number = min(person, self.persons)
        target = None if into is None or into >= number else into

        async def work(tx: Transaction) -> None:
            before = (await tx.contacts.persons([number]))[number]
            after = Person(
                contact=number, key=before.key, attributes={"age": age}, merged_into=target
            )
            await tx.contacts.save_persons([after])

        self.both(work)

    @rule(persons=st.lists(NUMBERS))
    def touch(self, persons: list[int]) -> None:
        self.both(lambda tx: tx.contacts.touch(persons))

    @precondition(lambda self: self.persons)
    @rule(at=MOMENTS, model=MODELS, next_change_at=st.none() | MOMENTS, late=st.booleans())
    def score(self, at: datetime, model: str, next_change_at: datetime, late: bool) -> None:
        async def work(tx: Transaction) -> None:
            waiting = await tx.contacts.waiting(at, model)
            if late:
                await tx.contacts.touch(sorted(waiting)[:1])
            rows = [a_score(number, number / 3, stage="hot") for number in waiting]
            await decide(tx, *rows, at=at, seen=waiting, model=model, next_change_at=next_change_at)

        self.both(work)

    @rule(name=NAMES, person=st.none() | NUMBERS)
    def add_subject(self, name: str, person: int | None) -> None:
        contact = None if person is None or person > self.persons else person
        self.both(lambda tx: tx.contacts.add_subjects("crm", [(name, None, contact)]))
        self.both(lambda tx: tx.contacts.subjects_named([("crm", name)], [], [contact or 0]))

    @rule(
        subject=NAMES,
        events=st.lists(st.tuples(NAMES, MOMENTS, st.sampled_from("uv"), OCCASIONS)),
        recorded_at=MOMENTS,
    )
    def save_events(
        self,
        subject: str,
        events: list[tuple[str, datetime, str, str | None]],
        recorded_at: datetime,
    ) -> None:
        async def work(tx: Transaction) -> object:
            number = (await tx.contacts.add_subjects("crm", [(subject, None, None)]))[subject].id
            page = [
                (
                    number,
                    Event(
                        id=name,
                        subject=subject,
                        type=url,
                        occurred_at=at,
                        fields={"url": url},
                        occasion=occasion,
                    ),
                )
                for name, at, url, occasion in events
            ]
            return await tx.events.save("crm", page, recorded_at)

        self.both(work)

    @rule(cutoff=MOMENTS)
    def forget(self, cutoff: datetime) -> None:
        async def work(tx: Transaction) -> int:
            return (await tx.retention.events(cutoff, start=0, limit=1_000)).deleted

        self.both(work)

    @precondition(lambda self: self.persons)
    @rule(
        person=NUMBERS,
        record=st.sampled_from(["a", "b"]),
        revision=st.integers(0, 3),
        hot=st.booleans(),
        state=STATES,
    )
    def desire(
        self, person: int, record: str, revision: int, hot: bool, state: DeliveryState
    ) -> None:
        row = an_outbound(
            min(person, self.persons),
            remote_id=record,
            desired=Desired(lists={"hot": hot}),
            revision=revision,
            state=state,
        )
        self.both(lambda tx: tx.outbox.save([row]))

    @rule(now=MOMENTS, limit=st.integers(1, 3), after=st.none() | st.integers(0, 3))
    def lease(self, now: datetime, limit: int, after: int | None) -> None:
        until = T + timedelta(hours=3)
        self.leased += self.both(
            lambda tx: tx.outbox.lease(
                "crm", owner="w", now=now, until=until, limit=limit, after=after
            )
        )

    @precondition(lambda self: self.leased)
    @rule(which=st.integers(0, 9), state=STATES, later=st.none() | MOMENTS)
    def settle(self, which: int, state: DeliveryState, later: datetime | None) -> None:
        row = self.leased[which % len(self.leased)]
        settlement = Settlement(
            row=row,
            confirmed=row.desired,
            adopted=frozenset(),
            state=state,
            not_before=later,
            error=None if state is DeliveryState.CLEAN else "no",
        )
        self.both(lambda tx: tx.outbox.settle([settlement], now=T))

    @precondition(lambda self: self.leased)
    @rule(which=st.integers(0, 9))
    def release(self, which: int) -> None:
        row = self.leased[which % len(self.leased)]
        self.both(lambda tx: tx.outbox.release([row]))

    @rule()
    def reclaim(self) -> None:
        self.both(lambda tx: tx.outbox.reclaim("gone"))

    @invariant()
    def everything_seen_is_the_same(self) -> None:
        self.both(_seen)


async def _numbers(tx: Transaction) -> list[int]:
    return sorted(await tx.contacts.persons(range(1, 9)))


async def _seen(tx: Transaction) -> object:
    """Return what can be seen of everything, but for the order of frames."""
    events = (await tx.events.frame(None, {})).collect().sort(EVENT_ID)
    people = (await tx.contacts.frame(None, {})).collect().sort(CONTACT)
    return [
        await tx.contacts.all_numbers(),
        await tx.contacts.persons(range(9)),
        await tx.contacts.records_of(range(9)),
        await tx.contacts.addressees("crm", range(9)),
        await tx.contacts.waiting(T, "m1"),
        await tx.contacts.orphans(),
        *[await tx.contacts.find(text) for text in ("a", "crm:b", "x@e.fr")],
        events.rows(),
        people.rows(),
        await tx.events.types(),
        (await tx.scores.current(None)).rows(),
        await tx.scores.top("lead"),
        await tx.scores.stages(),
        await tx.scores.latest_at(),
        await tx.outbox.list(),
        await tx.outbox.counts(),
        await tx.outbox.members("crm"),
    ]


TestStateMachine = StateMachine.TestCase
TestStateMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
