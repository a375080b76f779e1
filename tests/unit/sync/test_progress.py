"""What somebody at a terminal sees of a cycle while it runs."""

from __future__ import annotations

from dataclasses import replace

from connector.ports.progress import Silent
from connector.sync.cycle import Steps, run_cycle
from connector.sync.pushing.writing import RECORDED_AT_ONCE
from tests.unit.sync.pushing import seeded
from tests.unit.sync.world import World


class Seen(Silent):
    """Keeps every step that was told, as (done, total) by its label."""

    def __init__(self) -> None:
        self.steps: dict[str, list[tuple[int, int | None]]] = {}

    def step(self, label: str, done: int, total: int | None = None) -> None:
        self.steps.setdefault(label, []).append((done, total))


async def seen_of(world: World) -> Seen:
    seen = Seen()
    await run_cycle(replace(world.workspace, progress=seen), Steps(), world.clock.now())
    return seen


async def test_what_was_pulled_to_its_end_is_shown_as_done() -> None:
    world = World()
    world.crm.create("a@x.org")

    seen = await seen_of(world)

    pulls = {label: steps for label, steps in seen.steps.items() if label.startswith("Pulling")}
    assert pulls["Pulling contacts from crm"][-1] == (1, 1)
    assert all(done == total for done, total in (steps[-1] for steps in pulls.values()))


async def test_a_push_moves_with_each_batch_of_attributes() -> None:
    world, _ = await seeded(5, hot=5, capabilities={"attribute_batch": 2})

    seen = await seen_of(world)

    told = seen.steps["Pushing to crm"]
    assert told[0] == (0, 5)
    assert {2, 4, 5} <= {done for done, _ in told}
    assert told == sorted(told)
    assert told[-1] == (5, 5)


async def test_of_a_larger_batch_it_moves_with_as_many_as_are_recorded_at_once() -> None:
    count = RECORDED_AT_ONCE + 1
    world, _ = await seeded(count, capabilities={"attribute_batch": count})

    seen = await seen_of(world)

    done = [done for done, _ in seen.steps["Pushing to crm"]]
    assert done == [0, RECORDED_AT_ONCE, count]


async def test_a_push_of_nothing_is_not_shown() -> None:
    world, _ = await seeded(2)
    await world.sync()

    seen = await seen_of(world)

    assert "Pushing to crm" not in seen.steps
