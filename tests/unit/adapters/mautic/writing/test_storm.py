"""Every tenth request goes wrong in some way, and the end is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import TypeVar

import pytest

from connector.domain.changes import Action, Outcome, TagChange
from connector.errors import PlatformError
from tests.unit.adapters.mautic.writing.instance import Instance, change, deed, moving, to

ROUNDS = 40

Change = TypeVar("Change")


async def done(
    changes: Sequence[Change], write: Callable[[Sequence[Change]], Awaitable[Sequence[Outcome]]]
) -> int:
    """Write as the core does, again whatever was not seen to be done; return the rounds."""
    left = list(changes)
    for number in range(ROUNDS):
        try:
            outcomes = await write(left)
        except PlatformError as error:
            outcomes = [Outcome(error=error)] * len(left)
        left = [each for each, outcome in zip(left, outcomes, strict=True) if outcome.error]
        if not left:
            return number
    return ROUNDS


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("version", ["5.1.0", "7.1.0"])
async def test_every_value_every_member_every_tag_arrives(version: str, seed: int) -> None:
    mautic = Instance(version=version)
    people = mautic.people(120)
    hot = mautic.account.segments.add("Hot")["id"]
    mautic.simulator.faults.storm(10, seed=seed)

    rounds = await done(
        [
            change(each, score=Decimal(each.id % 7), stage_name=None, hot=each.id % 2 > 0)
            for each in people
        ],
        mautic.parts.attribute_writer.write_attributes,
    )
    rounds += await done(
        [moving(each, "Hot") for each in people[:90]], mautic.parts.list_writer.write_lists
    )
    rounds += await done(
        [TagChange(to=to(each), tag="vip", is_set=True) for each in people],
        mautic.parts.tag_writer.write_tags,
    )

    assert rounds < ROUNDS
    assert [each.values["score"] for each in people] == [each.id % 7 or 1 for each in people]
    assert [each.values["hot"] for each in people] == [each.id % 2 > 0 for each in people]
    assert set(mautic.account.segments.members(hot)) == {each.id for each in people[:90]}
    assert all(each.tags == {"vip"} for each in people)
    assert len(mautic.account.contacts.by_id) == 120


@pytest.mark.parametrize("seed", range(3))
async def test_every_mail_and_every_note_comes_once(seed: int) -> None:
    mautic = Instance()
    people = mautic.people(20)
    template = {"template": str(mautic.account.add_entity("emails", name="Welcome")["id"])}
    mautic.simulator.faults.storm(5, seed=seed)
    actions: list[Action] = [
        deed(each, kind, f"{kind}:{each.id}", template if kind == "email" else {})
        for each in people
        for kind in ("email", "note")
    ]

    for each in actions:
        assert await done([each], mautic.parts.actions.perform) < ROUNDS

    assert len(mautic.account.tables.rows["email_stats"]) == 20
    assert len(mautic.account.entities["notes"]) == 20
