"""Versions of the model: remembered, told apart, and told by explain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import NotFound
from connector.sync.deciding.rescore import rescore
from connector.sync.deciding.versions import ModelVersion, changes_between, version_called, versions
from connector.sync.looking.explaining import explain
from tests.builders import T
from tests.unit.sync.world import TEXT, World

DAY = timedelta(days=1)
EDITED = TEXT.replace("points: 10", "points: 25")


async def known(world: World) -> list[ModelVersion]:
    async with world.state.read() as tx:
        return list(await versions(tx))


async def edited_world() -> World:
    """Return a world with one opened mail, scored at T and under other points a day later."""
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()
    world.configure(EDITED)
    world.clock.advance(DAY)
    await world.sync()
    return world


async def test_a_model_becomes_a_version_when_it_first_decides() -> None:
    world = World()
    await world.sync()
    assert await known(world) == []

    world.crm.create("a@x.org")
    await world.sync()

    (only,) = await known(world)
    assert (only.number, only.since, only.digest) == (1, T, world.configuration.digest)


async def test_a_model_that_comes_back_is_the_version_that_it_was() -> None:
    world = await edited_world()
    world.configure(TEXT)
    await world.sync()

    assert [each.number for each in await known(world)] == [1, 2]


async def test_an_edit_scores_everybody_once_and_shows_how_far_it_is() -> None:
    world = await edited_world()
    world.crm.create("b@x.org")
    await world.sync()
    world.configure(TEXT)
    workspace = world.workspace
    told: list[tuple[str, int, int | None]] = []

    class Watched:
        def step(self, label: str, done: int, total: int | None = None) -> None:
            told.append((label, done, total))

    object.__setattr__(workspace, "progress", Watched())

    first = await rescore(workspace, world.clock.now())
    second = await rescore(workspace, world.clock.now())

    assert (first.scored, second.scored) == (2, 0)
    assert told[:2] == [("Scoring", 0, 2), ("Scoring", 2, 2)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("model:", "model:  # what counts"), id="a comment"),
        pytest.param(TEXT.replace("within: 7d", "within: 1w"), id="another unit"),
        pytest.param(
            TEXT.replace("{event: email.opened, points: 10}", "{points: 10, event: email.opened}"),
            id="another order of keys",
        ),
    ],
)
async def test_an_edit_that_means_the_same_scores_nobody(text: str) -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()

    world.configure(text)

    assert (await rescore(world.workspace, T)).scored == 0
    assert len(await known(world)) == 1


async def test_a_change_is_told_with_its_old_and_its_new_value() -> None:
    before, after = await known(await edited_world())

    (change,) = changes_between(before.source, after.source)

    assert (change.path, change.before, change.after) == ("rules.opened.points", 10, 25)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        pytest.param("name: hot, from: 20", "name: hot, from: 30", "stages.hot", id="a threshold"),
        pytest.param("expires: 30d", "expires: 60d", "rules.viewed.decay.span", id="a decay"),
        pytest.param(
            "    boss: {when: \"job = 'boss'\", points: 5, dimension: fit}\n",
            "",
            "rules.boss",
            id="a rule gone",
        ),
        pytest.param("heat >= 20", "heat >= 30", "targets.mail.tags.vip", id="a condition"),
    ],
)
async def test_each_place_that_differs_is_named(old: str, new: str, path: str) -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    world.configure(TEXT.replace(old, new))
    await world.sync()

    sources = [each.source for each in await known(world)]
    paths = [each.path for each in changes_between(*sources)]

    assert [each for each in paths if path in each] == paths != []


async def test_a_version_is_found_by_number_and_by_the_beginning_of_its_digest() -> None:
    world = await edited_world()
    one, two = await known(world)

    async with world.state.read() as tx:
        assert await version_called(tx, "2") == two
        assert await version_called(tx, one.short) == one
        for text in ("3", "0", one.digest[:4], ""):
            with pytest.raises(NotFound, match="heatsync models"):
                await version_called(tx, text)


async def test_explain_names_the_version_and_the_one_that_decided_then() -> None:
    world = await edited_world()

    now = await explain(world.workspace, "a@x.org", T + DAY)
    then = await explain(world.workspace, "a@x.org", T)
    before = await explain(world.workspace, "a@x.org", T - DAY)

    assert [each and each.number for each in (now.version, now.decided_by)] == [2, 2]
    assert [each and each.number for each in (then.version, then.decided_by)] == [2, 1]
    assert [each and each.number for each in (before.version, before.decided_by)] == [2, None]


async def test_explain_tells_what_an_edit_made_of_a_score() -> None:
    world = await edited_world()

    (edit,) = (await explain(world.workspace, "a@x.org", T + DAY)).edits

    assert (edit.name, edit.version.number, edit.after.at) == ("heat", 2, T + DAY)
    assert (edit.before.rounded, edit.before.stage) == (10, "warm")
    assert (edit.after.rounded, edit.after.stage) == (25, "hot")
    assert (await explain(world.workspace, "a@x.org", T)).edits == []


async def test_a_change_after_the_first_use_of_a_version_is_no_edit() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    world.configure(EDITED)
    await world.sync()
    world.clock.advance(DAY)
    world.happens(world.crm, "a@x.org")
    await world.sync()

    explanation = await explain(world.workspace, "a@x.org", T + DAY)

    assert (explanation.rounded, explanation.edits) == ({"heat": 25}, [])
