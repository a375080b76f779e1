"""What calls said last: repeats are told from what is said anew, and late calls are known."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from connector.domain.ledger import Inbound
from connector.domain.tellings import AGAIN
from connector.ports.store import State
from tests.conformance.store_world import HOUR, StoreWorld, T, a_call

SECOND = timedelta(seconds=1)


def said(content: str, *about: str, at: timedelta = timedelta(), platform: str = "crm") -> Inbound:
    """Return a call without a date that says `content` of those whom it is about."""
    call = a_call(f"{content} {at}", at=at, platform=platform)
    return replace(call, content=content, about=about)


class TellingPromises(StoreWorld):
    async def test_the_same_is_a_repeat_for_minutes_and_said_anew_from_then_on(
        self, state: State
    ) -> None:
        instants = (timedelta(), SECOND, AGAIN - SECOND, AGAIN, 2 * AGAIN - SECOND)

        stored = [await state.store_calls([said("x", "ann", at=each)]) for each in instants]

        assert stored == [1, 0, 0, 1, 0]

    async def test_what_was_said_before_something_else_is_no_repeat(self, state: State) -> None:
        calls = [said(text, "ann", at=at * SECOND) for at, text in enumerate(("FR", "DE", "FR"))]

        stored = [await state.store_calls([each]) for each in calls]

        assert stored == [1, 1, 1]

    async def test_calls_stored_together_are_as_calls_one_after_the_other(
        self, state: State
    ) -> None:
        texts = ("FR", "FR", "DE", "DE", "FR", "FR")
        calls = [said(text, "ann", at=at * SECOND) for at, text in enumerate(texts)]

        assert await state.store_calls(calls[::-1]) == 3

        async with state.read() as tx:
            waiting = await tx.inbound.list()
        assert [each.received_at - T for each in waiting] == [0 * SECOND, 2 * SECOND, 4 * SECOND]

    async def test_what_is_said_of_somebody_else_comes_between_nothing(self, state: State) -> None:
        first = [said("x", "ann"), said("y", "bob"), said("x", "ann", platform="mail")]
        assert await state.store_calls(first) == 3

        assert await state.store_calls([said("x", "ann", at=SECOND)]) == 0

    async def test_a_call_about_several_is_a_repeat_only_for_all_of_them(
        self, state: State
    ) -> None:
        await state.store_calls([said("x", "ann", "bob")])
        assert await state.store_calls([said("x", "ann", "bob", at=SECOND)]) == 0

        await state.store_calls([said("y", "bob", at=2 * SECOND)])

        assert await state.store_calls([said("x", "ann", "bob", at=3 * SECOND)]) == 1

    async def test_what_has_a_date_comes_between_as_well_and_is_known_by_its_id(
        self, state: State
    ) -> None:
        dated = replace(a_call("dated", at=SECOND), about=("ann",))
        await state.store_calls([said("x", "ann")])
        assert await state.store_calls([dated]) == 1

        assert await state.store_calls([said("x", "ann", at=2 * SECOND)]) == 1
        assert await state.store_calls([replace(dated, received_at=T + HOUR)]) == 0

    async def test_a_call_that_comes_to_two_at_once_is_stored_once(
        self, state: State, twin: State
    ) -> None:
        calls = [said("x", "ann", at=each * SECOND) for each in range(8)]

        stored = await asyncio.gather(
            *((state, twin)[at % 2].store_calls([each]) for at, each in enumerate(calls))
        )

        assert sum(stored) == 1

    async def test_what_was_said_is_forgotten_in_time(self, state: State) -> None:
        await state.store_calls([said("x", "ann"), said("y", "bob", at=HOUR)])

        async with state.write() as tx:
            assert await tx.inbound.prune_tellings(T + HOUR, limit=9) == 1
            assert await tx.inbound.prune_tellings(T + HOUR, limit=9) == 0

        assert await state.store_calls([said("x", "ann", at=SECOND)]) == 1

    async def test_a_move_is_overtaken_by_one_that_was_told_later(self, state: State) -> None:
        vip, new = ("VIP", "1"), ("New", "1")
        async with state.write() as tx:
            assert await tx.inbound.overtaken("crm", {vip: T + HOUR}, now=T + HOUR) == set()
            assert await tx.inbound.overtaken("crm", {vip: T, new: T}, now=T + HOUR) == {vip}
            assert await tx.inbound.overtaken("crm", {vip: T + HOUR, new: T}, now=T + HOUR) == set()
            assert await tx.inbound.overtaken("mail", {vip: T}, now=T + HOUR) == set()
            assert await tx.inbound.overtaken("crm", {}, now=T + HOUR) == set()

    async def test_a_move_told_later_than_now_overtakes_nothing(self, state: State) -> None:
        vip = ("VIP", "1")
        async with state.write() as tx:
            await tx.inbound.overtaken("crm", {vip: T + HOUR}, now=T + HOUR)
            assert await tx.inbound.overtaken("crm", {vip: T}, now=T + SECOND) == set()
            assert await tx.inbound.overtaken("crm", {vip: T - HOUR}, now=T + SECOND) == {vip}

    async def test_moves_are_forgotten_in_time(self, state: State) -> None:
        moves = {("VIP", "1"): T, ("VIP", "2"): T + HOUR}
        async with state.write() as tx:
            await tx.inbound.overtaken("crm", moves, now=T + HOUR)
            assert await tx.inbound.prune_moves(T + HOUR, limit=9) == 1
            assert await tx.inbound.overtaken("crm", dict.fromkeys(moves, T), now=T + HOUR) == {
                ("VIP", "2")
            }

    async def test_calls_of_platforms_that_are_gone_are_let_go_of_and_then_forgotten(
        self, state: State
    ) -> None:
        calls = [a_call("1"), a_call("2", platform="gone"), a_call("3", platform="gone", at=HOUR)]
        async with state.write() as tx:
            await tx.inbound.add(calls)
            assert await tx.inbound.abandon({"crm"}, T + HOUR, error="gone", limit=9) == 1
            assert await tx.inbound.abandon({"crm"}, T + HOUR, error="gone", limit=9) == 0
            found = {each.id: each for each in await tx.inbound.list()}

            assert await tx.inbound.prune_abandoned({"crm"}, T + HOUR, limit=9) == 1
            left = [each.id for each in await tx.inbound.list()]

        assert (found["2"].body, found["2"].is_dead, found["2"].last_error) == (b"", True, "gone")
        assert found["1"].body == found["3"].body == a_call("1").body
        assert left == ["1", "3"]
