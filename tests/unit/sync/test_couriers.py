"""Couriers do deeds once: again under the same key, or never again where nobody knows keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connector.domain.changes import Action, Outcome
from connector.domain.ledger import FiringState
from connector.errors import PlatformUnavailable
from connector.ports.courier import Courier
from connector.sync.triggers.delivering import UNSEEN, Delivered, deliver
from tests.unit.sync.acting import doing, fired
from tests.unit.sync.alarms import Alarms

DONE, DEAD = FiringState.DONE, FiringState.DEAD
DOWN = PlatformUnavailable("notify SALES: down", platform="notify SALES", operation="tell")


@dataclass
class Teller:
    """Takes note of what it is told to do, and fails or dies as often as it shall."""

    failures: list[BaseException] = field(default_factory=list)
    told: list[Action] = field(default_factory=list)

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        self.told += actions
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, PlatformUnavailable):
            return [Outcome(error=failure)] * len(actions)
        if failure is not None:
            raise failure
        return [Outcome()] * len(actions)


def hiring(teller: Teller, kind: str = "notify", *, knows_keys: bool) -> Courier:
    return Courier(kind=kind, name="SALES", actions=teller, knows_keys=knows_keys)


async def told(world: Alarms, *couriers: Courier, name: str = "notify SALES") -> Delivered:
    by_lane = {each.lane: each for each in couriers}
    return await deliver(replace(world.workspace, couriers=by_lane), name)


async def test_two_couriers_of_one_name_are_told_apart() -> None:
    world, _ = await fired(doing("{notify: SALES}", "{webhook: SALES}"))
    people, hook = Teller(), Teller()
    couriers = (
        hiring(people, knows_keys=False),
        hiring(hook, "webhook", knows_keys=True),
    )

    for name in ("notify SALES", "webhook SALES"):
        assert (await told(world, *couriers, name=name)).done == 1

    assert [each.kind for each in people.told + hook.told] == ["notify", "webhook"]


async def test_a_courier_is_handed_who_and_the_results_behind_it() -> None:
    world, _ = await fired(doing("{notify: SALES}"))
    teller = Teller()

    await told(world, hiring(teller, knows_keys=False))

    (action,) = teller.told
    assert (action.trigger, action.to.email) == ("call", "p0@x.org")
    assert {"fit", "heat", "heat_stage"} <= action.params.keys()


async def test_whoever_opted_out_is_told_of_all_the_same() -> None:
    world, (person,) = await fired(doing("{notify: SALES}"))
    person.opted_out = True
    world.crm.touch(person)
    await world.sync(pushes=False)

    assert (await told(world, hiring(Teller(), knows_keys=False))).done == 1


async def test_what_was_seen_to_fail_is_sent_again_by_the_schedule() -> None:
    world, _ = await fired(doing("{notify: SALES}"))
    teller = Teller(failures=[DOWN])
    courier = hiring(teller, knows_keys=False)

    first = await told(world, courier)
    at_once = await told(world, courier)
    world.clock.advance(timedelta(seconds=6))
    later = await told(world, courier)

    assert (first.failed, at_once.failed, later.done) == (1, 0, 1)
    assert len(teller.told) == 2


async def test_whoever_turns_out_to_be_somebody_else_meanwhile_is_told_of_by_the_next_run() -> None:
    world, _ = await fired(doing("{notify: SALES}"), people=2)
    contacts = {each.contact for each in await world.firings()}

    class Merging(Teller):
        """Sees the second become the first while it is told of the first."""

        async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
            async with world.state.write() as tx:
                held = {each.key: each for each in await tx.triggers.unfinished(contacts)}
                first = held.pop(actions[0].key)
                (second,) = held.values()
                await tx.triggers.save([replace(second, contact=first.contact)])
            return await super().perform(actions)

    teller = Merging()
    before = await told(world, hiring(teller, knows_keys=False))
    after = await told(world, hiring(Teller(), knows_keys=False))

    assert (before.done, before.failed, before.dead, after.done) == (1, 0, 0, 1)
    assert [each.state for each in await world.firings()] == [DONE, DONE]


async def test_what_may_have_been_sent_is_left_to_a_person() -> None:
    world, _ = await fired(doing("{notify: SALES}"))
    teller = Teller(failures=[KeyboardInterrupt()])
    courier = hiring(teller, knows_keys=False)
    try:
        await told(world, courier)
    except KeyboardInterrupt:
        async with world.state.write() as tx:
            await tx.triggers.reclaim()

    found = await told(world, courier)

    (firing,) = await world.firings()
    assert (firing.state, firing.last_error, len(teller.told)) == (DEAD, UNSEEN, 1)
    assert (found.dead, [each.path for each in found.problems]) == (1, ["triggers.call"])


async def test_a_receiver_that_knows_keys_is_told_again() -> None:
    world, _ = await fired(doing("{webhook: SALES}"))
    teller = Teller(failures=[KeyboardInterrupt()])
    courier = hiring(teller, "webhook", knows_keys=True)
    try:
        await told(world, courier, name="webhook SALES")
    except KeyboardInterrupt:
        async with world.state.write() as tx:
            await tx.triggers.reclaim()

    await told(world, courier, name="webhook SALES")

    first, again = teller.told
    assert first.key == again.key
    assert [each.state for each in await world.firings()] == [DONE]
