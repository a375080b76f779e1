"""Operators are told once when something is amiss, and once when it is well again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.faults import Fault
from connector.domain.ledger import Firing, FiringState, Inbound, StoredCursor
from connector.errors import (
    AccessRefused,
    ConnectorError,
    PlatformUnavailable,
    RateLimited,
    RightMissing,
    UnexpectedAnswer,
)
from connector.sync.alerting.ledger import UNWATCHED
from connector.sync.alerting.watch import CLAIMED, Watched, watch
from connector.sync.completions import note_completion
from connector.sync.troubles import remember_troubles
from connector.sync.workspace import Workspace
from tests.builders import T
from tests.unit.sync.world import World

MINUTE = timedelta(minutes=1)
WHERE: dict[str, Any] = {"platform": "crm", "operation": "read"}
REFUSED = AccessRefused("crm: read: refused for jane@x.org", **WHERE)
DOWN = PlatformUnavailable("crm: down", **WHERE)


@dataclass
class Told:
    """A notifier that keeps what it was told, and fails as often as it shall."""

    titles: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    failures: int = 0

    async def notify(self, title: str, body: str) -> None:
        if self.failures:
            self.failures -= 1
            raise PlatformUnavailable("alert: down", platform="alert", operation="notify")
        self.titles.append(title.removeprefix("heatsync: "))
        self.bodies.append(body)


class Watching(World):
    """An installation of which somebody looks after each minute."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Told()

    async def look(self, **seen: Any) -> Watched:  # noqa: ANN401 - whatever the process saw
        return await watch(self.workspace, self.told, self.clock.now(), **seen)

    async def pass_by(self, span: timedelta, *, reads: bool = True) -> None:
        """Look each minute; `reads` is whether every stream is read each minute as well."""
        for _ in range(span // MINUTE):
            self.clock.advance(MINUTE)
            if reads:
                await self.read()
            await self.look()

    async def read(self, *names: str) -> None:
        async with self.state.write() as tx:
            for name in names or ("crm", "mail"):
                for stream in ("contacts", "events"):
                    await note_completion(tx, name, stream, self.clock.now())

    async def move(self, name: str, stream: str) -> None:
        """Let one more page of a stream be read."""
        cursor = StoredCursor(
            platform=name, stream=stream, cursor="c", reading="", updated_at=self.clock.now()
        )
        async with self.state.write() as tx:
            await tx.cursors.put(cursor)

    async def meet(self, *errors: ConnectorError) -> None:
        async with self.state.write() as tx:
            found = {"crm": errors} if errors else {}
            now = self.clock.now()
            await remember_troubles(tx, found, asked=["crm"], is_whole=True, now=now)


@pytest.fixture
async def world() -> Watching:
    world = Watching()
    await world.read()
    await world.look()
    return world


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

    async def fails_second(title: str, body: str) -> None:
        nonlocal calls
        calls += 1
        world.told.failures = 1 if calls == 2 else 0
        await notify(title, body)

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

    async def notify(self, title: str, body: str) -> None:
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
