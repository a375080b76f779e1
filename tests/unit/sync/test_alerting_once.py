"""Whatever fails or dies meanwhile, operators are told of each change once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.faults import Fault
from connector.domain.ledger import Inbound
from connector.errors import PlatformUnavailable
from connector.ports.notifier import Severity
from connector.sync.alerting.ledger import UNWATCHED
from connector.sync.alerting.watch import CLAIMED, watch
from connector.sync.workspace import Workspace
from tests.builders import T
from tests.unit.sync.watching import MINUTE, REFUSED, Watching, a_watched_world


@pytest.fixture
async def world() -> Watching:
    return await a_watched_world()


async def test_a_broken_configuration_is_told_once_and_once_when_it_is_mended(
    world: Watching,
) -> None:
    for is_broken in (True, True, False, False):
        world.clock.advance(MINUTE)
        await world.look(is_broken=is_broken)

    assert world.told.titles == [
        "the configuration on disk cannot be used",
        "the configuration on disk is in force again",
    ]


async def test_only_the_process_that_had_it_says_that_its_configuration_is_mended(
    world: Watching,
) -> None:
    await world.look(is_broken=True)
    other = replace(world.workspace, process="another process")

    await watch(other, world.told, T + MINUTE)

    assert world.told.titles == ["the configuration on disk cannot be used"]


async def test_a_clock_that_was_moved_is_told_once(world: Watching) -> None:
    world.told.failures = 1
    await world.look(moved=timedelta(hours=1))
    await world.pass_by(5 * MINUTE)

    assert world.told.titles == ["the clock of this machine was moved"]
    assert "3,600 s" in world.told.bodies[0]


async def test_what_could_not_be_told_is_tried_again_at_the_next_look(world: Watching) -> None:
    world.told.failures = 3
    await world.meet(REFUSED)

    first = await world.look()
    await world.pass_by(5 * MINUTE)

    assert isinstance(first.error, PlatformUnavailable)
    assert world.told.titles == ["crm refuses us"]


async def test_what_is_over_before_it_could_be_told_is_told_to_nobody(world: Watching) -> None:
    world.told.failures = 1
    await world.meet(REFUSED)
    await world.look()

    await world.meet()
    await world.pass_by(5 * MINUTE)

    assert world.told.titles == []


async def test_of_several_what_was_told_is_not_told_again_when_another_fails(
    world: Watching,
) -> None:
    await world.meet(REFUSED)
    async with world.state.write() as tx:
        await tx.inbound.add([Inbound(platform="mail", id="1", body=b"", received_at=T)])
    world.clock.advance(10 * MINUTE)
    notify, calls = world.told.notify, 0

    async def fails_second(title: str, body: str, severity: Severity) -> None:
        nonlocal calls
        calls += 1
        world.told.failures = 1 if calls == 2 else 0
        await notify(title, body, severity)

    world.told.notify = fails_second  # type: ignore[method-assign]  # a notifier of one test
    await world.pass_by(3 * MINUTE)

    assert sorted(world.told.titles) == ["crm refuses us", "webhook calls of mail wait"]


async def test_two_processes_that_look_at_once_tell_it_once(world: Watching) -> None:
    await world.meet(REFUSED)
    workspaces = [replace(world.workspace, process=f"process {each}") for each in range(4)]

    await asyncio.gather(*(watch(each, world.told, world.clock.now()) for each in workspaces))

    assert world.told.titles == ["crm refuses us"]


async def test_what_a_process_died_over_is_told_by_the_next(world: Watching) -> None:
    await world.meet(REFUSED)
    dying = asyncio.create_task(watch(world.workspace, Endless(), world.clock.now()))
    await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)

    await world.pass_by(CLAIMED - MINUTE)
    assert world.told.titles == []
    await world.pass_by(2 * MINUTE)

    assert world.told.titles == ["crm refuses us"]


class Endless:
    """A notifier that never ends."""

    async def notify(self, title: str, body: str, severity: Severity) -> None:
        await asyncio.Event().wait()


async def test_what_was_told_is_known_after_a_restart(world: Watching) -> None:
    await world.meet(REFUSED)
    await world.look()
    world.clock.advance(2 * UNWATCHED)

    await world.look()

    assert world.told.titles == ["crm refuses us"]


async def test_without_anybody_to_tell_it_counts_as_told(world: Watching) -> None:
    await world.meet(REFUSED)

    first = await watch(world.workspace, None, T)
    again = await watch(world.workspace, None, T + MINUTE)

    assert [each.title for each in first.told] == ["heatsync: crm refuses us"]
    assert again.told == ()


async def test_a_platform_that_is_no_longer_configured_is_not_told_to_be_well(
    world: Watching,
) -> None:
    await world.meet(REFUSED)
    await world.look()
    entries = tuple(each for each in world.configuration.platforms if each.name != "crm")
    world.configuration = replace(world.configuration, platforms=entries)

    await world.pass_by(3 * MINUTE)

    assert world.told.titles == ["crm refuses us"]


async def test_a_clock_that_is_set_back_keeps_nobody_from_telling(world: Watching) -> None:
    await world.meet(REFUSED)
    world.told.failures = 1
    await world.look()
    workspace: Workspace = world.workspace

    await watch(workspace, world.told, T - timedelta(days=1))

    assert world.told.titles == ["crm refuses us"]


async def test_a_run_that_a_platform_refuses_is_told_of() -> None:
    world = Watching()
    world.crm.create("ann@x.org")
    world.play(world.crm, Fault.ACCESS_REFUSED)
    await world.sync()

    await world.look()

    assert world.told.titles == ["crm refuses us"]


async def test_calls_of_a_platform_that_was_taken_out_are_nobodys_alarm(world: Watching) -> None:
    async with world.state.write() as tx:
        await tx.inbound.add([Inbound(platform="gone", id="1", body=b"", received_at=T)])

    await world.pass_by(60 * MINUTE)

    assert world.told.titles == []
