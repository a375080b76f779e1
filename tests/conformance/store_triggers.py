"""Triggers, firings and webhook calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connector.domain.ledger import Firing, FiringState, Inbound, TriggerState
from connector.ports.store import State
from tests.conformance.store_world import AWKWARD, HOUR, StoreWorld, T, people

LEASE = T + HOUR
DONE, DEAD = FiringState.DONE, FiringState.DEAD
PENDING, WAITING = FiringState.PENDING, FiringState.WAITING


def _firing(key: str, contact: int, **fields: object) -> Firing:
    values = {"destination": "SALES", "at": T, "state": PENDING, **fields}
    return Firing(key=key, contact=contact, trigger="call_hot", kind="notify", **values)  # type: ignore[arg-type]  # the caller names fields


def _call(number: str, *, at: timedelta = timedelta(), platform: str = "crm") -> Inbound:
    return Inbound(
        platform=platform,
        id=number,
        body=b"\x00\xff{}",
        headers={"X-Sig": "é\x00"},
        received_at=T + at,
    )


class TriggerPromises(StoreWorld):
    async def test_what_is_known_of_a_trigger_is_replaced(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            first = TriggerState(contact=one, trigger="t", is_active=False, since=T)
            other = TriggerState(contact=two, trigger="t", is_active=True, since=T, fired_at=T)
            await tx.triggers.save_states([first, other])
            after = replace(first, is_active=True, fired_at=T + HOUR)
            await tx.triggers.save_states([after])

        async with state.read() as tx:
            assert await tx.triggers.states([one]) == [after]
            assert await tx.triggers.states([one, two]) == [after, other]

    async def test_a_firing_is_added_once_and_comes_back_as_it_was(self, state: State) -> None:
        params = {
            "n": Decimal("1.50"),
            "at": T,
            "no": None,
            **{str(index): text for index, text in enumerate(AWKWARD)},
        }
        async with state.write() as tx:
            (person,) = await people(tx)
            firing = _firing("k\x00", person, params=params)
            assert await tx.triggers.add([firing, firing]) == 1
            assert await tx.triggers.add([replace(firing, trigger="other")]) == 0

        async with state.write() as tx:
            (leased,) = await tx.triggers.lease("SALES", owner="a", now=T, until=LEASE, limit=9)
        assert leased == replace(firing, state=FiringState.IN_FLIGHT, fence=1)

    async def test_firings_are_leased_once_in_order_until_the_lease_ends(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.triggers.add(
                [
                    _firing("late", person, at=T + HOUR),
                    _firing("b", person),
                    _firing("a", person),
                    _firing("later", person, not_before=T + 9 * HOUR),
                    _firing("over", person, state=WAITING),
                    _firing("else", person, destination="mail"),
                ]
            )

        async with state.write() as tx:
            first = await tx.triggers.lease("SALES", owner="a", now=T, until=LEASE, limit=2)
            second = await tx.triggers.lease("SALES", owner="b", now=T, until=LEASE, limit=9)
            again = await tx.triggers.lease("SALES", owner="c", now=LEASE, until=LEASE, limit=9)
        assert [each.key for each in first] == ["a", "b"]
        assert [each.key for each in second] == ["late"]
        assert [(each.key, each.fence) for each in again] == [("a", 2), ("b", 2), ("late", 2)]

    async def test_a_settled_firing_is_recorded_unless_its_fence_is_old(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.triggers.add([_firing("a", person), _firing("b", person)])
            old = await tx.triggers.lease("SALES", owner="a", now=T, until=LEASE, limit=1)
            new = await tx.triggers.lease("SALES", owner="b", now=LEASE, until=LEASE, limit=2)
            assert await tx.triggers.settle([replace(each, state=DONE) for each in old]) == 0
            retried = replace(
                new[1], state=PENDING, attempts=1, not_before=T + 3 * HOUR, last_error="no"
            )
            assert await tx.triggers.settle([replace(new[0], state=DONE), retried]) == 2
            (again,) = await tx.triggers.lease(
                "SALES", owner="c", now=T + 3 * HOUR, until=T, limit=9
            )
            counts = await tx.triggers.counts()

        assert (again.key, again.attempts, again.last_error) == ("b", 1, "no")
        assert counts == {"call_hot": {DONE: 1, FiringState.IN_FLIGHT: 1}}

    async def test_whoever_fired_is_the_latest_decision(self, state: State) -> None:
        async with state.write() as tx:
            await tx.triggers.count({"call_hot": 2}, T)
            await tx.triggers.count({}, T + HOUR)
            assert await tx.scores.latest_at() == T

    async def test_the_owner_of_the_cycles_reclaims_firings(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.triggers.add([_firing("a", person), _firing("b", person, state=DEAD)])
            await tx.triggers.lease("SALES", owner="a", now=T, until=LEASE, limit=9)
            assert await tx.triggers.reclaim() == 1
            assert await tx.triggers.counts() == {"call_hot": {PENDING: 1, DEAD: 1}}


class InboundPromises(StoreWorld):
    async def test_a_call_is_stored_once_and_comes_back_as_it_was(self, state: State) -> None:
        async with state.write() as tx:
            assert await tx.inbound.add([_call("1"), _call("1")]) == 1
            assert await tx.inbound.add([_call("1"), _call("1", platform="mail")]) == 1
            assert await tx.inbound.backlog() == 2

        async with state.write() as tx:
            (leased,) = await tx.inbound.lease(owner="a", now=T, until=LEASE, limit=1)
        assert leased == replace(_call("1"), fence=1)

    async def test_calls_are_leased_oldest_first_until_the_lease_ends(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([_call("new", at=HOUR), _call("old", at=-HOUR)])
            first = await tx.inbound.lease(owner="a", now=T, until=LEASE, limit=9)
            none = await tx.inbound.lease(owner="b", now=T, until=LEASE, limit=9)
            again = await tx.inbound.lease(owner="b", now=LEASE, until=T, limit=1)

        assert [call.id for call in first] == ["old", "new"]
        assert none == []
        assert [(call.id, call.fence) for call in again] == [("old", 2)]

    async def test_a_processed_call_is_let_go_and_never_taken_again(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([_call("1")])
            old = await tx.inbound.lease(owner="a", now=T, until=T, limit=1)
            new = await tx.inbound.lease(owner="b", now=T, until=LEASE, limit=1)
            assert await tx.inbound.done(old, now=T) == 0
            assert await tx.inbound.done(new, now=T) == 1
            assert await tx.inbound.done(new, now=T) == 0
            assert await tx.inbound.backlog() == 0
            assert await tx.inbound.add([_call("1")]) == 0
            assert await tx.inbound.lease(owner="c", now=LEASE, until=LEASE, limit=1) == []

    async def test_a_failed_call_comes_again_or_is_dead(self, state: State) -> None:
        async with state.write() as tx:
            await tx.inbound.add([_call("1")])
            (call,) = await tx.inbound.lease(owner="a", now=T, until=LEASE, limit=1)
            later = T + 2 * HOUR
            assert await tx.inbound.fail(call, error="x", not_before=later, is_dead=False)
            assert await tx.inbound.lease(owner="a", now=LEASE, until=LEASE, limit=1) == []
            (again,) = await tx.inbound.lease(owner="a", now=later, until=later, limit=1)
            assert not await tx.inbound.fail(call, error="x", not_before=None, is_dead=True)
            assert await tx.inbound.fail(again, error="x", not_before=None, is_dead=True)
            assert await tx.inbound.backlog() == 0

        assert (again.attempts, again.fence, again.body) == (1, 2, call.body)
