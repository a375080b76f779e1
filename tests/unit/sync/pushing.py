"""What tests of pushes share: a world with something to write, and writers that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.memory.account import Person
from adapters.memory.faults import Fault
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.errors import RejectedByPlatform
from connector.sync.pushing.push import Pushed, push
from tests.unit.sync.world import World

FAULTS = [Fault.UNAVAILABLE] * 5
"""As many as attempts: the platform is down for this run."""


class Writer(MemoryWriter):
    """Counts batches, and does with each what a test says before the account sees it."""

    def __init__(
        self, world: World, before: Callable[[Sequence[AttributeChange]], None] | None = None
    ) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "batches", [])
        object.__setattr__(self, "before", before)
        world.platforms["crm"].attribute_writer = self

    batches: list[int]
    before: Callable[[Sequence[AttributeChange]], None] | None

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        self.batches.append(len(changes))
        if self.before:
            self.before(changes)
        return await super().write_attributes(changes)


class Quiet(Writer):
    """Takes everything without a request, so that a fault waits for what comes next."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        return [Outcome()] * len(changes)


class Keeping(Writer):
    """Takes everything but, from some day on, what its platform keeps as it is."""

    keeps: frozenset[str] = frozenset()

    def keep(self, *fields: str) -> None:
        object.__setattr__(self, "keeps", frozenset(fields))

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        outcomes = await super().write_attributes(changes)
        return [replace(each, kept=self.keeps) for each in outcomes]


class ForgetfulWriter(Writer):
    """Answers for all but the last."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        return (await super().write_attributes(changes))[:-1]


def refusing(*culprits: Person) -> Callable[[Sequence[AttributeChange]], None]:
    ids = {each.id for each in culprits}

    def check(changes: Sequence[AttributeChange]) -> None:
        if any(change.to.remote_id in ids for change in changes):
            raise RejectedByPlatform("a bad item", platform="crm", operation="write")

    return check


async def seeded(
    people: int = 1, *, hot: int = 0, capabilities: Mapping[str, Any] | None = None
) -> tuple[World, list[Person]]:
    """Return a world whose persons are decided for `crm`, and nothing written yet."""
    world = World(capabilities=capabilities)
    created = [world.crm.create(f"p{number}@x.org") for number in range(people)]
    for person in created[:hot]:
        world.happens(world.crm, person)
        world.happens(world.crm, person)
    await world.sync(pushes=False)
    return world, created


async def pushed(world: World, *, force: bool = False) -> Pushed:
    return await push(world.workspace, "crm", force=force)


async def states(world: World) -> list[DeliveryState]:
    return [row.state for row in await world.outbound()]
