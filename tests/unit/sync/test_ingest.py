"""What reaches us becomes records, persons and events; who changed is stale, nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.domain.contacts import Contact, Membership, Removal
from tests.builders import T, a_contact, an_event
from tests.unit.sync.intake import Intake

HOUR = timedelta(hours=1)


@pytest.fixture
def intake() -> Intake:
    return Intake()


async def test_a_contact_equal_to_what_is_known_causes_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"job": "boss"}))
    await intake.settle()

    brought = await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"job": "boss"}))

    assert brought == 0
    assert await intake.stale() == set()


async def test_a_modified_date_alone_causes_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", modified_at=T))
    await intake.settle()

    brought = await intake.contacts("crm", a_contact("1", "a@x.org", modified_at=T + HOUR))

    assert brought == 0
    assert await intake.stale() == set()


async def test_fields_that_are_no_attributes_cause_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"heat_score": 1.0}))
    await intake.settle()

    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"heat_score": 2.0}))

    assert await intake.stale() == set()


async def test_among_rows_of_one_id_the_last_counts(intake: Intake) -> None:
    await intake.contacts(
        "crm",
        a_contact("1", "a@x.org", attributes={"job": "boss"}),
        a_contact("1", "a@x.org", attributes={"job": "cook"}),
    )

    assert (await intake.person("a@x.org")).attributes["job"] == "cook"


async def test_two_ids_with_one_address_are_one_person_with_two_records(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "a@x.org"))

    assert await intake.people() == {frozenset({"crm:1", "crm:2"})}


async def test_records_without_an_address_are_persons_of_their_own(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1"), a_contact("2"))

    assert await intake.people() == {frozenset({"crm:1"}), frozenset({"crm:2"})}


async def test_an_address_joins_records_across_platforms(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.settle()

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert await intake.people() == {frozenset({"crm:1", "mail:m"})}
    assert await intake.stale_people() == {frozenset({"crm:1", "mail:m"})}


async def test_a_changed_address_joins_the_other_person_and_the_oldest_id_stays(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "b@x.org"))
    oldest = (await intake.person("a@x.org")).key
    absorbed = (await intake.person("b@x.org")).key

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert await intake.people() == {frozenset({"crm:1", "mail:m"})}
    assert (await intake.person("mail:m")).key == oldest
    assert (await intake.person(absorbed)).key == oldest


async def test_a_changed_address_leaves_the_person_it_was_shared_with(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "a@x.org"))
    before = (await intake.person("crm:1")).key
    await intake.settle()

    await intake.contacts("mail", a_contact("m", "b@x.org"))

    assert await intake.people() == {frozenset({"crm:1"}), frozenset({"mail:m"})}
    assert (await intake.person("crm:1")).key == before
    assert await intake.stale_people() == {frozenset({"crm:1"}), frozenset({"mail:m"})}


async def test_a_record_that_leaves_and_returns_gives_everyone_an_id_of_their_own(
    intake: Intake,
) -> None:
    await intake.contacts("mail", a_contact("m", "b@x.org"))
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    for address in ("a@x.org", "b@x.org", "a@x.org", "b@x.org"):
        await intake.contacts("mail", a_contact("m", address))

    ids = {(await intake.person(each)).key for each in ("crm:1", "mail:m")}

    assert len(ids) == 2


async def test_events_move_with_the_record_that_leaves(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "a@x.org"))
    await intake.events("mail", an_event("e1", "m"))
    await intake.events("crm", an_event("e2", "1"))

    await intake.contacts("mail", a_contact("m", "b@x.org"))

    assert await intake.events_of("mail:m") == {"e1"}
    assert await intake.events_of("crm:1") == {"e2"}


async def test_the_address_that_stays_keeps_its_events_when_its_first_record_leaves(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "a@x.org"))
    await intake.events("mail", an_event("e1", "a@x.org"))

    await intake.contacts("crm", a_contact("1", "b@x.org"))

    assert await intake.events_of("crm:2") == {"e1"}
    assert await intake.events_of("crm:1") == set()


async def test_a_removed_record_keeps_its_person_and_past(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"job": "boss"}))
    await intake.events("crm", an_event("e1", "1"))
    await intake.settle()

    told = await intake.removals("crm", Removal(remote_id="1"), Removal(remote_id="unknown"))

    assert told == 1
    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.stale_people() == {frozenset({"crm:1"})}
    async with intake.state.read() as tx:
        assert await tx.contacts.addressees("crm", await tx.contacts.all_numbers()) == {}


async def test_a_removal_told_again_causes_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.removals("crm", Removal(remote_id="1"))
    await intake.settle()

    assert await intake.removals("crm", Removal(remote_id="1")) == 0
    assert await intake.stale() == set()


async def test_a_record_that_comes_back_is_as_before(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    before = await intake.person("a@x.org")
    await intake.removals("crm", Removal(remote_id="1"))
    await intake.settle()

    assert await intake.contacts("crm", a_contact("1", "a@x.org")) == 1

    assert (await intake.record("crm", "1")).removed_at is None
    assert await intake.person("a@x.org") == before
    assert await intake.stale() == {before.contact}


async def test_values_of_a_removed_record_lose_to_those_of_a_live_one(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"job": "cook"}))
    await intake.contacts("mail", a_contact("m", "a@x.org", attributes={"JOB": "boss"}))

    await intake.removals("mail", Removal(remote_id="m"))

    assert (await intake.person("a@x.org")).attributes["job"] == "cook"


async def test_events_before_their_contact_are_kept_aside_and_join_later(intake: Intake) -> None:
    await intake.events("mail", an_event("e1", "m"), an_event("e2", "A@X.org "))

    assert await intake.orphans() == {"mail": 2}
    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert await intake.orphans() == {}
    assert await intake.events_of("a@x.org") == {"e1", "e2"}


async def test_an_event_names_a_record_of_its_platform_before_an_address(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("b@x.org", "a@x.org"), a_contact("2", "b@x.org"))

    await intake.events("crm", an_event("e1", "b@x.org"))
    await intake.events("mail", an_event("e2", "b@x.org"))

    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.events_of("crm:2") == {"e2"}


async def test_waiting_events_join_by_id_before_address(intake: Intake) -> None:
    await intake.events("crm", an_event("e1", "b@x.org"))
    await intake.contacts("crm", a_contact("2", "b@x.org"))
    assert await intake.events_of("crm:2") == {"e1"}

    await intake.contacts("crm", a_contact("b@x.org", "a@x.org"))

    assert await intake.events_of("a@x.org") == {"e1"}
    assert await intake.events_of("crm:2") == set()


async def test_an_address_nobody_carries_any_more_keeps_its_past(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.events("mail", an_event("e1", "a@x.org"))

    await intake.contacts("crm", a_contact("1", "b@x.org"))
    await intake.events("mail", an_event("e2", "a@x.org"))

    assert await intake.events_of("b@x.org") == {"e1", "e2"}


async def test_a_past_follows_its_person_when_they_are_absorbed(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.contacts("mail", a_contact("m", "old@x.org"))
    await intake.events("mail", an_event("e1", "old@x.org"))
    await intake.contacts("mail", a_contact("m", "b@x.org"))

    await intake.contacts("mail", a_contact("m", "a@x.org"))

    assert await intake.events_of("a@x.org") == {"e1"}


async def test_a_new_event_makes_its_person_stale_and_the_same_event_again_does_not(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.settle()

    assert await intake.events("crm", an_event("e1", "1")) == 1
    assert await intake.stale_people() == {frozenset({"crm:1"})}
    await intake.settle()

    assert await intake.events("crm", an_event("e1", "1")) == 0
    assert await intake.stale() == set()


async def test_a_corrected_event_counts_in_its_last_form(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"))
    await intake.events("crm", an_event("e1", "1"))
    await intake.settle()

    assert await intake.events("crm", an_event("e1", "1", "email.clicked")) == 1

    async with intake.state.read() as tx:
        assert await tx.events.types() == {("crm", "email.clicked"): 1}
    assert await intake.stale_people() == {frozenset({"crm:1"})}


async def test_an_event_corrected_to_another_contact_makes_both_stale(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.events("crm", an_event("e1", "1"))
    await intake.settle()

    await intake.events("crm", an_event("e1", "2"))

    assert await intake.stale_people() == {frozenset({"crm:1"}), frozenset({"crm:2"})}
    assert await intake.events_of("a@x.org") == set()
    assert await intake.events_of("b@x.org") == {"e1"}


async def test_a_membership_that_changed_makes_its_person_stale(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    await intake.settle()
    member = Membership(list_name="News", remote_id="1")

    await intake.memberships("crm", member)

    assert await intake.stale_people() == {frozenset({"crm:1"})}


async def test_a_membership_told_again_is_no_news_and_causes_no_work(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "b@x.org"))
    member = Membership(list_name="News", remote_id="1")
    outsider = Membership(list_name="News", remote_id="2", is_member=False)
    await intake.memberships("crm", member, outsider)
    await intake.settle()

    assert await intake.memberships("crm", member, outsider) == 0

    assert await intake.stale_people() == set()


@pytest.mark.parametrize(
    "contact",
    [
        a_contact("1", "a@x.org", opted_out=True),
        a_contact("1", "a@x.org", created_at=T - HOUR),
        a_contact("1", "a@x.org", "b@x.org"),
        a_contact("1", "a@x.org", attributes={"job": "boss"}),
    ],
    ids=["opted out", "created", "second address", "attribute"],
)
async def test_each_change_of_content_makes_the_person_stale(
    intake: Intake, contact: Contact
) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org"), a_contact("2", "z@x.org"))
    await intake.settle()

    assert await intake.contacts("crm", contact) == 1

    assert await intake.stale_people() == {frozenset({"crm:1"})}


async def test_creation_is_the_earliest_among_the_records(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", created_at=T))
    await intake.contacts("mail", a_contact("m", "a@x.org", created_at=T - HOUR))

    assert (await intake.person("a@x.org")).created_at == T - HOUR


async def test_what_was_known_before_is_remembered(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "a@x.org", attributes={"job": "cook"}))
    await intake.contacts("crm", a_contact("1", "b@x.org", attributes={"job": "boss"}))
    await intake.removals("crm", Removal(remote_id="1"))

    async with intake.state.read() as tx:
        history = await tx.contacts.history((await intake.person("crm:1")).contact)

    assert [(each.what, each.name, each.before, each.after) for each in history] == [
        ("attribute", "email", '"a@x.org"', '"b@x.org"'),
        ("attribute", "job", '"cook"', '"boss"'),
        ("emails", "", '["a@x.org"]', '["b@x.org"]'),
        ("removed", "", "false", "true"),
    ]
