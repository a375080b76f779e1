"""What is kept for a while only, and what stays whatever its age."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain.frames import EVENT_ID
from connector.domain.ledger import Firing, FiringState, Run
from connector.domain.records import RecordChange
from connector.domain.retention import Swept
from connector.ports.store import State, Transaction
from tests.conformance.store_world import (
    HOUR,
    StoreWorld,
    T,
    a_record,
    a_score,
    an_event,
    decide,
    people,
    subject_of,
)

DAY = timedelta(days=1)
STEPS = pytest.mark.parametrize("limit", [1, 2, 1000])


async def sweep_events(state: State, limit: int) -> int:
    """Delete events up to T step by step; return how many rows went."""
    place, deleted, is_over = 0, 0, False
    while not is_over:
        async with state.write() as tx:
            swept = await tx.retention.events(T, start=place, limit=limit)
        place, deleted, is_over = swept.place, deleted + swept.deleted, swept.is_over
    return deleted


def a_firing(key: str, contact: int, state: FiringState, **fields: object) -> Firing:
    firing = Firing(
        key=key,
        contact=contact,
        trigger="hot",
        kind="notify",
        destination="SALES",
        at=T,
        state=state,
    )
    return replace(firing, **fields)  # type: ignore[arg-type]  # the caller names fields


class RetentionPromises(StoreWorld):
    @STEPS
    async def test_old_events_go_step_by_step_whoever_they_belong_to(
        self, state: State, limit: int
    ) -> None:
        async with state.write() as tx:
            one, other = await people(tx, 2)
            subjects = [await subject_of(tx, one), await subject_of(tx, None, ref="2")]
            subjects.append(await subject_of(tx, other, ref="3"))
            old = [
                (subject, an_event(f"old{subject}-{number}", at=T - number * HOUR))
                for subject in subjects
                for number in range(5)
            ]
            young = [(each, an_event(f"young{each}", at=T + HOUR)) for each in subjects]
            moved = [(subjects[0], an_event("moved", at=T - HOUR))]
            await tx.events.save("crm", old + young + moved, T)
            await tx.events.save("crm", [(subjects[0], an_event("moved", at=T + HOUR))], T)

        deleted = await sweep_events(state, limit)

        async with state.read() as tx:
            left = (await tx.events.frame(None, {})).collect()[EVENT_ID]
            assert await tx.events.count() == 4
        assert deleted == 16
        assert set(left) == {"moved", f"young{subjects[0]}", f"young{subjects[2]}"}

    async def test_names_of_nobody_go_with_their_last_event_and_no_others(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await subject_of(tx, person)
            used = await subject_of(tx, None, ref="used")
            await subject_of(tx, None, ref="unused")
            await tx.events.save("crm", [(used, an_event("1"))], T)

            swept = await tx.retention.subjects(start=0, limit=1000)

            left = await tx.contacts.subjects("crm", ["1", "used", "unused"])
        assert (swept.deleted, swept.is_over) == (1, True)
        assert set(left) == {"1", "used"}

    @STEPS
    async def test_of_decisions_the_last_before_the_cutoff_stays(
        self, state: State, limit: int
    ) -> None:
        async with state.write() as tx:
            one, other = await people(tx, 2)
            for days, value in ((9, 1), (8, 2), (7, 3), (-1, 4)):
                score = a_score(one, value), a_score(one, value, name="fit")
                await decide(tx, *score, at=T - days * DAY)
            await decide(tx, a_score(other, 5), at=T)
            before = await tx.scores.as_of([one, other], T)

        swept = Swept(deleted=0, place=0, is_over=False)
        while not swept.is_over:
            async with state.write() as tx:
                swept = await tx.retention.score_history(T, start=swept.place, limit=limit)

        async with state.read() as tx:
            values = [each.value for each in await tx.scores.history(one, "lead")]
            assert values == [3, 4]
            assert len(await tx.scores.history(other)) == 1
            assert (await tx.scores.as_of([one, other], T)).equals(before)

    @STEPS
    async def test_of_changes_of_records_the_last_of_each_value_stays(
        self, state: State, limit: int
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_records([a_record("1", person)])
            for number in range(4):
                await self._change(tx, "job", number, days=9 - number)
            await self._change(tx, "age", 0, days=9)
            await self._change(tx, "job", 9, days=-1)

        swept = Swept(deleted=0, place=0, is_over=False)
        while not swept.is_over:
            async with state.write() as tx:
                swept = await tx.retention.record_history(T, start=swept.place, limit=limit)

        async with state.read() as tx:
            told = [(each.name, each.after) for each in await tx.contacts.history(person)]
        assert told == [("job", "3"), ("age", "0"), ("job", "9")]

    async def test_actions_that_are_over_go_and_others_wait(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.triggers.add(
                [a_firing(each.value, person, each) for each in FiringState]
                + [a_firing("young", person, FiringState.DONE, at=T + HOUR)]
            )

            assert await tx.retention.firings(T, limit=1) == 1
            assert await tx.retention.firings(T, limit=9) == 1

            left = (await tx.triggers.counts())["hot"]
        assert {each: count for each, count in left.items() if count} == dict.fromkeys(
            set(FiringState) - {FiringState.DROPPED}, 1
        )

    async def test_counts_of_triggers_are_summed_up_and_none_is_lost(self, state: State) -> None:
        async with state.write() as tx:
            for days in (9, 8, 7, -1):
                await tx.triggers.count({"hot": 2, "warm": 1}, T - days * DAY)

            assert await tx.retention.trigger_counts(T) == 4
            assert await tx.retention.trigger_counts(T) == 0

            assert await tx.triggers.fired("hot", None) == 8
            assert await tx.triggers.fired("hot", T) == 2
            assert await tx.triggers.fired("warm", T - 7 * DAY) == 4

    async def test_runs_go_that_are_old_and_not_among_the_last(self, state: State) -> None:
        async with state.write() as tx:
            for days in (9, 8, 7, 1):
                at = T - days * DAY
                await tx.runs.start(Run(command=f"{days}", started_at=at, at=at))

            assert await tx.retention.runs(T - 7 * DAY, keep=1) == 2
            assert await tx.retention.runs(T, keep=2) == 0

            assert [run.command for run in await tx.runs.last()] == ["1", "7"]

    async def _change(self, tx: Transaction, name: str, value: int, *, days: int) -> None:
        change = RecordChange(
            platform="crm",
            remote_id="1",
            what="attribute",
            name=name,
            before=None,
            after=str(value),
            recorded_at=T - days * DAY,
        )
        await tx.contacts.log([change])
