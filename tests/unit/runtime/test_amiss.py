"""What pushes cannot write is known until one can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from connector.domain.outbound import DeliveryState
from connector.sync.amiss import amiss
from connector.sync.looking.standing import standing
from connector.sync.tasks import push_job, urgent_job
from tests.unit.runtime.service_world import Daemon
from tests.unit.sync.test_guards import a_list_losing
from tests.unit.sync.world import World

PUSH = push_job("crm")


@pytest.fixture
async def world() -> World:
    """Return a world with a list that would lose more than it may."""
    return await a_list_losing(200, 250)


async def _known(world: World) -> Sequence[str]:
    async with world.state.read() as tx:
        return (await amiss(tx, ["crm", "mail"])).get("crm", ())


async def test_what_a_push_could_not_write_stands_until_it_is_written(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(PUSH)

    (told,) = await _known(world)
    assert "200 of its 250 members" in told
    assert (await standing(world.workspace)).to_json()["problems"] == {"crm": [told]}

    await daemon.do(push_job("crm", force=True))

    assert await _known(world) == ()


async def test_it_says_of_which_list_and_what_to_do(world: World) -> None:
    await Daemon(world).do(PUSH)

    (told,) = await _known(world)
    assert told.startswith("targets.crm.lists.Hot: ")
    assert "--force" in told


async def test_a_sync_tells_it_and_ends_it(world: World) -> None:
    await world.sync(scores=False)
    assert len(await _known(world)) == 1

    await world.sync(scores=False, force=True)

    assert await _known(world) == ()


async def test_it_is_over_when_there_is_nothing_to_be_written_any_more(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(PUSH)
    async with world.state.write() as tx:
        rows = await tx.outbox.list()
        clean = [replace(row, state=DeliveryState.CLEAN) for row in rows]
        await tx.outbox.save(clean)

    await daemon.do(PUSH)

    assert await _known(world) == ()


async def test_of_what_is_no_target_nothing_is_told(world: World) -> None:
    await Daemon(world).do(PUSH)
    workspace = world.workspace
    model = replace(workspace.configuration.model, targets={})
    edited = replace(workspace, configuration=replace(workspace.configuration, model=model))

    assert (await standing(edited)).to_json()["problems"] == {}


async def test_another_process_ends_it_as_well(world: World) -> None:
    await Daemon(world).do(PUSH)

    await Daemon(world).do(push_job("crm", force=True))

    assert await _known(world) == ()


async def test_a_push_of_a_few_tells_nothing_of_it(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(PUSH)

    await daemon.do(urgent_job("crm"))

    assert len(await _known(world)) == 1


async def test_a_push_of_a_few_alone_begins_nothing(world: World) -> None:
    await Daemon(world).do(urgent_job("crm"))

    assert await _known(world) == ()
