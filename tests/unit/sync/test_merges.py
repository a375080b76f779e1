"""Records that a platform merged are one person, in whatever order that is told."""

from __future__ import annotations

import pytest

from connector.domain.contacts import Removal
from tests.builders import a_contact, an_event
from tests.unit.sync.intake import Intake


@pytest.fixture
def intake() -> Intake:
    return Intake()


async def test_records_that_a_contact_took_over_are_its_person(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.events("crm", an_event("e1", "2"))
    await intake.settle()

    await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("2",)))

    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}
    assert (await intake.record("crm", "2")).merged_into == "1"
    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.stale_people() == {frozenset({"crm:1", "crm:2"})}


async def test_a_merge_seen_again_causes_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("2",)))
    await intake.settle()

    assert await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("2",))) == 0
    assert await intake.stale() == set()


async def test_events_of_a_record_that_was_merged_before_we_came_are_the_winners(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("2",)))

    await intake.events("crm", an_event("e1", "2"))

    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.orphans() == {}


async def test_events_wait_for_the_merge_that_names_their_record(intake: Intake) -> None:
    await intake.events("crm", an_event("e1", "2"))

    await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("2",)))

    assert await intake.events_of("a@x.org") == {"e1"}


@pytest.mark.parametrize("at", [0, 1])
async def test_a_merge_counts_whether_the_loser_is_told_deleted_before_or_behind_it(
    intake: Intake, at: int
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    told = [Removal(remote_id="2", merged_into="1")]
    told.insert(at, Removal(remote_id="2"))

    await intake.removals("crm", *told)

    assert (await intake.record("crm", "2")).merged_into == "1"
    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}


async def test_a_removal_into_another_record_joins_the_two(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.events("crm", an_event("e1", "2"))
    await intake.settle()

    told = await intake.removals("crm", Removal(remote_id="2", merged_into="1"))

    assert told == 1
    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}
    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.stale_people() == {frozenset({"crm:1", "crm:2"})}


async def test_a_removal_told_before_its_winner_is_known_joins_the_two_later(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("2", "b@x.org"))
    await intake.events("crm", an_event("e1", "2"))
    await intake.removals("crm", Removal(remote_id="2", merged_into="1"))

    await intake.contacts("crm", a_contact("1", "a@x.org"))

    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}
    assert await intake.events_of("a@x.org") == {"e1"}


async def test_merges_among_records_nobody_knows_make_no_person(intake: Intake) -> None:
    told = await intake.removals("crm", Removal(remote_id="2", merged_into="1"))

    assert told == 0
    assert await intake.people() == set()


async def test_a_record_that_vanished_first_is_merged_when_that_is_told(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.removals("crm", Removal(remote_id="2"))

    await intake.removals("crm", Removal(remote_id="2", merged_into="1"))

    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}


async def test_merges_of_merges_are_followed(intake: Intake) -> None:
    await intake.contacts("crm", *(a_contact(each, f"{each}@x.org") for each in "123"))
    await intake.events("crm", an_event("e1", "3"))

    await intake.removals("crm", Removal(remote_id="3", merged_into="2"))
    await intake.removals("crm", Removal(remote_id="2", merged_into="1"))

    assert await intake.people() == {frozenset({"crm:1", "crm:2", "crm:3"})}
    assert await intake.events_of("1@x.org") == {"e1"}


async def test_a_contact_that_claims_to_be_merged_into_itself_stays(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))

    await intake.contacts("crm", a_contact("1", "a@x.org", merged_ids=("1",)))

    assert (await intake.record("crm", "1")).removed_at is None


async def test_a_merge_told_in_steps_and_at_once_is_the_same_merge(intake: Intake) -> None:
    await intake.contacts("crm", *(a_contact(each, f"{each}@x.org") for each in "123"))
    whole = a_contact("1", "1@x.org", merged_ids=("2", "3"))
    await intake.contacts("crm", whole)
    await intake.settle()

    steps = (Removal(remote_id="3", merged_into="2"), Removal(remote_id="2", merged_into="1"))

    assert await intake.removals("crm", *steps) == 0
    assert await intake.contacts("crm", whole) == 0
    assert await intake.stale() == set()


async def test_merges_that_go_in_a_circle_end(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    circle = (Removal(remote_id="1", merged_into="2"), Removal(remote_id="2", merged_into="1"))
    await intake.removals("crm", *circle)

    assert await intake.removals("crm", *circle) == 0
    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}
