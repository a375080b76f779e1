"""Who is hottest, as far as the state alone tells, or another process."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import ConfigError, NotFound
from connector.sync.looking.ranking import Ranking, ranking, ranking_stored
from tests.unit.sync.world import TEXT, World

TWO = TEXT.replace("    heat:", "    fame: {}\n    heat:")


async def scored(text: str) -> World:
    world = World(text)
    world.crm.create("a@x.org", job="boss")
    await world.sync()
    return world


async def test_of_one_score_the_state_alone_tells_the_same() -> None:
    world = await scored(TEXT)

    stored = await ranking_stored(world.state, None, stage=None, limit=9)

    assert stored == await ranking(world.workspace, limit=9)
    assert [each.email for each in stored.leads] == ["a@x.org"]


async def test_of_several_scores_the_one_that_is_meant_is_to_be_named() -> None:
    world = await scored(TWO)

    with pytest.raises(ConfigError) as caught:
        await ranking_stored(world.state, None, stage=None, limit=9)
    named = await ranking_stored(world.state, "fame", stage=None, limit=9)

    (problem,) = caught.value.problems
    assert (problem.message.endswith("known: fame, heat"), "--score" in str(problem.hint)) == (
        True,
        True,
    )
    assert named.score == "fame"


async def test_of_a_model_that_was_taken_back_no_score_is_left_to_name() -> None:
    world = await scored(TEXT)
    for text in (TWO, TEXT):
        world.clock.advance(timedelta(days=1))
        world.configure(text)
        await world.sync()

    stored = await ranking_stored(world.state, None, stage=None, limit=9)

    assert stored == await ranking(world.workspace, limit=9)


async def test_what_another_process_tells_is_the_same_ranking() -> None:
    world = await scored(TEXT)
    told = (await ranking(world.workspace, limit=9)).to_json()

    assert Ranking.told(told).to_json() == told


async def test_before_anybody_was_scored_there_is_nothing_stored_to_tell() -> None:
    with pytest.raises(NotFound):
        await ranking_stored(World().state, None, stage=None, limit=9)
