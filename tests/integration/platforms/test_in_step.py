"""Two platforms whose people edit the same attributes come to agree, and then rest.

Both are simulated with all their surprises: searches that lag, dates that lie, batches without
order. An hour passes before each cycle, unless a test says otherwise.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.hubspot.simulator import Quirks
from connector.domain.instants import to_micros
from connector.sync.summary import Summary
from tests.integration.platforms.company import HOUR, MAPPINGS, NAMES, Company, a_company
from tests.integration.platforms.ending import SHOWN, kept

ANN = "ann@mail.example.com"
BOB = "bob@mail.example.com"
KEEPING = MAPPINGS.replace("targets:\n  crm:\n", "targets:\n  crm:\n    on_drift: keep\n")


async def cycle(company: Company, after: timedelta = HOUR) -> Summary:
    company.clock.advance(after)
    for way in company.ways.values():
        way.writes.clear()
    summary = await company.sync()
    assert summary.exit_code == 0, summary.problems
    return summary


def writes(company: Company) -> list[str]:
    return [write.what for way in company.ways.values() for write in way.writes]


def jobs(company: Company, email: str = ANN) -> tuple[object, object]:
    """Return somebody's job as each platform shows it."""
    crm, mail = (SHOWN[name](company)[email] for name in NAMES)
    return crm.get("jobtitle"), mail.get("JOB")


def cities(company: Company, email: str = ANN) -> tuple[object, object]:
    """Return somebody's city as each platform shows it."""
    crm, mail = (SHOWN[name](company)[email] for name in NAMES)
    return crm.get("city"), mail.get("CITY")


def edit_crm(company: Company, **values: str) -> None:
    record = company.crm.account.contacts.records.find("email", ANN)
    assert record is not None
    company.crm.account.set(str(record.id), **values)


def edit_mail(company: Company, **values: object) -> None:
    person = company.mail.account.people.find("email_id", ANN)
    assert person is not None
    company.mail.account.write(person, values)


async def a_pair(company: Company) -> None:
    """Let Ann be on both platforms, in step."""
    company.crm.account.add(email=ANN, jobtitle="cook", city="Paris")
    company.mail.account.create(ANN, JOB="cook", CITY="Paris")
    for _ in range(3):
        await cycle(company)
    assert writes(company) == []


async def test_an_edit_on_either_side_reaches_the_other(company: Company) -> None:
    await a_pair(company)

    edit_crm(company, jobtitle="clerk")
    await cycle(company)
    assert jobs(company) == ("clerk", "clerk")

    edit_mail(company, JOB="Chief of staff")
    await cycle(company)
    assert jobs(company) == ("Chief of staff", "Chief of staff")


@pytest.mark.parametrize("newer", ["crm", "mail"])
async def test_of_two_edits_the_newer_one_wins(company: Company, newer: str) -> None:
    await a_pair(company)
    edits = {
        "crm": lambda: edit_crm(company, jobtitle="of the crm"),
        "mail": lambda: edit_mail(company, JOB="of the mail"),
    }
    for name in sorted(edits, key=lambda each: each == newer):
        company.clock.advance(HOUR / 4)
        edits[name]()

    await cycle(company)

    assert jobs(company) == (f"of the {newer}", f"of the {newer}")


async def test_the_preferred_platform_wins_however_old_its_value_is(company: Company) -> None:
    await a_pair(company)
    edit_mail(company, CITY="Lyon")

    await cycle(company)
    assert cities(company) == ("Paris", "Paris")

    edit_crm(company, city="Nice")
    await cycle(company)
    assert cities(company) == ("Nice", "Nice")


async def test_what_somebody_clears_is_cleared_everywhere(company: Company) -> None:
    await a_pair(company)

    edit_mail(company, JOB="")
    await cycle(company)

    assert jobs(company) == (None, None)


@pytest.mark.parametrize("after", [timedelta(minutes=5), timedelta(minutes=15), HOUR, 6 * HOUR])
async def test_after_one_push_nothing_is_written_and_nobody_is_scored(
    company: Company, after: timedelta
) -> None:
    for number in range(30):
        email = f"person{number}@mail.example.com"
        if number % 3:
            company.crm.account.add(email=email, jobtitle="chief cook", city="Paris")
        if number % 2:
            company.mail.account.create(email, JOB="clerk", AGE=50)
    first = await cycle(company)

    later = [(await cycle(company, after), writes(company)) for _ in range(4)]

    assert first.scored > 0
    assert [(summary.scored, summary.drift, written) for summary, written in later] == [
        (0, {}, [])
    ] * 4


async def test_who_is_on_one_platform_is_made_on_the_other_with_all_that_is_copied(
    company: Company,
) -> None:
    company.crm.account.add(email=ANN, jobtitle="cook", city="Paris")
    company.mail.account.create(BOB, JOB="clerk", CITY="Lyon")

    await cycle(company)

    assert jobs(company) == ("cook", "cook")
    assert cities(company) == ("Paris", "Paris")
    assert jobs(company, BOB) == ("clerk", "clerk")
    # The city of Brevo is copied nowhere: HubSpot is asked for it first, and has none.
    assert cities(company, BOB) == (None, "Lyon")
    scores = [SHOWN[name](company)[each] for name in NAMES for each in (ANN, BOB)]
    assert [each.get("heat_score", each.get("HEAT_SCORE")) for each in scores] == ["0", "0", 0, 0]


async def test_who_is_deleted_or_opted_out_is_made_nowhere(company: Company) -> None:
    await a_pair(company)
    company.mail.account.create("carl@mail.example.com")
    company.crm.account.derive(company.crm.account.add(email=BOB), hs_email_optout="true")
    person = company.mail.account.people.find("email_id", ANN)
    assert person is not None
    company.mail.account.remove(person)

    for _ in range(30):
        await cycle(company)

    assert SHOWN["crm"](company).keys() >= {ANN, BOB}
    assert SHOWN["mail"](company).keys() == {"carl@mail.example.com"}


@pytest.mark.parametrize("merges_make_new_ids", [False, True])
async def test_merged_contacts_are_one_person_with_one_score(merges_make_new_ids: bool) -> None:
    async with a_company(quirks=Quirks(merges_make_new_ids=merges_make_new_ids)) as company:
        await a_pair(company)
        account = company.crm.account
        bob = account.add(email=BOB, jobtitle="cook")
        for email in (ANN, BOB):
            account.engagement.send_mail_event("OPEN", email, to_micros(company.clock.at) // 1000)
        await cycle(company)
        ann = account.contacts.records.find("email", ANN)
        assert ann is not None

        account.merge(str(ann.id), bob)
        for _ in range(2):
            await cycle(company)

        people = (await kept(company))["people"]
        assert set(people) == {ANN}
        assert SHOWN["crm"](company)[ANN]["heat_score"] == "8"
        # Brevo still has two contacts; one of them is written to, the other one is let be.
        assert SHOWN["mail"](company)[ANN]["HEAT_SCORE"] == 8
        assert [(await cycle(company)).scored for _ in range(2)] == [0, 0]
        assert writes(company) == []


async def test_a_changed_address_parts_a_person_and_both_are_made_whole(company: Company) -> None:
    await a_pair(company)
    person = company.mail.account.people.find("email_id", ANN)
    assert person is not None
    company.mail.account.readdress(person, BOB)

    for _ in range(3):
        await cycle(company)

    people = (await kept(company))["people"]
    assert {address: each["records"] for address, each in people.items()} == {
        each: [("crm", each), ("mail", each)] for each in (ANN, BOB)
    }
    assert jobs(company, BOB) == ("cook", "cook")


@pytest.mark.parametrize("others", [0, 60])
async def test_a_merge_that_is_undone_parts_a_person_and_each_gets_back_what_is_theirs(
    company: Company, others: int
) -> None:
    account = company.crm.account
    await a_pair(company)
    bob = account.add(email=BOB, jobtitle="chief clerk")
    company.mail.account.create(BOB, JOB="chief clerk")
    for _ in range(3):
        account.engagement.send_mail_event("OPEN", ANN, to_micros(company.clock.at) // 1000)
        await cycle(company)
    ann = account.contacts.records.find("email", ANN)
    assert ann is not None
    account.merge(str(ann.id), bob)
    for _ in range(2):
        await cycle(company)
    assert set((await kept(company))["people"]) == {ANN}

    account.derive(str(ann.id), hs_additional_emails=None, jobtitle="cook")
    for number in range(others):
        # Ids grow a digit meanwhile: as text that of the new contact comes before the old ones.
        account.add(email=f"person{number}@mail.example.com")
    account.add(email=BOB, jobtitle="chief clerk")
    for _ in range(3):
        await cycle(company)

    people = (await kept(company))["people"]
    assert {each: people[each]["records"] for each in (ANN, BOB)} == {
        each: [("crm", each), ("mail", each)] for each in (ANN, BOB)
    }
    assert (jobs(company), jobs(company, BOB)) == (("cook",) * 2, ("chief clerk",) * 2)
    assert [SHOWN["crm"](company)[each]["heat_score"] for each in (ANN, BOB)] == ["12", "10"]
    assert [SHOWN["mail"](company)[each]["HEAT_SCORE"] for each in (ANN, BOB)] == [12, 10]
    assert [SHOWN["mail"](company)[each]["HEAT_STAGE"] for each in (ANN, BOB)] == ["warm"] * 2
    assert ((await cycle(company)).scored, writes(company)) == (0, [])


async def test_what_somebody_wrote_over_is_repaired_and_counted(company: Company) -> None:
    await a_pair(company)
    edit_crm(company, heat_score="99")
    edit_mail(company, HEAT_STAGE="boiling")

    done = await cycle(company)

    assert done.drift == {name: {"repaired": 1, "kept": 0} for name in NAMES}
    assert SHOWN["crm"](company)[ANN]["heat_score"] == "0"
    assert SHOWN["mail"](company)[ANN]["HEAT_STAGE"] == "cold"


async def test_what_somebody_wrote_over_may_stay_until_ours_is_another() -> None:
    async with a_company(KEEPING) as company:
        await a_pair(company)
        edit_crm(company, heat_score="99")

        done = [(await cycle(company)).drift for _ in range(3)]
        assert done == [{"crm": {"repaired": 0, "kept": 1}}, {}, {}]
        assert SHOWN["crm"](company)[ANN]["heat_score"] == "99"

        edit_crm(company, jobtitle="Chief of staff")
        await cycle(company)
        assert SHOWN["crm"](company)[ANN]["heat_score"] == "10"


async def test_a_list_that_is_made_once_somebody_belongs_in_it_is_not_missed(
    company: Company,
) -> None:
    company.mail.account.create(ANN, JOB="cook")

    told = [await cycle(company) for _ in range(8)]

    assert [each.problems for each in told] == [[]] * 8
