"""What waits for room, what is still to be done, and how often triggers fired."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.domain.ledger import Firing, FiringState
from connector.domain.waits import LONGEST_REST
from connector.ports.store import State, Transaction
from tests.conformance.store_world import HOUR, StoreWorld, T, decisions, people, scores

WAITING, PENDING = FiringState.WAITING, FiringState.PENDING
IN_FLIGHT, DONE = FiringState.IN_FLIGHT, FiringState.DONE
DROPPED, DEAD = FiringState.DROPPED, FiringState.DEAD
LATER = T + 24 * HOUR


def _firing(key: str, contact: int, **fields: object) -> Firing:
    values = {"trigger": "call", "destination": "SALES", "at": T, "state": WAITING, **fields}
    return Firing(key=key, contact=contact, kind="notify", **values)  # type: ignore[arg-type]  # the caller names fields


async def _found(tx: Transaction, *contacts: int) -> dict[str, tuple[FiringState, object]]:
    return {each.key: (each.state, each.at) for each in await tx.triggers.unfinished(contacts)}


class FiringPromises(StoreWorld):
    async def test_what_is_not_finished_is_found_by_person(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.triggers.add(
                [_firing(each.value, one, state=each) for each in FiringState]
                + [_firing("other", two)]
            )

            found = await tx.triggers.unfinished([one])

            assert [each.key for each in found] == ["in_flight", "pending", "waiting"]
            assert await tx.triggers.unfinished([]) == []

    async def test_all_that_was_done_for_a_person_is_told_latest_first(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.triggers.add(
                [_firing(each.value, one, state=each) for each in FiringState]
                + [_firing("later", one, at=LATER), _firing("other", two)]
            )

            found = await tx.triggers.of(one, 99)

            states = sorted(each.value for each in FiringState)
            assert [each.key for each in found] == ["later", *states]
            assert await tx.triggers.of(one, 2) == found[:2]

    async def test_a_firing_is_replaced_but_for_its_lease(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.triggers.add([_firing("k", one, state=PENDING)])
            (leased,) = await tx.triggers.lease("SALES", owner="a", now=T, until=LATER, limit=9)
            after = replace(leased, contact=two, params={"article": "/"}, fence=7)
            await tx.triggers.save([after])

            assert await tx.triggers.unfinished([two]) == [replace(after, fence=1)]
            assert await tx.triggers.reclaim() == 1

    async def test_what_is_still_held_is_told_as_it_is_now(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.triggers.add([_firing(key, one, state=PENDING) for key in "abcd"])
            leased = await tx.triggers.lease("SALES", owner="a", now=T, until=T, limit=9)
            moved = replace(leased[0], contact=two)
            await tx.triggers.save([moved])
            await tx.triggers.settle([replace(leased[1], state=DONE)])
            (again,) = await tx.triggers.lease("SALES", owner="b", now=LATER, until=LATER, limit=1)

            assert again.key == "a"
            assert await tx.triggers.held(leased) == list(leased[2:])
            assert await tx.triggers.held([*leased[3:], again]) == [leased[3], again]
            assert again.contact == two
            assert await tx.triggers.held([]) == []

    async def test_whether_a_firing_is_due_is_told_by_destination(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            waiting = _firing("w", two, destination="OTHERS", state=WAITING)
            await tx.triggers.add([_firing("k", one, state=PENDING), waiting])

            assert await tx.triggers.is_due("SALES", T)
            assert not await tx.triggers.is_due("OTHERS", T)
            await tx.triggers.lease("SALES", owner="a", now=T, until=LATER, limit=9)
            assert not await tx.triggers.is_due("SALES", T)
            assert await tx.triggers.is_due("SALES", LATER)

    async def test_a_firing_does_not_wait_for_an_instant_of_a_clock_that_was_wrong(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (one,) = await people(tx, 1)
            later = T + LONGEST_REST + HOUR
            await tx.triggers.add([_firing("k", one, state=PENDING, not_before=later)])

            assert not await tx.triggers.is_due("SALES", T + HOUR)
            assert await tx.triggers.is_due("SALES", T)

    async def test_the_oldest_entries_are_released_first_ties_by_key(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben, cat = await people(tx, 3)
            await tx.triggers.add(
                [
                    *(_firing(f"a:{deed}", ann, at=T + HOUR) for deed in range(2)),
                    *(_firing(f"c:{deed}", ben) for deed in range(2)),
                    *(_firing(f"b:{deed}", cat) for deed in range(2)),
                    _firing("else", ann, trigger="other"),
                    _firing("done", ann, state=DONE),
                ]
            )

            assert await tx.triggers.release("call", limit=2, at=LATER) == [cat, ben]
            assert await _found(tx, ann, ben, cat) == {
                **dict.fromkeys(("a:0", "a:1"), (WAITING, T + HOUR)),
                **dict.fromkeys(("b:0", "b:1", "c:0", "c:1"), (PENDING, LATER)),
                "else": (WAITING, T),
            }

    async def test_without_a_limit_everybody_is_released(self, state: State) -> None:
        async with state.write() as tx:
            numbers = await people(tx, 3)
            await tx.triggers.add([_firing(f"k{each}", each) for each in numbers])

            assert await tx.triggers.release("call", limit=0, at=LATER) == []
            assert await tx.triggers.release("call", limit=None, at=LATER) == numbers
            assert await tx.triggers.release("call", limit=None, at=LATER) == []

    async def test_firings_are_counted_by_instant(self, state: State) -> None:
        async with state.write() as tx:
            await tx.triggers.count({"call": 2, "other": 9}, T)
            await tx.triggers.count({"call": 3}, T)
            await tx.triggers.count({"call": 40}, T + HOUR)
            await tx.triggers.count({}, T)

        async with state.read() as tx:
            assert await tx.triggers.fired("call", None) == 45
            assert await tx.triggers.fired("call", T) == 45
            assert await tx.triggers.fired("call", T + timedelta(microseconds=1)) == 40
            assert await tx.triggers.fired("call", LATER) == 0
            assert await tx.triggers.fired("nothing", None) == 0

    async def test_firings_that_are_open_are_listed_oldest_first_and_counted(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            firing = Firing(
                key="",
                contact=person,
                trigger="call",
                kind="email",
                destination="mail",
                at=T,
                state=FiringState.DEAD,
            )
            await tx.triggers.add(
                [replace(firing, key=each.value, state=each) for each in FiringState]
                + [
                    replace(firing, key="old", at=T - HOUR),
                    replace(firing, key="z", destination="S"),
                ]
            )

            listed = [each.key for each in await tx.triggers.list()]
            dead = await tx.triggers.list(states=[FiringState.DEAD], destination="mail", limit=1)
            counts = await tx.triggers.open_counts()

        assert listed == ["old", "dead", "in_flight", "pending", "waiting", "z"]
        assert [each.key for each in dead] == ["old"]
        assert counts["S"] == {FiringState.DEAD: 1}
        assert counts["mail"][FiringState.DEAD] == 2
        assert FiringState.DONE not in counts["mail"]

    async def test_the_model_that_last_scored_a_person_is_known(self, state: State) -> None:
        async with state.write() as tx:
            scored, excluded, new = await people(tx, 3)
            for model, dimensions in (("m1", "{}"), ("m2", None)):
                await tx.scores.record(
                    at=T,
                    model=model,
                    seen={},
                    decisions=decisions(scored, excluded, dimensions=dimensions)
                    if dimensions
                    else decisions(excluded),
                    scores=scores(),
                )

            assert await tx.scores.scored_under([scored, excluded, new]) == {scored: "m1"}
            assert await tx.scores.scored_under([]) == {}
