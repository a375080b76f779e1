"""Numbers for operators are those that whoever counts one by one finds."""

from __future__ import annotations

from connector.domain.ledger import Firing, FiringState
from connector.ports.store import State
from tests.conformance.store_world import HOUR, StoreWorld, T, decide, decisions, people, scores


class TallyPromises(StoreWorld):
    async def test_as_many_wait_to_be_scored_as_are_found(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben, cat, _ = await people(tx, 4)
            for who, due in ((ann, HOUR), (ben, 3 * HOUR), (cat, 3 * HOUR)):
                await tx.scores.record(
                    at=T,
                    model="m",
                    seen={who: (await tx.contacts.waiting(T, "m"))[who]},
                    decisions=decisions(who, next_change_at=T + due),
                    scores=scores(),
                )
            await tx.contacts.touch([ann, cat])

        async with state.read() as tx:
            for at, model in ((T, "m"), (T + 2 * HOUR, "m"), (T + 4 * HOUR, "m"), (T, "other")):
                found = len(await tx.contacts.waiting(at, model))
                assert await tx.tallies.waiting(at, model) == found
            assert await tx.tallies.waiting(T, "m") == 3

    async def test_firings_are_counted_by_destination(self, state: State) -> None:
        async with state.write() as tx:
            (ann,) = await people(tx, 1)
            told = [("crm", "dead"), ("crm", "dead"), ("crm", "pending"), ("notify SALES", "done")]
            firings = [
                Firing(
                    key=f"k{number}",
                    contact=ann,
                    trigger="call",
                    kind="email",
                    destination=destination,
                    at=T,
                    state=FiringState(word),
                )
                for number, (destination, word) in enumerate(told)
            ]
            await tx.triggers.add(firings)

        async with state.read() as tx:
            counts = await tx.tallies.firings()
        assert {name: dict(each) for name, each in counts.items()} == {
            "crm": {FiringState.DEAD: 2, FiringState.PENDING: 1},
            "notify SALES": {FiringState.DONE: 1},
        }

    async def test_changes_of_scores_are_counted_whatever_they_are_of(self, state: State) -> None:
        counts = []
        async with state.write() as tx:
            ann, ben = await people(tx, 2)
            for value in (1.0, 1.0, 2.0):
                await decide(tx, (ann, "heat", value, value, "cold"), (ben, "fit", 1.0, 1.0, None))
                counts.append(await tx.tallies.score_changes())

        assert [each - counts[0] for each in counts] == [0, 0, 1]

    async def test_whoever_leaves_a_stage_for_another_is_counted(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben = await people(tx, 2)
            await decide(tx, (ann, "heat", 1.0, 1.0, "cold"), (ben, "heat", 1.0, 1.0, "cold"))
            assert await tx.tallies.stage_changes() == {}
            await decide(tx, (ann, "heat", 9.0, 9.0, "hot"), (ben, "heat", 9.0, 9.0, "hot"))
            await decide(tx, (ann, "heat", 8.0, 8.0, "hot"), (ben, "heat", None, None, None))

            assert await tx.tallies.stage_changes() == {"heat": 3}

    async def test_nobody_has_a_lane_that_was_never_taken(self, state: State) -> None:
        async with state.read() as tx:
            assert list(await tx.tallies.lanes(T)) == []
            assert list(await tx.tallies.replicas(T)) == []
