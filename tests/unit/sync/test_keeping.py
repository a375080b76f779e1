"""Lists that keep their members: whoever was taken in once is never taken out by us."""

from __future__ import annotations

from datetime import timedelta

from adapters.memory.account import Person
from tests.unit.sync.world import PLATFORMS, World

DAY = timedelta(days=1)
MODEL = """
model:
  rules:
    viewed: {event: page.viewed, points: 10, decay: {expires: 30d}}
    order: {event: order.placed, points: 75, decay: {expires: 30d}}
  scores: {loyalty: {}}
"""
TIERS = """
targets:
  crm:
    attributes: {heat_score: loyalty}
    lists:
      Voucher: {when: "loyalty >= 80", keep: true}
      Gift: {when: "loyalty >= 150", keep: true}
      Hot: {when: "loyalty >= 80"}
"""


def a_world(*addresses: str) -> tuple[World, list[Person]]:
    world = World(PLATFORMS + MODEL + TIERS)
    world.crm.lists |= {"Voucher": set(), "Gift": set()}
    return world, [world.crm.create(address) for address in addresses]


def lists_of(world: World, person: Person) -> set[str]:
    return {name for name, members in world.crm.lists.items() if person.id in members}


def joins(world: World) -> list[tuple[str, str]]:
    """Return every time that somebody was taken into a list, as the platform saw it."""
    return [(e.list_name, e.remote_id) for e in world.crm.membership_log if e.is_member]


async def earn(world: World, person: Person, orders: int = 0, pages: int = 0) -> None:
    for kind, times in (("order.placed", orders), ("page.viewed", pages)):
        for _ in range(times):
            world.happens(world.crm, person, kind)
    await world.sync()


async def fall(world: World) -> None:
    """Let all points be gone."""
    world.clock.advance(60 * DAY)
    await world.sync()


async def test_a_threshold_that_is_reached_exactly_earns_its_tier() -> None:
    world, (ann,) = a_world("ann@x.org")

    await earn(world, ann, pages=7)
    assert lists_of(world, ann) == set()
    await earn(world, ann, pages=1)
    assert lists_of(world, ann) == {"Voucher", "Hot"}


async def test_a_jump_over_two_thresholds_earns_both_tiers_once_each() -> None:
    world, (ann,) = a_world("ann@x.org")
    await world.sync()

    await earn(world, ann, orders=2)
    await earn(world, ann, orders=1)

    assert sorted(joins(world)) == [("Gift", ann.id), ("Hot", ann.id), ("Voucher", ann.id)]


async def test_a_tier_is_kept_when_the_points_are_gone_and_not_earned_twice() -> None:
    world, (ann,) = a_world("ann@x.org")
    await earn(world, ann, orders=2)

    await fall(world)
    assert lists_of(world, ann) == {"Voucher", "Gift"}
    await earn(world, ann, orders=2)

    assert joins(world).count(("Voucher", ann.id)) == 1
    assert joins(world).count(("Gift", ann.id)) == 1
    assert joins(world).count(("Hot", ann.id)) == 2


async def test_a_list_that_was_out_of_the_configuration_keeps_its_members_when_it_is_back() -> None:
    world, (ann,) = a_world("ann@x.org")
    await earn(world, ann, orders=2)

    world.configure(PLATFORMS + MODEL + TIERS.replace("      Gift:", "      # Gift:"))
    await fall(world)
    world.configure(PLATFORMS + MODEL + TIERS)
    await world.sync()

    assert lists_of(world, ann) == {"Voucher", "Gift"}


async def test_a_list_that_is_kept_no_more_lets_go_of_those_who_fell() -> None:
    world, (ann,) = a_world("ann@x.org")
    await earn(world, ann, orders=2)
    await fall(world)

    world.configure(PLATFORMS + MODEL + TIERS.replace('150", keep: true', '150"'))
    await world.sync()

    assert lists_of(world, ann) == {"Voucher"}


async def test_a_tier_goes_along_when_two_records_become_one() -> None:
    world, (ann, ben) = a_world("ann@x.org", "ben@x.org")
    await earn(world, ben, orders=2)
    await fall(world)

    world.crm.merge(ben, ann)
    await world.sync()

    assert lists_of(world, ann) == {"Voucher", "Gift"}


async def test_a_tier_goes_along_when_two_persons_become_one() -> None:
    world, (ann, ben) = a_world("ann@x.org", "ben@x.org")
    await earn(world, ben, orders=2)
    await fall(world)

    ben.email = "ann@x.org"
    world.crm.touch(ben)
    await world.sync()

    assert lists_of(world, ann) == {"Voucher", "Gift"}


async def test_a_tier_earned_under_another_record_is_kept_when_the_first_is_back() -> None:
    world, (other, ann) = a_world("ben@x.org", "ann@x.org")
    await earn(world, ann, orders=1, pages=1)
    other.email = "ann@x.org"
    world.crm.touch(other)
    await earn(world, other, orders=1)
    assert (lists_of(world, other), lists_of(world, ann)) == ({"Voucher", "Gift", "Hot"}, set())

    world.crm.remove(other)
    await fall(world)

    assert lists_of(world, ann) == {"Voucher", "Gift"}
