"""Triggers and firings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from connector.domain.ledger import Firing, FiringState, TriggerState
from connector.ports.store import State
from tests.conformance.store_world import AWKWARD, HOUR, StoreWorld, T, people

LEASE = T + HOUR
DONE, DEAD = FiringState.DONE, FiringState.DEAD
PENDING, WAITING = FiringState.PENDING, FiringState.WAITING


def _firing(key: str, contact: int, **fields: object) -> Firing:
    values = {"destination": "SALES", "at": T, "state": PENDING, **fields}
    return Firing(key=key, contact=contact, trigger="call_hot", kind="notify", **values)  # type: ignore[arg-type]  # the caller names fields


class TriggerPromises(StoreWorld):
    async def test_nothing_of_triggers_is_known_as_later_than_what_is_taken_back(
        self, state: State
    ) -> None:
        early, late = T - HOUR, T + HOUR
        async with state.write() as tx:
            one, two = await people(tx, 2)
            before = TriggerState(
                contact=one, trigger="t", is_active=True, since=early, fired_at=early
            )
            later = TriggerState(
                contact=two, trigger="t", is_active=True, since=late, fired_at=late
            )
            await tx.triggers.save_states([before, later])
            await tx.triggers.count({"t": 3}, T)
            await tx.triggers.count({"t": 5}, late)

            await tx.triggers.undo_after(T)

            assert set(await tx.triggers.states([one, two])) == {
                before,
                replace(later, since=T, fired_at=T),
            }
            assert await tx.triggers.fired("t", None) == 3

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

    async def test_one_that_was_called_off_may_be_added_again_and_no_other(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            gone = replace(
                _firing("gone", person, state=FiringState.DROPPED), last_error="it ended"
            )
            done = _firing("done", person, state=FiringState.DONE)
            await tx.triggers.add([gone, done])

            again = [
                replace(each, state=FiringState.WAITING, last_error=None) for each in (gone, done)
            ]
            assert await tx.triggers.add(again) == 1

            assert await tx.triggers.unfinished([person]) == again[:1]
            assert {each.key: each.state for each in await tx.triggers.of(person, 9)} == {
                "gone": FiringState.WAITING,
                "done": FiringState.DONE,
            }

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

    async def test_who_takes_a_lane_reclaims_the_firings_of_its_destination(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            other = replace(_firing("b", person), destination="OTHER")
            await tx.triggers.add([_firing("a", person), other])
            for destination in ("SALES", "OTHER"):
                await tx.triggers.lease(destination, owner="a", now=T, until=LEASE, limit=9)

            assert await tx.triggers.reclaim("OTHER") == 1

            counts = await tx.triggers.counts()
        assert counts == {"call_hot": {PENDING: 1, FiringState.IN_FLIGHT: 1}}
