"""A trigger fires when its condition becomes true, and at no other time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.domain.ledger import FiringState
from connector.sync.cycle import Steps, run_cycle
from connector.sync.deciding.rescore import rescore
from connector.sync.dry import dry
from tests.builders import T
from tests.unit.sync.alarms import DAY, HOUR, Alarms, a_trigger
from tests.unit.sync.world import MODEL

PENDING, DROPPED = FiringState.PENDING, FiringState.DROPPED
SECOND = timedelta(seconds=1)


async def test_whoever_holds_at_their_first_scoring_sets_the_baseline() -> None:
    world = Alarms()
    world.newcomers("ann", job="boss")

    assert await world.decide() == {"call": 0}
    assert await world.decide() == {"call": 0}
    assert await world.firings() == []


async def test_whoever_begins_to_hold_fires_once() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann")
    await world.decide()

    assert await world.change(ann, "boss") == 1
    world.happens(world.crm, ann)
    assert await world.decide() == {"call": 0}

    (firing,) = await world.firings()
    key = (await world.number_of("ann@x.org"), "call", "email", "crm")
    assert (firing.contact, firing.trigger, firing.kind, firing.destination) == key
    assert (firing.at, firing.state) == (world.clock.now() - HOUR, PENDING)


async def test_every_new_entry_fires() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann", job="boss")
    await world.decide()

    fired = [await world.change(ann, job) for job in ("cook", "boss", "cook", "boss")]

    assert fired == [0, 1, 0, 1]
    assert len({each.key for each in await world.firings()}) == 2


async def test_backfill_lets_the_first_scoring_fire() -> None:
    world = Alarms(a_trigger("backfill: true"))
    world.newcomers("ann", job="boss")
    world.newcomers("ben")

    assert await world.decide() == {"call": 1}
    assert await world.alarmed() == ["ann"]


async def test_nothing_is_kept_of_those_for_whom_it_never_held() -> None:
    world = Alarms()
    world.newcomers("ann", "ben")
    await world.decide()

    assert await world.known("ann@x.org") == {}


async def test_time_alone_can_end_a_condition_and_later_events_begin_it_again() -> None:
    world = Alarms(a_trigger(when="heat >= 10", options="backfill: true"))
    (ann,) = world.newcomers("ann")
    for number in range(10):
        world.happens(world.crm, ann, "page.viewed", url=f"/{number}")

    assert await world.decide() == {"call": 1}
    assert await world.decide(40 * DAY) == {"call": 0}
    assert not (await world.known("ann@x.org"))["call"].is_active
    world.happens(world.crm, ann, "email.opened")
    assert await world.decide() == {"call": 1}


@pytest.mark.parametrize(
    ("after", "fires"), [(30 * DAY - SECOND, 0), (30 * DAY, 1), (30 * DAY + SECOND, 1)], ids=str
)
async def test_an_entry_too_soon_after_the_last_firing_does_nothing(
    after: timedelta, fires: int
) -> None:
    world = Alarms(a_trigger("again_after: 30d"))
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")
    await world.change(ann, "cook", HOUR)

    assert await world.change(ann, "boss", after - HOUR) == fires


async def test_an_entry_that_came_too_soon_is_not_made_up_for() -> None:
    world = Alarms(a_trigger("again_after: 30d"))
    (ann,) = world.newcomers("ann")
    await world.decide()
    for job in ("boss", "cook", "boss"):
        await world.change(ann, job)

    world.happens(world.crm, ann)
    assert await world.decide(60 * DAY) == {"call": 0}


async def test_an_entry_that_came_too_soon_does_not_push_the_next_one_off() -> None:
    world = Alarms(a_trigger("again_after: 2d"))
    (ann,) = world.newcomers("ann")
    await world.decide()

    fired = [await world.change(ann, job, DAY) for job in ("boss", "cook", "boss", "cook", "boss")]

    assert fired == [1, 0, 1, 0, 1]
    fired = [await world.change(ann, job, DAY / 2) for job in ("cook", "boss", "cook", "boss")]
    assert fired == [0, 0, 0, 1]


async def test_what_is_asked_for_carries_the_values_of_the_decision() -> None:
    params = "{page: last_page, points: heat, stage: heat_stage, who: email, job: job, fit: fit}"
    deed = f"{{email: {{platform: crm, template: 12, params: {params}}}}}"
    world = Alarms(f'triggers: {{call: {{when: "heat >= 20", do: [{deed}]}}}}\n')
    (ann,) = world.newcomers("ann", job="boss")
    world.happens(world.crm, ann, "page.viewed", url="/price")
    await world.decide()
    world.happens(world.crm, ann)
    world.happens(world.crm, ann)
    await world.decide()
    world.become(ann, "cook")
    await world.decide()

    (firing,) = await world.firings()
    assert firing.params == {
        "template": Decimal(12),
        "points": Decimal(26),
        "fit": Decimal(5),
        "page": "/price",
        "stage": "hot",
        "who": "ann@x.org",
        "job": "boss",
    }


async def test_whoever_is_told_gets_every_result() -> None:
    world = Alarms('triggers: {call: {when: "fit > 0", do: [{notify: SALES}, {webhook: HOOK}]}}\n')
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")

    told = {"engagement": Decimal(0), "fit": Decimal(5), "heat": Decimal(5), "last_page": None}
    firings = await world.firings()
    assert [each.kind for each in firings] == ["notify", "webhook"]
    assert [each.destination for each in firings] == ["notify SALES", "webhook HOOK"]
    assert [each.params for each in firings] == [{**told, "heat_stage": "cold"}] * 2
    assert [each.key[-2:] for each in firings] == [":0", ":1"]


async def test_a_trigger_that_is_new_meets_everybody_for_the_first_time() -> None:
    world = Alarms("")
    ann, ben = world.newcomers("ann", "ben", job="boss")
    world.become(ben, "cook")
    await world.decide()

    world.edit(a_trigger())
    assert await world.decide() == {"call": 0}

    assert await world.change(ben, "boss") == 1
    assert await world.change(ann, "cook") == 0
    assert await world.change(ann, "boss") == 1


async def test_a_new_trigger_with_backfill_fires_for_whoever_holds() -> None:
    world = Alarms("")
    world.newcomers("ann", job="boss")
    await world.decide()

    world.edit(a_trigger("backfill: true"))

    assert await world.decide() == {"call": 1}


async def test_an_edited_condition_is_a_new_question() -> None:
    world = Alarms(a_trigger(when="fit > 0"))
    ann, ben = world.newcomers("ann", "ben")
    world.happens(world.crm, ben)
    await world.decide()
    await world.change(ann, "boss")

    world.edit(a_trigger(when="fit > 0 OR engagement > 0"))
    assert await world.decide() == {"call": 0}
    assert await world.change(ann, "cook") == 0
    assert await world.change(ann, "boss") == 1


async def test_backfill_after_an_edit_fires_for_those_alone_who_did_not_hold_before() -> None:
    world = Alarms(a_trigger("backfill: true", when="fit > 0"))
    _, ben = (*world.newcomers("ann", job="boss"), *world.newcomers("ben"))
    world.happens(world.crm, ben)
    assert await world.decide() == {"call": 1}

    world.edit(a_trigger("backfill: true", when="fit > 0 OR engagement > 0"))

    assert await world.decide() == {"call": 1}
    assert await world.alarmed() == ["ann", "ben"]


async def test_a_renamed_trigger_does_not_fire_again_for_whoever_holds() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")

    world.edit(a_trigger(name="ring"))

    assert await world.decide() == {"ring": 0}


@pytest.mark.parametrize(
    "options", ["again_after: 5d", "backfill: true", "limit: {per: day, of: 9}"]
)
async def test_another_edit_of_a_trigger_does_not_make_it_new(options: str) -> None:
    world = Alarms()
    _, ben = world.newcomers("ann", "ben", job="boss")
    world.become(ben, "cook")
    await world.decide()

    world.edit(a_trigger(options))

    assert await world.change(ben, "boss") == 1
    assert await world.alarmed() == ["ben"]


async def test_an_edit_of_the_rules_fires_for_those_who_begin_to_hold() -> None:
    world = Alarms(a_trigger(when="heat >= 20"))
    (ann,) = world.newcomers("ann")
    world.happens(world.crm, ann)
    await world.decide()

    world.edit(a_trigger(when="heat >= 20"), MODEL.replace("points: 10}", "points: 20}"))

    assert await world.decide() == {"call": 1}


async def test_a_trigger_that_was_gone_for_a_while_begins_anew() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")
    world.edit("")
    assert await world.decide() == {}
    await world.change(ann, "cook")
    await world.change(ann, "boss")

    world.edit(a_trigger("backfill: true"))

    assert await world.decide() == {"call": 0}


@pytest.mark.parametrize("holds", ["boss", "cook"])
async def test_what_a_removed_trigger_wanted_is_called_off_wherever_it_goes(holds: str) -> None:
    notify = "triggers: {call: {when: 'fit > 0', do: [{notify: SALES}]}}\n"
    world = Alarms(notify)
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")
    await world.change(ann, holds)

    world.edit("")
    await world.decide()

    (firing,) = await world.firings()
    assert firing.state is FiringState.DROPPED
    assert firing.last_error == "the configuration has no such trigger any more"


EXCLUDE = "contacts: {exclude: \"email LIKE 'ann%'\"}\n"


async def test_whoever_is_excluded_fires_nothing_and_what_they_had_caused_is_called_off() -> None:
    world = Alarms()
    ann, _ = world.newcomers("ann", "ben")
    await world.decide()
    await world.change(ann, "boss")

    world.edit(EXCLUDE + a_trigger())
    assert await world.decide() == {"call": 0}

    (firing,) = await world.firings()
    assert (firing.state, firing.last_error) == (DROPPED, "the contact is excluded")
    assert await world.change(ann, "cook") == 0
    assert await world.change(ann, "boss") == 0


async def test_the_first_scoring_after_an_exclusion_is_a_baseline() -> None:
    world = Alarms(EXCLUDE + a_trigger())
    (ann,) = world.newcomers("ann", job="boss")
    await world.decide()

    world.edit(a_trigger())
    assert await world.decide() == {"call": 0}
    assert await world.change(ann, "cook") == 0
    assert await world.change(ann, "boss") == 1


async def test_deciding_again_at_the_same_instant_fires_nothing_again() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann")
    await world.decide()
    await world.change(ann, "boss")

    fired = [await world.change(ann, job, timedelta()) for job in ("cook", "boss")]

    assert fired == [0, 0]
    assert len(await world.firings()) == 1


async def test_what_fires_is_recorded_with_the_scores_or_not_at_all() -> None:
    world = Alarms()
    (ann,) = world.newcomers("ann")
    await world.decide()
    world.become(ann, "boss")
    await world.sync(scores=False, pushes=False)

    class Broken(Exception):
        pass

    class Outage:
        def step(self, label: str, done: int, total: int | None = None) -> None:
            tables = world.state._committed
            tables.counters = _Failing(tables.counters)

    class _Failing(dict[str, int]):
        def copy(self) -> dict[str, int]:
            return _Failing(self)

        def __setitem__(self, name: str, value: int) -> None:
            if name == "latest_at":
                raise Broken
            super().__setitem__(name, value)

    workspace = world.workspace
    object.__setattr__(workspace, "progress", Outage())
    with pytest.raises(Broken):
        await rescore(workspace, T + DAY)
    assert await world.firings() == []
    assert await world.known("ann@x.org") == {}

    world.state._committed.counters = dict(world.state._committed.counters)
    assert await world.decide(DAY) == {"call": 1}


async def test_a_dry_run_tells_who_would_fire_and_keeps_nothing() -> None:
    world = Alarms(a_trigger("backfill: true"))
    world.newcomers("ann", job="boss")

    async with dry(world.state) as undone:
        workspace = replace(world.workspace, state=undone)
        summary = await run_cycle(workspace, Steps(pushes=False, is_dry=True), T)

    assert summary.to_json()["triggers"] == {"call": 1}
    assert await world.firings() == []
