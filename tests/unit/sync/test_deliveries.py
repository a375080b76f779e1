"""What is on its way or was given up, and what a person does about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.memory.faults import Fault
from connector.domain.ledger import Firing, FiringState, Inbound
from connector.domain.outbound import INTERRUPTED, STILL_OPEN, DeliveryState, Outbound
from connector.errors import AccessRefused, NotFound
from connector.ports.control import Job
from connector.sync.looking.deliveries import deliveries, delivery
from connector.sync.replaying import drop, replay, replay_all
from connector.sync.triggers.delivering import UNSEEN
from connector.sync.troubles import remember_troubles
from tests.builders import T
from tests.unit.sync.world import World

ADA = "ada@mail.example.com"
LATER = T + timedelta(hours=1)


async def a_world() -> World:
    """Return a world in which Ada, who is cold, shows her heat on the crm."""
    world = World()
    world.crm.create(ADA, job="boss")
    await world.sync()
    return world


async def given_up(world: World) -> Outbound:
    """Let Ada become hot, and the crm refuse to show it; return the row."""
    ada = next(iter(world.crm.people.values()))
    for _ in range(2):
        world.happens(world.crm, ada)
    await world.sync(pushes=False)
    (row,) = await world.outbound()
    dead = {"state": DeliveryState.DEAD, "attempts": 3, "last_error": "refused: no such option"}
    await world.change_outbound(row, **dead)
    return row


async def a_firing(
    world: World,
    state: FiringState = FiringState.DEAD,
    key: str = "hot:1",
    error: str = "no such template",
) -> None:
    firing = Firing(
        key=key,
        contact=await world.number_of(ADA),
        trigger="hot",
        kind="email",
        destination="mail",
        at=T,
        state=state,
        attempts=2,
        last_error=error,
    )
    async with world.state.write() as tx:
        await tx.triggers.add([firing])


async def a_dead_call(world: World) -> None:
    call = Inbound(platform="crm", id="c1", body=b"{}", received_at=T)
    async with world.state.write() as tx:
        await tx.inbound.add([call])
        until = LATER
        leased = await tx.inbound.lease("crm", owner="x", now=T, until=until, limit=1)
        await tx.inbound.fail(leased, error="unreadable", not_before=None, is_dead=True)


async def ids(world: World) -> list[str]:
    return [each.id for each in (await deliveries(world.workspace)).shown]


async def test_where_everything_is_done_nothing_is_listed() -> None:
    found = await deliveries((await a_world()).workspace)

    assert (found.counts, list(found.shown)) == ({}, [])


async def test_what_was_given_up_says_to_whom_what_and_why() -> None:
    world = await a_world()
    row = await given_up(world)

    (found,) = (await deliveries(world.workspace, state="dead")).shown

    assert found.id == f"write:crm:{row.contact}"
    assert (found.contact, found.attempts, found.cause) == (ADA, 3, "refused: no such option")
    assert found.what == ["heat_score: 5 → 25", "heat_stage: cold → hot", "list Hot: in"]


@pytest.mark.parametrize(
    ("remembered", "told"),
    [(INTERRUPTED, "heatsync was stopped while it was sent"), (STILL_OPEN, "may still arrive")],
)
async def test_an_attempt_that_nobody_saw_the_end_of_is_told_in_plain_words(
    remembered: str, told: str
) -> None:
    world = await a_world()
    row = await given_up(world)
    await world.change_outbound(row, state=DeliveryState.PENDING, last_error=remembered)

    (found,) = (await deliveries(world.workspace)).shown

    assert told in str(found.cause)
    assert str(found.cause).endswith("is tried again")


async def test_an_action_that_nobody_saw_the_end_of_is_told_in_plain_words() -> None:
    world = await a_world()
    await a_firing(world, error=UNSEEN)

    (found,) = (await deliveries(world.workspace)).shown

    assert str(found.cause).startswith("heatsync was stopped while it was sent")


async def test_writes_actions_and_calls_are_counted_and_listed_by_state() -> None:
    world = await a_world()
    await given_up(world)
    await a_firing(world)
    await a_firing(world, FiringState.WAITING, "hot:2")
    await a_dead_call(world)

    found = await deliveries(world.workspace)

    assert found.counts == {
        "calls of crm": {"dead": 1},
        "crm": {"dead": 1},
        "mail": {"dead": 1, "waiting": 1},
    }
    shown = [(each.kind, each.to, each.state) for each in found.shown]
    assert shown == [
        ("write", "crm", "dead"),
        ("action", "mail", "dead"),
        ("call", "crm", "dead"),
        ("action", "mail", "waiting"),
    ]


async def test_deliveries_are_listed_for_one_receiver_and_up_to_a_limit() -> None:
    world = await a_world()
    await given_up(world)
    await a_firing(world)

    one = await deliveries(world.workspace, to="mail")
    first = await deliveries(world.workspace, limit=1)

    assert [each.to for each in one.shown] == ["mail"]
    assert list(one.counts) == ["mail"]
    assert [each.to for each in first.shown] == ["crm"]


async def test_each_is_found_by_its_id() -> None:
    world = await a_world()
    await given_up(world)
    await a_firing(world)
    await a_dead_call(world)

    assert [(await delivery(world.workspace, each)).id for each in await ids(world)] == await ids(
        world
    )


@pytest.mark.parametrize(
    "text", ["write:crm:9", f"write:crm:{10**30}", "write:crm:x", "action:0", "call:0", "what"]
)
async def test_an_unknown_id_is_told(text: str) -> None:
    with pytest.raises(NotFound, match="heatsync deliveries"):
        await delivery((await a_world()).workspace, text)


async def test_a_replayed_write_is_what_is_desired_by_now() -> None:
    world = await a_world()
    await given_up(world)
    ada = next(iter(world.crm.people.values()))
    world.happens(world.crm, ada)

    done = await replay(world.workspace, await ids(world))
    await world.sync()

    assert done.jobs == {Job(lane="crm", task="push"), Job(task="score")}
    assert (ada.values["heat_score"], await ids(world)) == (35, [])


async def test_a_replayed_action_is_done_under_its_key() -> None:
    world = await a_world()
    await a_firing(world)

    done = await replay(world.workspace, await ids(world))

    assert done.jobs == {Job(lane="mail", task="push")}
    async with world.state.read() as tx:
        (firing,) = await tx.triggers.list()
    assert (firing.key, firing.state) == ("hot:1", FiringState.PENDING)
    assert (firing.attempts, firing.last_error) == (0, None)


async def test_a_replayed_call_waits_to_be_processed() -> None:
    world = await a_world()
    await a_dead_call(world)

    done = await replay(world.workspace, await ids(world))

    assert (done.done, done.jobs) == (1, {Job(lane="crm", task="inbound")})
    async with world.state.read() as tx:
        assert (await tx.inbound.backlog())["crm"].waiting == 1


async def test_all_that_is_dead_is_replayed_and_of_one_receiver_only_that() -> None:
    world = await a_world()
    await given_up(world)
    await a_firing(world)
    await a_dead_call(world)

    first = await replay_all(world.workspace, "mail")
    then = await replay_all(world.workspace)

    assert (first.done, then.done) == (1, 2)
    assert (await deliveries(world.workspace, state="dead")).shown == []


async def test_what_is_being_delivered_is_left_alone() -> None:
    world = await a_world()
    row = await given_up(world)
    await world.change_outbound(row, state=DeliveryState.IN_FLIGHT)
    (number,) = await ids(world)

    replayed, dropped = (
        await replay(world.workspace, [number]),
        await drop(world.workspace, [number]),
    )

    assert (replayed.done, dropped.done) == (0, 0)
    assert "at this moment" in replayed.skipped[number]


async def test_of_a_dropped_write_nothing_is_written_until_something_else_is_desired() -> None:
    world = await a_world()
    await given_up(world)
    ada = next(iter(world.crm.people.values()))

    await drop(world.workspace, await ids(world))
    await world.sync()

    assert (ada.values["heat_score"], world.crm.lists["Hot"]) == (5, set())
    assert await ids(world) == []
    world.happens(world.crm, ada)
    await world.sync()
    assert ada.values["heat_score"] == 35


async def test_a_dropped_action_is_called_off_and_it_is_recorded_by_whom() -> None:
    world = await a_world()
    await a_firing(world)

    await drop(world.workspace, await ids(world))

    async with world.state.read() as tx:
        (firing,) = await tx.triggers.list(states=[FiringState.DROPPED])
    assert firing.last_error == "dropped by a person, 2026-01-15T10:00:00Z"


async def test_a_dropped_call_stays_dropped_when_it_comes_again() -> None:
    world = await a_world()
    await a_dead_call(world)

    await drop(world.workspace, await ids(world))

    async with world.state.write() as tx:
        again = [Inbound(platform="crm", id="c1", body=b"{}", received_at=T)]
        assert await tx.inbound.add(again) == 0
    assert await ids(world) == []


async def test_a_failing_write_is_listed_with_its_next_try() -> None:
    world = await a_world()
    ada = next(iter(world.crm.people.values()))
    world.happens(world.crm, ada)
    await world.sync(pushes=False)
    world.play(world.crm, *([Fault.UNAVAILABLE] * 9))

    await world.sync(pulls=False)

    (found,) = (await deliveries(world.workspace)).shown
    assert (found.state, bool(found.cause)) == ("pending", True)


@pytest.mark.parametrize(
    ("part", "cause"),
    [
        ("", "crm: read: refused"),
        ("push", "crm: read: refused"),
        ("pull events", None),
        ("inbound", None),
    ],
)
async def test_what_waits_for_a_platform_that_is_not_reached_says_so(
    part: str, cause: str | None
) -> None:
    world = await a_world()
    world.happens(world.crm, next(iter(world.crm.people.values())))
    await world.sync(pushes=False)
    await a_firing(world, FiringState.PENDING, error="")
    refused = AccessRefused("crm: read: refused", platform="crm", operation="read")
    async with world.state.write() as tx:
        failures = {"crm": [refused]}
        await remember_troubles(tx, failures, asked=["crm"], is_whole=True, now=T, part=part)

    action, write = sorted((await deliveries(world.workspace)).shown, key=lambda each: each.id)

    assert (write.to, write.cause) == ("crm", cause)
    assert (action.to, action.cause) == ("mail", None)


@pytest.mark.parametrize(
    ("kind", "variables"),
    [
        ("notify", "HEATSYNC_NOTIFY__SALES"),
        ("webhook", "HEATSYNC_WEBHOOKS__SALES__URL or HEATSYNC_WEBHOOKS__SALES__SECRET"),
    ],
)
async def test_what_waits_for_an_address_that_nobody_set_says_so(kind: str, variables: str) -> None:
    world = await a_world()
    firing = Firing(
        key="hot:1",
        contact=await world.number_of(ADA),
        trigger="hot",
        kind=kind,
        destination=f"{kind} SALES",
        at=T,
        state=FiringState.PENDING,
    )
    async with world.state.write() as tx:
        await tx.triggers.add([firing])

    (found,) = (await deliveries(world.workspace)).shown

    assert found.cause == f"the variable {variables} is not set"
