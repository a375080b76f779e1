"""Persons whom platforms erase, as far as the process itself has to know of it."""

from __future__ import annotations

from connector.sync.tasks import SCORE_JOB, inbound_job
from tests.unit.runtime.service_world import PULLS, Daemon
from tests.unit.sync.receiving.calls import Calls, removed
from tests.unit.sync.world import World


async def test_an_erasure_that_a_platform_tells_of_is_told_on() -> None:
    world = World()
    world.crm.create("a@x.org")
    daemon, calls = Daemon(world), Calls(world)
    world.crm.create("ben@x.org")
    told: list[str] = []
    daemon.service.when_erased = lambda: told.append("erased")
    await daemon.do(*PULLS, SCORE_JOB)
    gone, erased = world.crm.people.values()
    world.crm.remove(gone)
    await calls.make(removed(gone.id))
    await daemon.do(inbound_job("crm"))
    assert told == []

    world.crm.remove(erased)
    await calls.make(removed(erased.id, erased=True))
    await daemon.do(inbound_job("crm"))

    assert told == ["erased"]
