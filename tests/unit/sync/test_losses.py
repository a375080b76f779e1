"""What a daemon takes away in many turns is guarded as if it were one cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.domain.outbound import DeliveryState, Desired
from connector.sync.outbox.losses import SPELL, field_loss, list_loss, losses
from connector.sync.pushing.push import Pushed, push
from connector.sync.workspace import Workspace
from tests.builders import an_outbound
from tests.unit.sync.world import World

MEMBERS = 300


class Shrinking:
    """A list of 300 that loses some at a time."""

    def __init__(self) -> None:
        self.world = World()

    @property
    def workspace(self) -> Workspace:
        return replace(self.world.workspace, is_shared=True)

    @property
    def members(self) -> int:
        return len(self.world.crm.lists["Hot"])

    async def fill(self) -> None:
        for _ in range(MEMBERS):
            self.world.crm.lists["Hot"].add(self.world.crm.create().id)
        await self.world.sync(scores=False, pushes=False)
        await self._save(0, MEMBERS, is_member=True)

    async def lose(self, start: int, stop: int) -> Pushed:
        await self._save(start, stop, is_member=False)
        return await push(self.workspace, "crm")

    async def _save(self, start: int, stop: int, *, is_member: bool) -> None:
        async with self.world.state.write() as tx:
            numbers = (await tx.contacts.all_numbers())[start:stop]
            to = await tx.contacts.addressees("crm", numbers)
            known = await tx.outbox.rows("crm", numbers)
            await tx.outbox.save(
                [
                    an_outbound(
                        number,
                        remote_id=to[number].remote_id,
                        desired=Desired(lists={"Hot": is_member}),
                        confirmed=Desired(lists={"Hot": True}),
                        state=DeliveryState.CLEAN if is_member else DeliveryState.PENDING,
                        revision=known[number].revision + 1 if number in known else 1,
                    )
                    for number in numbers
                ]
            )


async def test_what_little_by_little_is_too_much_is_held_back() -> None:
    losing = Shrinking()
    await losing.fill()
    first = await losing.lose(0, 100)

    second = await losing.lose(100, 200)

    assert (first.problems, losing.members) == ([], 200)
    assert "200 of its 300 members" in second.problems[0].message
    assert "100 were, and no more are" in second.problems[0].message


async def test_an_hour_later_it_is_another_matter() -> None:
    losing = Shrinking()
    await losing.fill()
    await losing.lose(0, 100)
    losing.world.clock.advance(SPELL)

    await losing.lose(100, 150)

    assert losing.members == 150


async def test_a_cycle_by_hand_stands_for_itself() -> None:
    losing = Shrinking()
    await losing.fill()
    await losing.lose(0, 100)
    await losing._save(100, 200, is_member=False)

    await push(losing.world.workspace, "crm")

    assert losing.members == 100


async def test_each_loss_counts_once_however_often_its_row_is_settled() -> None:
    losing = Shrinking()
    await losing.fill()
    await losing.lose(0, 7)

    async with losing.world.state.read() as tx:
        found = await losses(tx, "crm", losing.world.clock.now())
        later = await losses(tx, "crm", losing.world.clock.now() + timedelta(hours=2))

    assert (found, later) == ({list_loss("Hot"): 7}, {})
    assert field_loss("Hot") not in found
