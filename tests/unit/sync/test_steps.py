"""How a score comes about, step by step."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError, NotFound
from connector.sync.deciding.overriding import set_override
from connector.sync.looking.steps import Stairs, stairs
from tests.unit.sync.world import TEXT, World


async def _stairs(world: World, score: str | None = None) -> Stairs:
    return await stairs(world.workspace, "a@x.org", score, world.clock.now())


def _told(found: Stairs) -> list[tuple[str, float, float]]:
    return [
        (each.contribution.rule if each.contribution else each.kind, each.points, each.after)
        for each in found.steps
    ]


async def _a_boss(text: str = TEXT, opened: int = 1) -> World:
    """Return a world with somebody who has opened so many mails, and gets 5 for their job."""
    world = World(text)
    world.crm.create("a@x.org", job="boss")
    for _ in range(opened):
        world.happens(world.crm, "a@x.org")
    await world.sync()
    return world


async def test_rules_add_up_to_the_score() -> None:
    found = await _stairs(await _a_boss())

    assert _told(found) == [("opened", 10.0, 10.0), ("boss", 5.0, 15.0)]
    assert found.explanation.scores["heat"] == 15.0


async def test_a_limit_comes_behind_the_rules_that_it_cuts() -> None:
    found = await _stairs(
        await _a_boss(TEXT.replace("engagement: {}", "engagement: {cap: 12}"), opened=3)
    )

    assert _told(found) == [("opened", 30.0, 30.0), ("limit", -18.0, 12.0), ("boss", 5.0, 17.0)]


@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        ("engagement + fit", [("opened", 30.0), ("boss", 5.0)]),
        ("engagement * 0.5 + fit", [("opened", 30.0), ("boss", 5.0), ("formula", -15.0)]),
        ("engagement", [("opened", 30.0)]),
        ("engagement * 10 + fit", [("opened", 30.0), ("boss", 5.0), ("formula", 270.0),
                                   ("range", -205.0)]),
        ("engagement / (fit - 5)", [("opened", 30.0), ("boss", 5.0)]),
    ],
    ids=["sum", "weighted", "one_dimension", "beyond_the_range", "no_number"],
)  # fmt: skip
async def test_the_formula_and_the_range_are_steps_of_their_own(
    formula: str, steps: list[tuple[str, float]]
) -> None:
    world = await _a_boss(TEXT.replace("engagement + fit", formula), opened=3)

    found = await _stairs(world)

    exact = found.explanation.scores["heat"]
    if exact is None:
        assert found.steps == ()
        return
    assert [(name, points) for name, points, _ in _told(found)] == steps
    assert found.steps[-1].after == exact


async def test_a_decision_by_hand_is_the_last_step() -> None:
    world = await _a_boss()
    await set_override(world.workspace, "a@x.org", "heat", 80, "met at the fair")
    await world.sync()

    found = await _stairs(world)

    assert _told(found)[-1] == ("by_hand", 65.0, 80.0)


async def test_a_decision_for_what_is_computed_is_told_all_the_same() -> None:
    world = await _a_boss()
    await set_override(world.workspace, "a@x.org", "heat", 15, "it is right")

    assert _told(await _stairs(world))[-1] == ("by_hand", 0.0, 15.0)


async def test_who_is_outside_the_population_has_no_steps() -> None:
    world = await _a_boss(
        TEXT.replace("range: [0, 100]", "population: \"last_page = 'x'\"\n      range: [0, 100]")
    )

    assert (await _stairs(world)).steps == ()


async def test_an_unknown_score_or_person_is_told() -> None:
    world = await _a_boss()

    with pytest.raises(ConfigError):
        await _stairs(world, "cold")
    with pytest.raises(NotFound):
        await stairs(world.workspace, "b@x.org", None, world.clock.now())
