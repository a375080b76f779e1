"""Operators are told of what is amiss, of each thing in its time, and when it is well again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain.ledger import Firing, FiringState, Inbound
from connector.errors import (
    ConnectorError,
    PlatformUnavailable,
    RateLimited,
    RightMissing,
    UnexpectedAnswer,
)
from connector.ports.notifier import Severity
from tests.builders import T
from tests.unit.sync.watching import MINUTE, REFUSED, WHERE, Watching, a_watched_world

DOWN = PlatformUnavailable("crm: down", **WHERE)


@pytest.fixture
async def world() -> Watching:
    return await a_watched_world()


async def test_of_an_installation_that_is_well_nothing_is_told(world: Watching) -> None:
    await world.pass_by(timedelta(hours=1))

    assert world.told.titles == []


async def test_a_platform_that_refuses_us_is_told_once_and_once_when_it_is_over(
    world: Watching,
) -> None:
    await world.meet(REFUSED)
    await world.pass_by(5 * MINUTE)
    await world.meet()
    await world.pass_by(5 * MINUTE)

    assert world.told.titles == ["crm refuses us", "crm takes us in again"]
    assert world.told.severities == [Severity.FAILURE, Severity.OVER]


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (REFUSED, "crm refuses us"),
        (UnexpectedAnswer("crm: odd", **WHERE), "crm had to be left"),
        (RightMissing("crm: no", **WHERE), "crm does not allow everything"),
    ],
    ids=["refused", "stopped", "right"],
)
async def test_what_a_person_has_to_mend_is_told_at_once(
    world: Watching, error: ConnectorError, title: str
) -> None:
    await world.meet(error)

    await world.look()

    assert world.told.titles == [title]


async def test_no_word_of_a_person_is_told(world: Watching) -> None:
    await world.meet(REFUSED)

    await world.look()

    assert "jane" not in "".join([*world.told.titles, *world.told.bodies])


async def test_a_platform_that_fails_is_told_when_it_does_for_long(world: Watching) -> None:
    await world.meet(DOWN)
    await world.pass_by(14 * MINUTE)
    await world.meet(DOWN)
    await world.look()
    assert world.told.titles == []

    await world.pass_by(2 * MINUTE)
    await world.meet(DOWN)
    await world.look()

    assert world.told.titles == ["crm is not reached, or fails"]


async def test_a_limit_that_is_used_up_is_no_news(world: Watching) -> None:
    await world.meet(RateLimited("crm: enough", **WHERE))

    await world.pass_by(timedelta(hours=2))

    assert world.told.titles == []


async def test_another_trouble_of_the_same_platform_is_news(world: Watching) -> None:
    await world.meet(REFUSED)
    await world.look()

    await world.meet(UnexpectedAnswer("crm: odd", **WHERE))
    await world.pass_by(3 * MINUTE)

    assert world.told.titles == ["crm refuses us", "crm had to be left"]


async def test_a_stream_that_lags_is_told_once_and_once_when_it_is_up_to_date(
    world: Watching,
) -> None:
    for _ in range(45):
        world.clock.advance(MINUTE)
        await world.read("mail")
        await world.look()
    assert world.told.titles == []

    for _ in range(10):
        world.clock.advance(MINUTE)
        await world.read("mail")
        await world.look()
    await world.pass_by(2 * MINUTE)

    assert world.told.titles == [
        "contacts of crm lag",
        "events of crm lag",
        "contacts of crm are up to date again",
        "events of crm are up to date again",
    ]


async def test_that_a_platform_lags_is_not_told_where_it_is_known_why(world: Watching) -> None:
    await world.meet(REFUSED)
    for _ in range(120):
        world.clock.advance(MINUTE)
        await world.read("mail")
        await world.look()
    await world.meet()
    await world.pass_by(2 * MINUTE)

    assert world.told.titles == ["crm refuses us", "crm takes us in again"]
    assert world.told.severities == [Severity.FAILURE, Severity.OVER]


async def test_what_was_not_read_while_nobody_ran_is_no_news(world: Watching) -> None:
    world.clock.advance(timedelta(days=3))

    await world.pass_by(30 * MINUTE, reads=False)
    assert world.told.titles == []

    await world.pass_by(30 * MINUTE, reads=False)
    assert len(world.told.titles) == 4


async def test_a_first_reading_that_goes_on_for_hours_does_not_lag() -> None:
    world = Watching()

    for _ in range(6):
        for name in ("crm", "mail"):
            for stream in ("contacts", "events"):
                await world.move(name, stream)
        await world.pass_by(40 * MINUTE, reads=False)

    assert world.told.titles == []


async def test_a_stream_that_was_never_read_lags_in_the_end() -> None:
    world = Watching()
    await world.look()

    await world.pass_by(timedelta(hours=1), reads=False)

    assert len(world.told.titles) == 4


async def test_dead_letters_are_told_when_there_are_any_and_when_none_is_left(
    world: Watching,
) -> None:
    firing = Firing(
        key="k",
        contact=1,
        trigger="call",
        kind="notify",
        destination="notify SALES",
        at=T,
        state=FiringState.DEAD,
    )
    async with world.state.write() as tx:
        await tx.triggers.add([firing, replace(firing, key="l")])
    await world.pass_by(5 * MINUTE)
    async with world.state.write() as tx:
        await tx.triggers.save(
            [replace(firing, key=key, state=FiringState.DROPPED) for key in ("k", "l")]
        )
    await world.pass_by(5 * MINUTE)

    assert world.told.titles == [
        "notify SALES: dead letters (2)",
        "notify SALES: no dead letters are left",
    ]


async def test_webhook_calls_that_wait_for_long_are_told(world: Watching) -> None:
    call = Inbound(platform="crm", id="1", body=b"{}", received_at=world.clock.now())
    async with world.state.write() as tx:
        await tx.inbound.add([call])
    await world.pass_by(5 * MINUTE)
    assert world.told.titles == []

    await world.pass_by(2 * MINUTE)
    async with world.state.write() as tx:
        now = world.clock.now()
        leased = await tx.inbound.lease("crm", owner="a", now=now, until=now, limit=9)
        await tx.inbound.done(leased, now=now)
    await world.pass_by(2 * MINUTE)

    assert world.told.titles == [
        "webhook calls of crm wait",
        "webhook calls of crm are processed again",
    ]
