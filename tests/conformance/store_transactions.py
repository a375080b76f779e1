"""What belongs together stays together: commit, rollback, views, turns, cycles."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from connector.domain.ledger import Run, StoredCursor
from connector.errors import StateBusy, StateError
from connector.ports.store import State
from tests.conformance.store_world import (
    AWKWARD,
    HOUR,
    StoreWorld,
    T,
    a_call,
    a_record,
    an_event,
    people,
    subject_of,
)


def _cursor(text: str = "after 100", *, stream: str = "contacts") -> StoredCursor:
    return StoredCursor(platform="crm", stream=stream, cursor=text, reading="d1", updated_at=T)


class TransactionPromises(StoreWorld):
    async def test_what_was_written_is_there_for_the_next_reader(self, state: State) -> None:
        async with state.write() as tx:
            await tx.cursors.put(_cursor())

        async with state.read() as tx:
            assert await tx.cursors.get("crm", "contacts") == _cursor()

    async def test_a_block_that_raises_leaves_nothing_behind(self, state: State) -> None:
        with pytest.raises(ZeroDivisionError):
            await self._fail_half_way(state)

        async with state.read() as tx:
            assert await tx.cursors.all() == []
            assert await tx.contacts.count() == 0
            assert await tx.events.count() == 0

    async def _fail_half_way(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_records([a_record("1", person)])
            await tx.events.save("crm", [(await subject_of(tx, person), an_event("e"))], T)
            await tx.cursors.put(_cursor())
            raise ZeroDivisionError

    async def test_a_cancelled_block_leaves_nothing_and_holds_nobody_up(self, state: State) -> None:
        entered = asyncio.Event()

        async def write_for_ever() -> None:
            async with state.write() as tx:
                await tx.cursors.put(_cursor())
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write_for_ever())
        await entered.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

        async with state.write() as tx:
            assert await tx.cursors.all() == []

    async def test_a_reader_sees_one_moment(self, state: State) -> None:
        async with state.read() as view:
            async with state.write() as tx:
                await tx.notes.put("fact", "new")

            assert await view.notes.get("fact") is None

    async def test_a_reader_never_changes_anything(self, state: State) -> None:
        with suppress(StateError):
            async with state.read() as tx:
                await tx.notes.put("fact", "smuggled")

        async with state.read() as tx:
            assert await tx.notes.get("fact") is None

    async def test_a_reader_does_not_wait_for_a_writer(self, state: State, twin: State) -> None:
        async with state.write() as tx:
            await tx.notes.put("fact", "not yet")
            async with twin.read() as other:
                assert await other.notes.get("fact") is None

    async def test_writers_take_turns_and_none_is_lost(self, state: State, twin: State) -> None:
        async def add_one(chosen: State) -> None:
            async with chosen.write() as tx:
                before = int(await tx.notes.get("count") or "0")
                await asyncio.sleep(0)
                await tx.notes.put("count", str(before + 1))

        await asyncio.gather(*(add_one(each) for each in [state, twin] * 10))

        async with state.read() as tx:
            assert await tx.notes.get("count") == "20"

    async def test_several_statements_of_one_transaction_may_run_at_once(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await asyncio.gather(*(tx.notes.put(f"n{n}", "x") for n in range(20)))
            found = await asyncio.gather(*(tx.notes.get(f"n{n}") for n in range(20)))

        assert set(found) == {"x"}

    async def test_cycles_have_one_owner_who_is_named(self, state: State, twin: State) -> None:
        async with state.own_cycles("daemon on host a, process 12"):
            with pytest.raises(StateBusy, match="daemon on host a, process 12"):
                async with twin.own_cycles("second"):
                    pass

    async def test_cycles_are_free_again_after_their_owner(self, state: State, twin: State) -> None:
        async with state.own_cycles("first"):
            pass

        async with twin.own_cycles("second"):
            with pytest.raises(StateBusy, match="second"):
                async with state.own_cycles("third"):
                    pass

    async def test_whoever_owns_the_cycles_keeps_nobody_from_writing(
        self, state: State, twin: State
    ) -> None:
        async with state.own_cycles("first"), twin.write() as tx:
            await tx.notes.put("fact", "written")

    async def test_who_owns_the_cycles_is_told_without_taking_them(
        self, state: State, twin: State
    ) -> None:
        before = await twin.owners()
        async with state.own_cycles("daemon on host a"):
            during = await twin.owners()

        assert (before, during, await twin.owners()) == ([], ["daemon on host a"], [])

    async def test_cycles_of_one_are_not_shared_with_another(
        self, state: State, twin: State
    ) -> None:
        async with state.own_cycles("sync by hand"):
            with pytest.raises(StateBusy, match="sync by hand"):
                async with twin.own_cycles("replica", is_shared=True):
                    pass

        async with twin.own_cycles("replica", is_shared=True):
            with pytest.raises(StateBusy, match="replica"):
                async with state.own_cycles("sync by hand"):
                    pass

    async def test_calls_are_stored_once_on_their_own(self, state: State, twin: State) -> None:
        calls = [a_call("1"), a_call("2")]

        assert await state.store_calls(calls) == 2
        assert await twin.store_calls([a_call("2"), a_call("3")]) == 1

        async with twin.write() as tx:
            assert await tx.inbound.add([a_call("1"), a_call("3")]) == 0

    async def test_calls_that_many_store_at_once_are_stored_once(
        self, state: State, twin: State
    ) -> None:
        calls = [a_call(str(number)) for number in range(20)]

        new = await asyncio.gather(
            *(each.store_calls(order) for each in (state, twin) for order in (calls, calls[::-1]))
        )

        assert sum(new) == 20

    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    async def test_any_text_comes_back_as_it_was(self, state: State, text: str) -> None:
        async with state.write() as tx:
            await tx.notes.put(text, text)
            await tx.cursors.put(_cursor(text, stream=text))

        async with state.read() as tx:
            assert await tx.notes.get(text) == text
            assert await tx.cursors.get("crm", text) == _cursor(text, stream=text)

    async def test_a_huge_text_comes_back_as_it_was(self, state: State) -> None:
        text = "größer 🔥" * 500_000

        async with state.write() as tx:
            await tx.notes.put("huge", text)

        async with state.read() as tx:
            assert await tx.notes.get("huge") == text

    async def test_a_cursor_is_replaced_and_dropped(self, state: State) -> None:
        async with state.write() as tx:
            await tx.cursors.put(_cursor("1"))
            await tx.cursors.put(_cursor("2"))
            await tx.cursors.put(_cursor("9", stream="events"))

        async with state.write() as tx:
            await tx.cursors.drop("crm", "events")

        async with state.read() as tx:
            assert await tx.cursors.all() == [_cursor("2")]

    async def test_runs_are_numbered_and_remembered_newest_first(self, state: State) -> None:
        async with state.write() as tx:
            first = await tx.runs.start(Run(command="sync", started_at=T, at=T))
            second = await tx.runs.start(Run(command="push", started_at=T + HOUR, at=T))
            await tx.runs.finish(first, finished_at=T + HOUR, summary='{"scored":1}', error=None)

        async with state.read() as tx:
            last = await tx.runs.last()
            assert await tx.runs.last(1) == last[:1]
            assert await tx.runs.last(before=second) == last[1:]
            assert not await tx.runs.last(before=first)
        assert [(run.id, run.command, run.summary) for run in last] == [
            (second, "push", None),
            (first, "sync", '{"scored":1}'),
        ]
        assert last[1].finished_at == T + HOUR
