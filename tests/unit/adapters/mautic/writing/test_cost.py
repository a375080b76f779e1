"""What a plan says that writing to Mautic takes is what it takes."""

from __future__ import annotations

from decimal import Decimal

from adapters.mautic.adapter import CAPABILITIES
from adapters.mautic.writing.capabilities import calls_of
from tests.unit.adapters.mautic.writing.instance import Instance, change, moving, scores


async def test_values_go_together() -> None:
    mautic = Instance()
    people = mautic.people(120)

    await mautic.parts.attribute_writer.write_attributes(scores(people))

    assert len(mautic.asked("PATCH")) == calls_of("attribute", 120)


async def test_points_of_groups_go_contact_by_contact() -> None:
    mautic = Instance()
    mautic.account.add_entity("pointGroups", name="Heat")
    people = mautic.people(7)
    changes = [change(each, **{"points:Heat": Decimal(each.id)}) for each in people]

    await mautic.parts.attribute_writer.write_attributes(changes)

    assert CAPABILITIES.is_apart("points:Heat")
    assert not CAPABILITIES.is_apart("score")
    assert len(mautic.asked("POST")) == calls_of("apart", 7)
    assert mautic.asked("PATCH") == []


async def test_members_are_let_go_one_by_one() -> None:
    mautic = Instance()
    people = mautic.people(30)
    mautic.account.segments.add("Hot", members=people)
    writer = mautic.parts.list_writer
    # The segments are asked for once.
    await writer.write_lists([moving(people[0], "Hot")])
    before = len(mautic.simulator.trace)

    await writer.write_lists([moving(each, "Hot", is_member=False) for each in people])

    assert len(mautic.simulator.trace) - before == calls_of("list_removal", 30)
