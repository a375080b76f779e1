"""A contact known to Mautic, HubSpot and a folder of files has one score, on all three."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.domain.instants import iso, to_micros
from tests.integration.three.company import AT, HOUR, Company, a_company

ANN = "ann@example.com"
BEN = "ben@example.com"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    async with a_company(tmp_path) as founded:
        yield founded


async def known_to_all(company: Company) -> None:
    """Let Ann do something on each platform, and Ben nothing anywhere."""
    mautic, crm = company.auto.account, company.crm.account
    ann = mautic.add_contact(ANN, position="Chief of staff")
    mautic.add_contact(BEN)
    mail = mautic.add_entity("emails", name="News")
    mautic.engagement.open(mautic.engagement.send(ann, mail["id"]))
    mautic.engagement.visit(ann, "https://www.example.com/prices")
    for email in (ANN, BEN):
        crm.add(email=email)
    crm.engagement.send_mail_event("OPEN", ANN, to_micros(company.clock.now()) // 1000)
    company.write_csv("contacts", {"id": 1, "email": ANN}, {"id": 2, "email": BEN})
    order = {"id": "o1", "contact": 1, "type": "order.placed", "occurred_at": iso(AT), "amount": 60}
    company.write_csv("events", order)


async def test_what_was_done_anywhere_counts_on_all_of_them(company: Company) -> None:
    await known_to_all(company)

    for _ in range(3):
        summary = await company.sync()
        assert summary.exit_code == 0, summary.problems

    shown = company.shown()
    # 4 + 3 in Mautic, 4 in HubSpot, 6 in the files, and 10 for her job; cooled for three hours.
    assert shown["crm"][ANN] == shown["past"][ANN] == shown["auto"][ANN] == (27.0, "hot")
    assert shown["crm"][BEN] == shown["past"][BEN] == (0.0, "cold")
    # The least number that Mautic's API keeps.
    assert shown["auto"][BEN] == (1.0, "cold")


async def test_tags_stages_segments_and_notes_follow_in_mautic(company: Company) -> None:
    await known_to_all(company)

    for _ in range(3):
        await company.sync()

    mautic = company.auto.account
    (ann,) = mautic.contacts.with_value("email", ANN)
    (ben,) = mautic.contacts.with_value("email", BEN)
    stages = {name: each["name"] for name, each in mautic.stages.items()}
    assert (stages[ann.stage], stages[ben.stage]) == ("hot", "cold")  # type: ignore[index]
    (hot,) = [each for each in mautic.segments.by_id.values() if each["name"] == "Hot leads"]
    assert mautic.segments.members(hot["id"]) == {ann.id}


async def test_a_job_that_is_edited_in_one_reaches_the_others(company: Company) -> None:
    await known_to_all(company)
    await company.sync()
    record = company.crm.account.contacts.records.find("email", ANN)
    assert record is not None

    company.crm.account.set(str(record.id), jobtitle="cook")
    for _ in range(2):
        await company.sync()

    (ann,) = company.auto.account.contacts.with_value("email", ANN)
    assert ann.values["position"] == "cook"
    assert company.shown()["auto"][ANN][1] == "warm"


async def test_what_was_written_comes_back_as_no_news(company: Company) -> None:
    await known_to_all(company)
    for _ in range(4):
        await company.sync()
    written = {name: len(each.trace) for name, each in company.simulators.items()}

    summary = await company.sync(HOUR / 60)

    assert summary.scored == 0
    assert all(each["calls"] == 0 for each in summary.deliveries.values())
    assert summary.drift == {}
    for name, each in company.simulators.items():
        methods = {asked.method for asked in list(each.trace)[written[name] :]}
        assert name == "crm" or methods <= {"GET"}
