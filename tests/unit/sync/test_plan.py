"""What a push would write, and what it would cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.domain.outbound import Desired, Outbound
from connector.ports.budget import Bucket
from connector.sync.pushing.plan import PlannedChange, plan
from connector.sync.pushing.push import push
from tests.builders import a_desired, an_outbound
from tests.unit.sync.world import MODEL, PLATFORMS, World


async def a_world(*rows: Outbound, capabilities: Mapping[str, Any] | None = None) -> World:
    world = World(capabilities=capabilities)
    for row in rows:
        world.crm.create(f"p{row.contact}@x.org")
    await world.sync(scores=False, pushes=False)
    async with world.state.write() as tx:
        await tx.outbox.save(rows)
    return world


def row(contact: int, desired: Desired, confirmed: Desired | None = None) -> Outbound:
    return an_outbound(
        contact, remote_id=f"m{contact}", desired=desired, confirmed=confirmed or Desired()
    )


async def test_each_change_is_told_with_its_old_value_and_its_new() -> None:
    world = await a_world(
        row(
            1,
            a_desired("Hot", without=("News",), stage="warm", heat_score="7"),
            a_desired("News", heat_score="5"),
        )
    )

    planned = await plan(world.workspace, "crm")

    def change(kind: str, name: str, before: object, after: object) -> PlannedChange:
        return PlannedChange(
            contact=1,
            remote_id="m1",
            email=None,
            kind=kind,
            name=name,
            before=before,  # type: ignore[arg-type]  # as the test says
            after=after,  # type: ignore[arg-type]  # as the test says
        )

    assert planned.changes == [
        change("attribute", "heat_score", Decimal(5), Decimal(7)),
        change("list", "Hot", before=False, after=True),
        change("list", "News", before=True, after=False),
        change("stage", "stage", None, "warm"),
    ]
    assert planned.contacts == 1
    assert planned.counts == {
        "attribute heat_score": 1,
        "list Hot": 1,
        "list News": 1,
        "stage stage": 1,
    }


@pytest.mark.parametrize(
    ("rows", "capabilities", "calls"),
    [
        ([row(1, a_desired(heat_score="1")), row(2, a_desired(heat_stage="hot"))], {}, 1),
        ([row(n, a_desired(heat_score="1")) for n in (1, 2, 3)], {"attribute_batch": 2}, 2),
        (
            [row(1, a_desired("Hot")), row(2, a_desired(without=("Hot",)), a_desired("Hot"))],
            {},
            2,
        ),
        ([row(1, a_desired("Hot", "News"))], {}, 2),
        ([row(n, a_desired("Hot")) for n in (1, 2, 3)], {"list_batch": 2}, 2),
        ([row(1, Desired(tags={"a": True, "b": True}))], {}, 1),
        ([row(n, a_desired(stage="warm")) for n in (1, 2, 3)], {"attribute_batch": 2}, 2),
        ([row(1, a_desired("Hot", stage="warm", heat_score="1"))], {}, 3),
    ],
    ids=[
        "fields go together",
        "full batches",
        "a list that both gains and loses members",
        "two lists",
        "full batches of a list",
        "tags go together",
        "stages in full batches",
        "every part",
    ],
)
async def test_the_calls_are_those_that_a_push_makes(
    rows: list[Outbound], capabilities: dict[str, int], calls: int
) -> None:
    world = await a_world(*rows, capabilities=capabilities)

    planned = await plan(world.workspace, "crm")
    done = await push(world.workspace, "crm")

    assert (planned.calls, done.calls) == (calls, calls)


async def test_a_platform_whose_batches_are_no_requests_says_how_many_they_take() -> None:
    rows = [row(number, a_desired("Hot", heat_score="1")) for number in (1, 2, 3)]
    costs = {"attribute": 10, "list": 100}
    able = {"calls_of": lambda kind, count: costs[kind] * count}
    world = await a_world(*rows, capabilities=able)

    planned = await plan(world.workspace, "crm")
    done = await push(world.workspace, "crm")

    assert (planned.calls, done.calls) == (330, 330)


async def test_attributes_that_go_in_no_batch_are_counted_one_by_one() -> None:
    rows = [row(number, a_desired(heat_score=str(number))) for number in (1, 2, 3, 4)]
    able = {
        "calls_of": lambda kind, count: count if kind == "alone" else 1,
        "goes_alone": lambda value: value != 1,
    }
    world = await a_world(*rows, capabilities=able)

    planned = await plan(world.workspace, "crm")
    done = await push(world.workspace, "crm")

    assert (planned.calls, done.calls) == (1 + 3, 1 + 3)


async def test_fields_that_are_written_apart_are_counted_value_by_value() -> None:
    rows = [row(number, a_desired(heat_score=str(number))) for number in (1, 2, 3)]
    rows += [row(4, a_desired(heat_score="4", heat_stage="hot")), row(5, a_desired(heat_stage="x"))]
    able = {
        "calls_of": lambda kind, count: count if kind == "apart" else 1,
        "is_apart": lambda name: name == "heat_score",
    }
    world = await a_world(*rows, capabilities=able)

    planned = await plan(world.workspace, "crm")
    done = await push(world.workspace, "crm")

    assert (planned.calls, done.calls) == (4 + 1, 4 + 1)


async def test_who_is_taken_out_of_a_list_may_cost_more_than_who_is_put_in() -> None:
    rows = [row(number, a_desired("Hot")) for number in (1, 2)]
    rows += [row(n, a_desired(without=("Hot",)), a_desired("Hot")) for n in (3, 4, 5)]
    able = {"calls_of": lambda kind, count: count if kind == "list_removal" else 1}
    world = await a_world(*rows, capabilities=able)

    planned = await plan(world.workspace, "crm")
    done = await push(world.workspace, "crm")

    assert (planned.calls, done.calls) == (1 + 3, 1 + 3)


async def test_each_limit_counts_only_the_calls_that_it_limits() -> None:
    rows = [row(number, a_desired("Hot", heat_score="1")) for number in (1, 2, 3)]
    limits = {"attribute": {"values"}, "list": {"members"}}
    able = {
        "calls_of": lambda _, count: count,
        "calls_in": lambda kind, count, limit: count if limit in limits[kind] else 0,
    }
    world = await a_world(*rows, capabilities=able)
    names = ("values", "members", "new_lists")
    hour = timedelta(hours=1)
    world.limit(*(Bucket(name=each, limit=9, window=hour, counts_writes=True) for each in names))

    planned = await plan(world.workspace, "crm")

    assert planned.calls == 6
    assert planned.calls_in == {"values": 3, "members": 3, "new_lists": 0}


async def test_changes_are_counted_in_the_order_of_the_configuration() -> None:
    text = """
targets:
  crm:
    attributes: {zeta: heat, alpha: heat_stage}
    lists: {Zoo: {when: "heat > 0"}, Ark: {when: "heat > 0"}}
"""
    world = await a_world(row(1, a_desired("Ark", "Zoo", alpha="hot", zeta="1")))
    world.configure(PLATFORMS + MODEL + text)

    planned = await plan(world.workspace, "crm")

    assert [*planned.counts] == ["attribute zeta", "attribute alpha", "list Zoo", "list Ark"]


async def test_planning_writes_nothing() -> None:
    world = await a_world(row(1, a_desired("Hot", heat_score="7")))
    before = world.state._committed.copy()

    await plan(world.workspace, "crm")

    assert world.state._committed == before
    assert world.crm.lists["Hot"] == set()


async def test_only_some_changes_are_told_and_all_are_counted() -> None:
    world = await a_world(*(row(number, a_desired(heat_score="7")) for number in range(1, 6)))

    planned = await plan(world.workspace, "crm", limit=2)

    assert len(planned.changes) == 2
    assert planned.counts == {"attribute heat_score": 5}


async def test_a_platform_that_is_no_target_has_nothing_planned() -> None:
    planned = await plan(World(PLATFORMS + MODEL).workspace, "crm")

    assert (planned.contacts, planned.calls, planned.changes) == (0, 0, [])


async def test_a_plan_knows_what_was_done_before_it() -> None:
    world = World()
    world.crm.create("a@x.org")

    before = await plan(world.workspace, "crm")
    await world.sync(scores=False, pushes=False)
    pulled = await plan(world.workspace, "crm")
    await world.sync(pulls=False, pushes=False)
    decided = await plan(world.workspace, "crm")

    begun = [(each.is_pulled, each.is_decided) for each in (before, pulled, decided)]
    assert begun == [(False, False), (True, False), (True, True)]


async def test_a_platform_that_is_only_told_waits_for_no_pull() -> None:
    world = World(capabilities={"is_sink": True})

    planned = await plan(world.workspace, "crm")

    assert planned.is_pulled


async def test_what_is_delivered_is_not_planned() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()

    assert (await plan(world.workspace, "crm")).contacts == 0
