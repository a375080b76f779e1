"""What records did that were merged is theirs who they became, and no news of somebody else."""

from __future__ import annotations

import pytest

from adapters.memory.account import Person
from connector.errors import PlatformError, PlatformUnavailable, RightMissing
from connector.sync.pulling.pull import pull
from tests.unit.sync.alarms import HOUR, Alarms, a_trigger

MODEL = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {}}
"""
OPENED = a_trigger(when="heat > 0")


async def alarmed_before(world: Alarms) -> tuple[Person, Person]:
    """Return two, of whom the first did what is alarming."""
    one, other = world.newcomers("one", "other")
    await world.decide()
    world.happens(world.crm, one)
    await world.decide()
    return one, other


def hand_on(world: Alarms, to: Person) -> None:
    """Let what was done be told once more, as done by another."""
    world.crm.events.extend([{**each, "contact": to.id} for each in world.crm.events])


async def test_nobody_is_alarming_for_what_those_did_who_became_them() -> None:
    world = Alarms(OPENED, MODEL)
    one, other = await alarmed_before(world)
    world.crm.merge(one, other)
    hand_on(world, other)

    await pull(world.workspace, "crm", streams=["events"])
    await world.sync(pulls=False, pushes=False)

    assert len(await world.firings()) == 1


async def test_what_somebody_else_did_after_all_is_news_of_them() -> None:
    world = Alarms(OPENED, MODEL)
    _, other = await alarmed_before(world)
    hand_on(world, other)

    await world.decide()

    assert await world.alarmed() == ["one", "other"]


@pytest.mark.parametrize(
    ("error", "whose"), [(RightMissing, 1), (PlatformUnavailable, 0)], ids=["never", "not now"]
)
async def test_what_moved_is_taken_in_where_nobody_may_ever_be_asked_for(
    error: type[PlatformError], whose: int
) -> None:
    world = Alarms(OPENED, MODEL)
    both = await alarmed_before(world)
    world.crm.merge(*both)
    hand_on(world, both[1])

    class Silent:
        async def fetch(self, *_: object) -> list[object]:
            raise error("tells nothing", platform="crm", operation="fetch")

    world.platforms["crm"].lookup = Silent()  # type: ignore[assignment]  # it never answers
    await pull(world.workspace, "crm", streams=["events"])

    async with world.state.read() as tx:
        assert await tx.events.refs("crm", ["e0"]) == {"e0": both[whose].id}


async def test_what_somebody_changed_of_ours_on_records_read_for_that_is_told() -> None:
    world = Alarms(OPENED, f"{MODEL}targets: {{crm: {{attributes: {{HEAT: heat}}}}}}\n")
    one, other = await alarmed_before(world)
    await world.sync()
    world.clock.advance(HOUR)
    one.values["HEAT"] = 999
    world.crm.touch(one)
    hand_on(world, other)

    pulled = await pull(world.workspace, "crm", streams=["events"])

    assert pulled.drift == {"repaired": 1}


async def test_what_stays_where_it_was_costs_no_question() -> None:
    world = Alarms(OPENED, MODEL)
    one, _ = await alarmed_before(world)
    hand_on(world, one)
    before = world.crm.requests

    await pull(world.workspace, "crm", streams=["events"])

    assert world.crm.requests - before == 1
