"""The company on its simulated platforms."""

from __future__ import annotations

from adapters.brevo.simulator import BrevoSimulator
from adapters.hubspot.simulator import HubspotSimulator
from adapters.mautic.simulator import MauticSimulator
from connector.demo.company.deeds import Act
from connector.demo.playing import Company


def test_each_platform_knows_those_who_are_on_it() -> None:
    company = Company(["brevo", "hubspot", "mautic"], 80)

    company.play_the_past()

    mail, crm, auto = (each.simulator for each in company.platforms)
    assert isinstance(mail, BrevoSimulator)
    assert isinstance(crm, HubspotSimulator)
    assert isinstance(auto, MauticSimulator)
    assert len(mail.account.people) == sum("brevo" in each.on for each in company.people)
    assert len(crm.account.ids()) == sum("hubspot" in each.on for each in company.people)
    assert len(auto.account.contacts.by_id) == sum("mautic" in each.on for each in company.people)


def test_who_has_two_addresses_has_both_on_the_crm() -> None:
    company = Company(["brevo", "hubspot"], 200)

    company.play_the_past()

    crm = company.platforms[1].simulator
    assert isinstance(crm, HubspotSimulator)
    records = crm.account.contacts.records
    several = [each for each in company.people if len(each.on) > 1]
    assert several
    for each in several:
        assert records.find("email", each.address) is records.find("email", each.spelling)


def test_what_happens_is_told_to_those_who_can_hear_of_it() -> None:
    company = Company(["hubspot", "brevo"], 60)
    company.play_the_past()

    for _ in range(300):
        deed = company.next(company.clock.now())
        told = company.told(deed)
        assert told
        for each in told:
            assert deed.act in each.carries
            assert each.adapter in company.people[deed.person].on
            each.take(deed, company.people[deed.person])


def test_newcomers_arrive_wherever_they_are_known() -> None:
    company = Company(["brevo", "hubspot"], 10)

    deeds = [company.next(company.clock.now()) for _ in range(200)]

    came = [each for each in deeds if each.act is Act.ARRIVED]
    assert came
    assert [each.person for each in came] == [*range(10, 10 + len(came))]
    assert len(company.people) == 10 + len(came)


def test_with_one_platform_only_what_it_hears_of_happens() -> None:
    company = Company(["hubspot"], 40)

    company.play_the_past()

    deeds = [company.next(company.clock.now()) for _ in range(100)]
    assert Act.VISITED not in {each.act for each in deeds}
