"""A world in which a trigger fired and nothing was done yet, and platforms that act for some."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.memory.account import Person
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import Action, Outcome
from connector.domain.ledger import FiringState
from connector.errors import RejectedByPlatform
from connector.sync.triggers.delivering import Delivered, deliver
from tests.unit.sync.alarms import Alarms, a_trigger


def doing(*deeds: str) -> str:
    return f"triggers: {{call: {{when: 'fit > 0', do: [{', '.join(deeds)}]}}}}\n"


async def fired(
    triggers: str = a_trigger(), *, people: int = 1, action_batch: int = 100
) -> tuple[Alarms, list[Person]]:
    """Return a world in which the trigger just fired for everybody, and nothing was done yet."""
    world = Alarms(triggers)
    world.capabilities = {"action_batch": action_batch}
    world.edit(triggers)
    persons = world.newcomers(*(f"p{number}" for number in range(people)))
    await world.decide()
    for person in persons:
        world.become(person, "boss")
    await world.decide()
    return world, persons


async def delivered(world: Alarms, name: str = "crm") -> Delivered:
    return await deliver(world.workspace, name)


async def states(world: Alarms) -> list[FiringState]:
    return [each.state for each in await world.firings()]


class Actor(MemoryWriter):
    """Refuses to act for some, or answers for all but the last."""

    def __init__(self, world: Alarms, *refused: Person, forgets: bool = False) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "refused", {each.id for each in refused})
        object.__setattr__(self, "forgets", forgets)
        object.__setattr__(self, "batches", [])
        world.platforms["crm"].actions = self

    refused: set[str]
    forgets: bool
    batches: list[int]

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        self.batches.append(len(actions))
        if any(action.to.remote_id in self.refused for action in actions):
            raise RejectedByPlatform("a bad item", platform="crm", operation="perform")
        return (await super().perform(actions))[: -1 if self.forgets else None]
