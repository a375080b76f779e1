"""Who is gone, as the log of an instance tells."""

from __future__ import annotations

from connector.domain.contacts import Removal
from tests.integration.mautic.conftest import ANN, BOB, DAY, HOUR, World, read

CARL = "carl@example.com"


async def test_deletions_and_merges_are_told(world: World) -> None:
    account = world.simulator.account
    ann, bob, carl = (account.add_contact(each) for each in (ANN, BOB, CARL))
    platform = world.connect(page_rows=1)
    _, cursor = await read(platform.removals.removals(None))
    world.clock.advance(HOUR)

    account.delete(ann)
    account.merge(bob, carl)
    gone, _ = await read(platform.removals.removals(cursor))

    told: dict[str, set[str | None]] = {}
    for each in gone:
        told.setdefault(each.remote_id, set()).add(each.merged_into)
    # Whoever is merged away is deleted right after it.
    assert told == {str(ann.id): {None}, str(carl.id): {str(bob.id), None}}


async def test_a_merge_and_its_deletion_in_one_answer_are_one(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add_contact(ANN), account.add_contact(BOB)
    account.merge(ann, bob)

    gone, _ = await read(world.connect().removals.removals(None))

    assert gone == [Removal(remote_id=str(bob.id), merged_into=str(ann.id))]


async def test_a_visitor_takes_over_the_contact_that_it_turns_out_to_be(world: World) -> None:
    account = world.simulator.account
    ann, visitor = account.add_contact(ANN), account.add_contact()
    account.identify(visitor, ANN)

    gone, _ = await read(world.connect().removals.removals(None))

    assert gone == [Removal(remote_id=str(ann.id), merged_into=str(visitor.id))]


async def test_what_is_long_past_is_left_out_at_first(world: World) -> None:
    account = world.simulator.account
    account.delete(account.add_contact(ANN))
    world.clock.advance(30 * DAY)
    bob = account.add_contact(BOB)
    account.delete(bob)

    gone, _ = await read(world.connect().removals.removals(None))

    assert [each.remote_id for each in gone] == [str(bob.id)]
