"""How runs are remembered, undone, and told to whoever started them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import (
    AccessRefused,
    BackInTime,
    ConnectorError,
    PlatformUnavailable,
    RejectedByPlatform,
    RightMissing,
    SourceEmptied,
    StateBusy,
    UnexpectedAnswer,
    UnsupportedByPlatform,
)
from connector.sync.cycle import Steps, run_cycle
from connector.sync.dry import dry
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from tests.builders import T
from tests.unit.sync.world import World

DAY = timedelta(days=1)
WHERE: dict[str, Any] = {"platform": "crm", "operation": "read"}


async def test_a_run_is_remembered_with_what_it_did() -> None:
    world = World()
    await world.sync(command="sync")

    async with world.state.read() as tx:
        (run,) = await tx.runs.last()

    assert (run.command, run.error, run.finished_at) == ("sync", None, T)
    assert json.loads(run.summary or "")["at"] == "2026-01-15T10:00:00Z"


async def test_a_run_that_failed_is_remembered_with_its_reason() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    with pytest.raises(BackInTime):
        await world.sync(at=T - DAY)

    async with world.state.read() as tx:
        latest, _ = await tx.runs.last()

    assert "rewrite" in (latest.error or "")


async def test_a_second_cycle_at_the_same_time_is_refused() -> None:
    world = World()

    async with world.state.own_cycles("daemon"):
        with pytest.raises(StateBusy):
            await world.sync()


async def test_a_dry_run_leaves_nothing_behind() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    world.happens(world.crm, "a@x.org")
    before = world.state._committed.copy()

    async with dry(world.state) as undone:
        workspace = Workspace(
            state=undone,
            platforms=world.platforms,
            configuration=world.configuration,
            clock=world.clock,
        )
        steps = Steps(pushes=False, is_dry=True)
        summary = await run_cycle(workspace, steps, T - DAY)
        assert summary.scored == 1

    assert world.state._committed == before
    assert (await world.sync()).scored == 1


async def test_a_dry_run_that_fails_leaves_nothing_behind() -> None:
    world = World()
    before = world.state._committed.copy()

    async def doomed() -> None:
        async with dry(world.state) as undone, undone.write() as tx:
            await tx.notes.put("a", "b")
            raise KeyError

    with pytest.raises(KeyError):
        await doomed()

    assert world.state._committed == before


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([PlatformUnavailable(**WHERE)], 75),
        ([AccessRefused(**WHERE)], 69),
        ([UnexpectedAnswer(**WHERE)], 69),
        ([SourceEmptied()], 69),
        ([PlatformUnavailable(**WHERE), AccessRefused(**WHERE)], 69),
        ([UnsupportedByPlatform(**WHERE)], 78),
        ([RejectedByPlatform(**WHERE)], 69),
    ],
    ids=["fine", "down", "refused", "unreadable", "emptied", "both", "unsupported", "turned down"],
)
def test_the_exit_code_says_what_to_do(errors: list[ConnectorError], code: int) -> None:
    summary = Summary(at=T)

    summary.failed("crm", errors)

    assert summary.exit_code == code
    assert len(summary.problems) == len(errors)


def test_machines_are_told_who_refused() -> None:
    summary = Summary(at=T)
    assert "refused" not in summary.to_json()

    summary.failed("crm", [PlatformUnavailable(**WHERE), AccessRefused(**WHERE)])
    summary.failed("mail", [RightMissing(**WHERE)])

    assert summary.to_json()["refused"] == ["crm"]


def test_what_is_to_be_tried_again_is_worth_another_run() -> None:
    summary = Summary(at=T)
    counts = {"delivered": 5, "unchanged": 0, "failed": 35, "dead": 0, "calls": 1}

    summary.deliveries["crm"] = counts

    assert summary.exit_code == 75
