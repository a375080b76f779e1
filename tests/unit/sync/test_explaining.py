"""Why a person has their score, now and as of the past."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from connector.domain.instants import iso
from connector.errors import NotFound
from connector.sync.deciding.overriding import set_override
from connector.sync.looking.explaining import Explanation, explain
from connector.sync.looking.exporting import export
from connector.sync.looking.retold import retold
from tests.builders import T
from tests.unit.sync.world import TEXT, World

DAY = timedelta(days=1)


async def why(world: World, text: str = "a@x.org", at: datetime | None = None) -> Explanation:
    return await explain(world.workspace, text, at or world.clock.now())


def adds_up(explanation: Explanation) -> bool:
    sums: defaultdict[str | None, float] = defaultdict(float)
    for each in explanation.contributions:
        sums[each.dimension] += each.points
    return all(
        abs(sums[name] - (value or 0)) < 1e-9 for name, value in explanation.dimensions.items()
    )


async def test_contributions_add_up_to_the_dimensions() -> None:
    world = World(TEXT.replace("engagement: {}", "engagement: {cap: 15}"))
    world.crm.create("a@x.org", job="boss")
    for kind in ("email.opened", "email.opened", "page.viewed"):
        world.happens(world.crm, "a@x.org", kind)
    await world.sync()

    explanation = await why(world)

    assert explanation.dimensions == {"engagement": 15.0, "fit": 5.0}
    assert explanation.scores == {"heat": 20.0}
    assert adds_up(explanation)
    assert [(each.rule, each.points) for each in explanation.contributions] == [
        ("opened", 20.0),
        ("(limit)", -6.0),
        ("boss", 5.0),
        ("viewed", 1.0),
    ]


@pytest.mark.parametrize("text", ["a@x.org", " A@X.org ", "crm:m1"])
async def test_a_person_is_found_by_address_and_by_record(text: str) -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()

    explanation = await why(world, text)

    assert explanation.person.email == "a@x.org"
    assert (await why(world, explanation.person.key)).person == explanation.person


async def test_nobody_is_told_with_what_can_be_given() -> None:
    with pytest.raises(NotFound, match="our id, or platform:id"):
        await why(World(), "nobody@x.org")


async def test_the_past_is_what_is_known_today_as_of_then() -> None:
    world = World()
    world.crm.create("a@x.org", job="boss")
    world.happens(world.crm, "a@x.org", at=T - 10 * DAY)
    world.happens(world.crm, "a@x.org", at=T - DAY)
    await world.sync()

    before, between = await why(world, at=T - 11 * DAY), await why(world, at=T - 5 * DAY)

    assert (before.scores["heat"], between.scores["heat"]) == (5.0, 15.0)
    assert adds_up(before)
    assert adds_up(between)


async def test_the_stage_of_the_past_holds_on_to_what_was_decided_until_then() -> None:
    held = TEXT.replace("{name: hot, from: 20}", "{name: hot, from: 20, leave_below: 5}")
    world = World(held.replace("opened: {event: email.opened, points: 10}", _FADING))
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    for _ in range(3):
        await world.sync()
        world.clock.advance(10 * DAY)

    decided = await why(world, at=T + 20 * DAY)
    before_any = await why(world, at=T - DAY)

    assert (decided.scores["heat"], decided.stages["heat"]) == (10.0, "hot")
    assert before_any.stages["heat"] == "cold"


async def test_lists_are_those_desired_where_the_person_has_a_record() -> None:
    world = World(TEXT + '    lists: {News: {when: "heat >= 20"}}\n')
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()

    explanation = await why(world)

    assert explanation.lists == {"crm": ["Hot"]}
    assert explanation.platforms == {"crm": ["m1"]}


async def test_a_kept_list_stays_from_the_decision_that_took_them_in() -> None:
    keep = TEXT.replace(
        "when: \"heat_stage = 'hot'\"}", "when: \"heat_stage = 'hot'\", keep: true}"
    )
    world = World(keep.replace("opened: {event: email.opened, points: 10}", _FADING))
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()
    world.clock.advance(30 * DAY)
    await world.sync()

    assert (await why(world)).lists == {"crm": ["Hot"]}
    assert (await why(world)).stages == {"heat": "cold"}


async def test_a_merged_record_still_names_its_person() -> None:
    world = World()
    loser, winner = world.crm.create("a@x.org"), world.crm.create("b@x.org")
    world.happens(world.crm, loser)
    await world.sync()
    world.crm.merge(loser, winner)
    await world.sync()

    explanation = await why(world, f"crm:{loser.id}")

    assert explanation.scores["heat"] == 10.0
    assert explanation.platforms == {"crm": [winner.id]}


async def test_an_excluded_person_has_no_scores() -> None:
    world = World(TEXT + "\ncontacts: {exclude: \"email = 'a@x.org'\"}\n")
    world.crm.create("a@x.org", job="boss")
    await world.sync()

    explanation = await why(world)

    assert explanation.is_excluded
    assert explanation.scores == {"heat": None}
    assert explanation.contributions == []


async def test_what_machines_are_told_has_the_agreed_shape() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org", "page.viewed", url="/a")
    await world.sync()

    told = (await why(world)).to_json()

    assert told["contact"] == {
        "email": "a@x.org",
        "id": (await why(world)).person.key,
        "platforms": {"crm": ["m1"]},
    }
    assert told["contributions"] == [
        {
            "rule": "viewed",
            "dimension": "engagement",
            "raw_points": 1.0,
            "points": 1.0,
            "events": 1,
            "first_at": "2026-01-15T10:00:00Z",
            "last_at": "2026-01-15T10:00:00Z",
        }
    ]
    assert (told["at"], told["traits"]) == ("2026-01-15T10:00:00Z", {"last_page": "/a"})
    assert told["next_change_at"] is not None


async def test_an_override_is_shown_beside_what_was_computed() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    await set_override(world.workspace, "a@x.org", "heat", 90, "met at the fair")

    told = (await why(world)).to_json()

    assert told["scores"] == {"heat": 90.0}
    assert told["overrides"] == [
        {"score": "heat", "value": 90, "reason": "met at the fair", "made_at": iso(T)}
    ]


async def test_what_another_process_was_told_is_the_same_explanation() -> None:
    world = World(TEXT.replace("engagement: {}", "engagement: {cap: 15}"))
    world.crm.create("a@x.org", job="boss")
    for kind in ("email.opened", "email.opened", "page.viewed"):
        world.happens(world.crm, "a@x.org", kind)
    await world.sync()
    await set_override(world.workspace, "a@x.org", "heat", 90, "met at the fair")
    world.configure(TEXT.replace("points: 10", "points: 25"))
    world.clock.advance(DAY)
    await world.sync()
    told = (await why(world)).to_json()

    again = retold(told)

    assert again.to_json() == told
    assert (again.turn, again.overrides[0].made_at) == ((await why(world)).turn, T)
    assert told["edits"]


async def test_scores_are_exported_as_decided() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()

    (row,) = (await export(world.workspace, what="scores", at=None)).rows(named=True)

    assert (row["email"], row["score"], row["exact"], row["stage"]) == (
        "a@x.org",
        "heat",
        10.0,
        "warm",
    )


async def test_contributions_are_exported_as_of_an_instant() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()

    now = await export(world.workspace, what="contributions", at=None)
    before = await export(world.workspace, what="contributions", at=T - DAY)

    assert [(row["email"], row["rule"], row["points"]) for row in now.rows(named=True)] == [
        ("a@x.org", "opened", 10.0)
    ]
    assert before.height == 0


async def test_an_empty_installation_exports_headers() -> None:
    frame = await export(World().workspace, what="scores", at=None)

    assert (frame.height, frame.columns[:3]) == (0, ["id", "email", "score"])


_FADING = "opened: {event: email.opened, points: 20, decay: {linear: 40d}}"
