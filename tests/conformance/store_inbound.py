"""Webhook calls between their answer and their processing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.domain.ledger import Backlog
from connector.domain.waits import LONGEST_REST
from connector.ports.inbound_store import MOST_BYTES, InboundStore
from connector.ports.store import State
from tests.conformance.store_world import HOUR, StoreWorld, T, a_call

LEASE = T + HOUR


async def _die(inbound: InboundStore, platform: str, count: int) -> None:
    """Let the first calls of a platform be dead."""
    calls = await inbound.lease(platform, owner="a", now=T, until=LEASE, limit=count)
    await inbound.fail(calls, error="x", not_before=None, is_dead=True)


class InboundPromises(StoreWorld):
    async def test_a_call_is_stored_once_and_comes_back_as_it_was(self, state: State) -> None:
        async with state.write() as tx:
            assert await tx.inbound.add([a_call("1"), a_call("1")]) == 1
            assert await tx.inbound.add([a_call("1"), a_call("1", platform="mail")]) == 1

        async with state.write() as tx:
            (leased,) = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
        assert leased == replace(a_call("1"), fence=1)

    async def test_calls_are_leased_oldest_first_until_the_lease_ends(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("new", at=HOUR), a_call("old", at=-HOUR)])
            first = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            none = await tx.inbound.lease("crm", owner="b", now=T, until=LEASE, limit=9)
            again = await tx.inbound.lease("crm", owner="b", now=LEASE, until=T, limit=1)

        assert [call.id for call in first] == ["old", "new"]
        assert none == []
        assert [(call.id, call.fence) for call in again] == [("old", 2)]

    async def test_only_so_many_bodies_are_leased_as_fit_in_memory(self, state: State) -> None:
        body = b"x" * (MOST_BYTES // 2)
        calls = [replace(a_call(number), body=body) for number in "123"]
        async with state.write() as tx:
            await tx.inbound.add(calls)
            first = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            rest = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)

        assert [[each.id for each in some] for some in (first, rest)] == [["1", "2"], ["3"]]

    async def test_calls_that_are_given_back_can_be_leased_at_once(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1")])
            leased = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            await tx.inbound.release(leased)
            (again,) = await tx.inbound.lease("crm", owner="b", now=T, until=LEASE, limit=9)

        assert (again.fence, again.attempts) == (2, 0)

    async def test_who_takes_a_lane_ends_the_leases_of_its_calls(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1"), a_call("2", platform="mail")])
            for platform in ("crm", "mail"):
                await tx.inbound.lease(platform, owner="a", now=T, until=LEASE, limit=9)

            assert await tx.inbound.reclaim("mail") == 1
            assert await tx.inbound.lease("crm", owner="b", now=T, until=LEASE, limit=9) == []
            (again,) = await tx.inbound.lease("mail", owner="b", now=T, until=LEASE, limit=9)
            assert await tx.inbound.reclaim() == 2

        assert (again.platform, again.fence) == ("mail", 2)

    async def test_a_processed_call_is_let_go_and_never_taken_again(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1")])
            old = await tx.inbound.lease("crm", owner="a", now=T, until=T, limit=1)
            new = await tx.inbound.lease("crm", owner="b", now=T, until=LEASE, limit=1)
            assert await tx.inbound.done(old, now=T) == 0
            assert await tx.inbound.done(new, now=T) == 1
            assert await tx.inbound.done(new, now=T) == 0
            assert await tx.inbound.backlog() == {}
            assert await tx.inbound.add([a_call("1")]) == 0
            assert await tx.inbound.lease("crm", owner="c", now=LEASE, until=LEASE, limit=1) == []

    async def test_a_call_does_not_wait_for_an_instant_of_a_clock_that_was_wrong(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1")])
            calls = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            later = T + LONGEST_REST + HOUR
            await tx.inbound.fail(calls, error="x", not_before=later, is_dead=False)

            held = await tx.inbound.lease("crm", owner="a", now=T + HOUR, until=later, limit=9)
            again = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)

        assert (len(held), len(again)) == (0, 1)

    async def test_failed_calls_come_again_or_are_dead(self, state: State) -> None:
        later = T + 2 * HOUR
        async with state.write() as tx:
            await tx.inbound.add([a_call("1"), a_call("2")])
            calls = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            assert await tx.inbound.fail(calls, error="x", not_before=later, is_dead=False) == 2
            assert await tx.inbound.lease("crm", owner="a", now=LEASE, until=LEASE, limit=9) == []
            again = await tx.inbound.lease("crm", owner="a", now=later, until=later, limit=9)
            assert await tx.inbound.fail(calls, error="y", not_before=None, is_dead=True) == 0
            assert await tx.inbound.fail(again, error="z", not_before=None, is_dead=True) == 2
            dead = await tx.inbound.list(is_dead=True)

        assert [(it.attempts, it.fence, it.last_error, it.not_before) for it in again] == [
            (1, 2, "x", later),
            (1, 2, "x", later),
        ]
        assert [(it.id, it.attempts, it.last_error, it.body) for it in dead] == [
            ("1", 2, "z", calls[0].body),
            ("2", 2, "z", calls[1].body),
        ]

    async def test_the_backlog_tells_what_waits_what_is_dead_and_since_when(
        self, state: State
    ) -> None:
        calls = [a_call("1"), a_call("2", at=HOUR), a_call("3", at=-HOUR, platform="mail")]
        async with state.write() as tx:
            await tx.inbound.add([*calls, a_call("4", at=-HOUR)])
            await _die(tx.inbound, "crm", 1)

            assert await tx.inbound.backlog() == {
                "crm": Backlog(waiting=2, dead=1, oldest=T),
                "mail": Backlog(waiting=1, dead=0, oldest=T - HOUR),
            }

    async def test_what_is_not_processed_is_listed_oldest_first(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1", at=HOUR), a_call("2"), a_call("3", platform="mail")])
            await _die(tx.inbound, "crm", 1)
            listed = [
                await tx.inbound.list(),
                await tx.inbound.list(platform="crm"),
                await tx.inbound.list(is_dead=True),
                await tx.inbound.list(is_dead=False, limit=1),
            ]

        assert [[call.id for call in some] for some in listed] == [
            ["2", "3", "1"],
            ["2", "1"],
            ["2"],
            ["3"],
        ]

    async def test_a_dead_call_is_replayed_as_if_it_had_not_been_tried(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1"), a_call("2", at=HOUR)])
            await _die(tx.inbound, "crm", 1)
            assert await tx.inbound.replay([("crm", "1"), ("crm", "2"), ("crm", "none")]) == 1
            found = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=9)

        assert [(it.id, it.attempts, it.last_error, it.is_dead) for it in found] == [
            ("1", 0, None, False),
            ("2", 0, None, False),
        ]

    async def test_a_dead_call_that_is_dropped_stays_known_and_nothing_else(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call("1"), a_call("2", at=HOUR)])
            await _die(tx.inbound, "crm", 1)
            assert await tx.inbound.drop([("crm", "1"), ("crm", "2")], now=T) == 1
            assert [call.id for call in await tx.inbound.list()] == ["2"]
            assert await tx.inbound.add([a_call("1")]) == 0

    async def test_processed_calls_are_forgotten_in_time_the_first_ones_first(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await tx.inbound.add([a_call(number) for number in "123"])
            calls = await tx.inbound.lease("crm", owner="a", now=T, until=LEASE, limit=2)
            await tx.inbound.done(calls[1:], now=T)
            await tx.inbound.done(calls[:1], now=T + timedelta(minutes=1))
            assert await tx.inbound.prune(T, limit=9) == 0
            assert await tx.inbound.prune(T + HOUR, limit=1) == 1
            assert await tx.inbound.add([a_call("1"), a_call("2"), a_call("3")]) == 1
            assert await tx.inbound.prune(T + HOUR, limit=9) == 1
