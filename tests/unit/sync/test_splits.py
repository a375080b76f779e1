"""Who was merged and is parted again is two persons, each with what was theirs."""

from __future__ import annotations

import pytest

from connector.domain.contacts import Removal
from connector.domain.ledger import Override
from tests.builders import T, a_contact, a_desired, an_event, an_outbound
from tests.unit.sync.intake import Intake


@pytest.fixture
async def intake() -> Intake:
    """Give Ann and Bob, each on both platforms, whom the first one merged."""
    intake = Intake()
    await intake.contacts("crm", a_contact("1", "ann@x.org"), a_contact("2", "bob@x.org"))
    await intake.contacts("mail", a_contact("7", "ann@x.org"), a_contact("8", "bob@x.org"))
    await intake.events("crm", an_event("e1", "1"), an_event("e2", "2"))
    await intake.events("mail", an_event("e3", "8"), an_event("e4", "bob@x.org"))
    await intake.contacts("crm", a_contact("1", "ann@x.org", "bob@x.org", merged_ids=("2",)))
    return intake


PARTED = {frozenset({"crm:1", "crm:2", "mail:7"}), frozenset({"crm:3", "mail:8"})}


async def part(intake: Intake, anew: str = "3") -> None:
    """Take Bob's address off the contact that took him over, and make a new one with it."""
    await intake.contacts("crm", a_contact("1", "ann@x.org", merged_ids=("2",)))
    await intake.contacts("crm", a_contact(anew, "bob@x.org"))


async def test_a_new_contact_with_the_address_of_one_merged_away_is_a_person_of_its_own(
    intake: Intake,
) -> None:
    await part(intake)

    assert await intake.people() == PARTED


async def test_it_does_not_matter_which_of_both_contacts_is_told_first(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("3", "bob@x.org"))
    assert len(await intake.people()) == 1

    await intake.contacts("crm", a_contact("1", "ann@x.org", merged_ids=("2",)))

    assert await intake.people() == PARTED


async def test_a_merge_that_was_undone_before_it_was_seen_parts_as_well() -> None:
    intake = Intake()
    await intake.contacts("crm", a_contact("1", "ann@x.org"), a_contact("2", "bob@x.org"))
    await intake.contacts("mail", a_contact("7", "ann@x.org"), a_contact("8", "bob@x.org"))

    await part(intake)

    assert await intake.people() == PARTED


@pytest.mark.parametrize("is_merge_told_again", [False, True])
async def test_a_merge_that_was_told_by_the_loser_parts_once_the_winner_is_read(
    is_merge_told_again: bool,
) -> None:
    intake = Intake()
    merge = Removal(remote_id="2", merged_into="1")
    await intake.contacts("crm", a_contact("1", "ann@x.org"), a_contact("2", "bob@x.org"))
    await intake.contacts("mail", a_contact("7", "ann@x.org"), a_contact("8", "bob@x.org"))
    await intake.removals("crm", merge)
    assert len(await intake.people()) == 1

    await part(intake)
    if is_merge_told_again:
        await intake.removals("crm", merge)

    assert await intake.people() == PARTED


async def test_whoever_is_on_another_platform_alone_is_parted_too(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("1", "ann@x.org", merged_ids=("2",)))

    assert await intake.people() == {
        frozenset({"crm:1", "crm:2", "mail:7"}),
        frozenset({"mail:8"}),
    }


async def test_an_address_that_moves_to_another_contact_takes_its_carriers_along(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("5", "cleo@x.org"))

    await intake.contacts(
        "crm",
        a_contact("1", "ann@x.org", merged_ids=("2",)),
        a_contact("5", "cleo@x.org", "bob@x.org"),
    )

    assert await intake.people() == {
        frozenset({"crm:1", "crm:2", "mail:7"}),
        frozenset({"crm:5", "mail:8"}),
    }


async def test_who_keeps_the_address_keeps_its_carriers(intake: Intake) -> None:
    await intake.contacts("crm", a_contact("3", "bob@x.org"))

    assert await intake.people() == {frozenset({"crm:1", "crm:2", "crm:3", "mail:7", "mail:8"})}


async def test_events_of_the_record_that_is_gone_stay_with_who_took_it_over(
    intake: Intake,
) -> None:
    await part(intake)

    assert await intake.events_of("ann@x.org") == {"e1", "e2"}
    assert await intake.events_of("bob@x.org") == {"e3", "e4"}


async def test_both_are_scored_anew(intake: Intake) -> None:
    await intake.settle()

    await part(intake)

    assert await intake.stale_people() == PARTED


async def test_parting_told_again_is_no_work(intake: Intake) -> None:
    await part(intake)
    await intake.settle()

    await part(intake)

    assert await intake.stale() == set()


async def test_who_parts_looks_as_if_there_had_never_been_a_merge(intake: Intake) -> None:
    anew = Intake()
    await anew.contacts("crm", a_contact("1", "ann@x.org", merged_ids=("2",)))
    await anew.contacts("crm", a_contact("3", "bob@x.org"))
    await anew.contacts("mail", a_contact("7", "ann@x.org"), a_contact("8", "bob@x.org"))

    await part(intake)

    assert await intake.people() == await anew.people()


async def test_a_record_that_comes_back_is_joined_to_the_carriers_of_its_address(
    intake: Intake,
) -> None:
    await intake.contacts("crm", a_contact("1", "ann@x.org", merged_ids=("2",)))

    await intake.contacts("crm", a_contact("2", "bob@x.org"))

    assert await intake.people() == {
        frozenset({"crm:1", "mail:7"}),
        frozenset({"crm:2", "mail:8"}),
    }


@pytest.mark.parametrize("anew", ["3", "0"])
async def test_what_was_decided_of_a_person_stays_theirs_whatever_id_the_new_contact_has(
    intake: Intake, anew: str
) -> None:
    ann = await intake.person("ann@x.org")
    async with intake.state.write() as tx:
        await tx.outbox.save(
            [
                an_outbound(ann.contact, platform="crm", remote_id="1", confirmed=a_desired("Top")),
                an_outbound(ann.contact, platform="mail", remote_id="7", confirmed=a_desired("X")),
            ]
        )
        await tx.scores.override(
            Override(contact=ann.contact, score="heat", value=77, reason="why", made_at=T)
        )

    await part(intake, anew)

    parted = await intake.person("ann@x.org")
    bob = await intake.person("bob@x.org")
    async with intake.state.read() as tx:
        rows = {row.remote_id: row.contact for row in await tx.outbox.list()}
        overrides = (await tx.scores.overrides({parted.contact, bob.contact})).rows()
    assert parted == ann
    assert bob.contact != ann.contact
    assert rows == {"1": ann.contact, "7": ann.contact}
    assert overrides == [(ann.contact, "heat", 77.0)]


async def test_nobody_shows_what_is_the_others() -> None:
    intake = Intake()
    await intake.contacts(
        "crm",
        a_contact("1", "ann@x.org", attributes={"job": "boss"}),
        a_contact("2", "bob@x.org", attributes={"job": "cook"}),
    )
    await intake.contacts("mail", a_contact("8", "bob@x.org", attributes={"JOB": "cook"}))
    merged = a_contact("1", "ann@x.org", "bob@x.org", attributes={"job": "boss"}, merged_ids=("2",))
    await intake.contacts("crm", merged)

    await intake.contacts(
        "crm",
        a_contact("1", "ann@x.org", attributes={"job": "boss"}, merged_ids=("2",)),
        a_contact("3", "bob@x.org", attributes={"job": "cook"}),
    )

    assert (await intake.person("ann@x.org")).attributes["job"] == "boss"
    assert (await intake.person("bob@x.org")).attributes["job"] == "cook"
