"""A scoring that takes long decides nobody at an instant before their last decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.sync.deciding import rescore as rescoring
from connector.sync.deciding.rescore import rescore
from connector.sync.turns import pull_turn, score_turn
from tests.unit.sync.world import TEXT, World

MAILED = """
triggers:
  call: {when: "heat_stage = 'hot'", do: [{email: {platform: crm, template: 1}}]}
"""
MINUTE = timedelta(minutes=1)


async def test_whoever_was_decided_later_while_others_were_scored_stays_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rescoring, "SHARED_BATCH", 1)
    world = World(TEXT + MAILED)
    first, last = world.crm.create("a@x.org"), world.crm.create("z@x.org")
    await world.sync()
    shared = replace(world.workspace, is_shared=True)

    async def happens(*people: object) -> None:
        world.clock.advance(MINUTE)
        for person in people:
            world.happens(world.crm, person)  # type: ignore[arg-type]  # persons of the account
        await pull_turn(shared, "crm", "events")

    await happens(first, last)
    began = world.clock.now()
    score_batch, batches = rescoring._rescore_batch, 0

    async def slow(*args: Any, **named: Any) -> None:  # noqa: ANN401 - handed on as they came
        nonlocal batches
        batches += 1
        await score_batch(*args, **named)
        if batches == 1:
            await happens(last)
            await score_turn(shared)

    monkeypatch.setattr(rescoring, "_rescore_batch", slow)

    await rescore(shared, began)

    assert (await world.scores())["z@x.org"] == (20.0, "hot")
    async with world.state.read() as tx:
        assert await tx.triggers.fired("call", None) == 1
