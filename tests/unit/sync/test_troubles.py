"""What keeps platforms from being asked is known to whoever looks later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.faults import Fault
from connector.errors import (
    AccessRefused,
    ConnectorError,
    LeftAlone,
    LimitUsedUp,
    PlatformUnavailable,
    RightMissing,
    SourceEmptied,
    UnexpectedAnswer,
)
from connector.sync.looking.standing import standing
from connector.sync.troubles import Kind, Trouble, gravest, kind_of, remember_troubles, troubles
from tests.builders import T
from tests.unit.sync.world import World

HOUR = timedelta(hours=1)
WHERE: dict[str, Any] = {"platform": "crm", "operation": "read"}
REFUSED = AccessRefused("crm: read: refused", **WHERE)


async def found(world: World) -> Sequence[Trouble]:
    return (await standing(world.workspace)).troubles


async def is_refused(world: World) -> None:
    """Let crm refuse a run."""
    world.crm.create(f"{world.crm.requests}@x.org")
    world.play(world.crm, Fault.ACCESS_REFUSED)
    await world.sync()


async def test_a_platform_that_refused_a_run_is_known_to_the_next_look() -> None:
    world = World()

    await is_refused(world)

    (trouble,) = await found(world)
    assert (trouble.platform, trouble.kind, trouble.since) == ("crm", Kind.REFUSED, T)
    assert trouble.to_json()["message"] == "The platform refuses the key."


async def test_trouble_that_goes_on_is_told_from_its_beginning() -> None:
    world = World()
    for _ in range(3):
        await is_refused(world)
        world.clock.advance(HOUR)

    (trouble,) = await found(world)

    assert (trouble.since, trouble.seen_at) == (T, T + 2 * HOUR)


async def test_a_run_that_was_let_in_ends_the_trouble() -> None:
    world = World()
    await is_refused(world)

    await world.sync()

    assert await found(world) == []


async def test_a_run_that_asked_another_platform_ends_no_trouble() -> None:
    world = World()
    await is_refused(world)

    await world.sync(only="mail")
    await world.sync(pulls=False, pushes=False)

    assert [each.platform for each in await found(world)] == ["crm"]


@pytest.mark.parametrize(("is_whole", "left"), [(False, 1), (True, 0)])
async def test_a_missing_right_is_over_once_all_was_done(is_whole: bool, left: int) -> None:
    world = World()
    lacks: dict[str, list[ConnectorError]] = {"crm": [RightMissing("no", **WHERE)]}
    async with world.state.write() as tx:
        await remember_troubles(tx, lacks, asked=(), is_whole=True, now=T)

    async with world.state.write() as tx:
        await remember_troubles(tx, {}, asked=["crm"], is_whole=is_whole, now=T)

    async with world.state.read() as tx:
        assert len(await troubles(tx, ["crm", "mail"])) == left


async def test_trouble_of_another_kind_is_new() -> None:
    world = World()
    for at, error in ((T, PlatformUnavailable("down", **WHERE)), (T + HOUR, REFUSED)):
        async with world.state.write() as tx:
            await remember_troubles(tx, {"crm": [error]}, asked=(), is_whole=True, now=at)

    (trouble,) = await found(world)

    assert (trouble.kind, trouble.since) == (Kind.REFUSED, T + HOUR)
    assert trouble.message == "read: refused"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (REFUSED, Kind.REFUSED),
        (RightMissing(**WHERE), Kind.LACKS_A_RIGHT),
        (LeftAlone(**WHERE), Kind.FAILING),
        (LimitUsedUp(**WHERE), Kind.USED_UP),
        (UnexpectedAnswer(**WHERE), Kind.STOPPED),
        (SourceEmptied(), Kind.STOPPED),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, ConnectorError) else each.value,
)
def test_an_error_is_of_a_kind(error: ConnectorError, kind: Kind) -> None:
    assert kind_of(error) is kind


def test_of_several_errors_the_gravest_is_told() -> None:
    errors = [LimitUsedUp(**WHERE), REFUSED, PlatformUnavailable(**WHERE)]

    assert gravest(errors) is REFUSED
    assert gravest([]) is None


async def met(world: World, part: str, *errors: ConnectorError) -> None:
    """Let a part of the work on crm end, with errors or well."""
    async with world.state.write() as tx:
        await remember_troubles(
            tx,
            {"crm": errors} if errors else {},
            asked=["crm"],
            is_whole=False,
            now=world.clock.now(),
            part=part,
        )


async def test_a_part_that_ends_well_leaves_what_another_met() -> None:
    world = World()
    await met(world, "push", UnexpectedAnswer("crm: push: odd", **WHERE))

    await met(world, "pull contacts")

    assert [each.part for each in await found(world)] == ["push"]


async def test_a_part_that_ends_well_shows_that_the_key_of_another_is_taken_again() -> None:
    world = World()
    await met(world, "pull events", REFUSED)

    await met(world, "pull contacts")

    assert await found(world) == []


async def test_of_what_the_parts_met_the_gravest_is_told() -> None:
    world = World()
    await met(world, "pull events", PlatformUnavailable("crm: gone", **WHERE))
    world.clock.advance(HOUR)

    await met(world, "push", REFUSED)

    (told,) = await found(world)
    assert (told.part, told.kind, told.since) == ("push", Kind.REFUSED, T + HOUR)


async def test_a_part_that_ends_well_forgets_what_it_met_and_what_a_whole_run_did() -> None:
    world = World()
    await is_refused(world)
    await met(world, "push", RightMissing("crm: no", **WHERE))

    await met(world, "push")

    assert await found(world) == []


async def test_a_whole_run_that_ends_well_forgets_what_every_part_met() -> None:
    world = World()
    await met(world, "push", RightMissing("crm: no", **WHERE))
    await met(world, "pull events", REFUSED)

    await world.sync()

    assert await found(world) == []


async def test_what_was_kept_before_there_were_parts_is_still_read() -> None:
    world = World()
    kept = f'{{"kind": "refused", "message": "no", "since": "{T:%FT%TZ}", "seen_at": "{T:%FT%TZ}"}}'
    async with world.state.write() as tx:
        await tx.notes.put("trouble crm", kept)

    (told,) = await found(world)

    assert (told.kind, told.message, told.since, told.part) == (Kind.REFUSED, "no", T, "")
