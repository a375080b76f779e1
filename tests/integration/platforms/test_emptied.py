"""A platform that shows nobody any more, by a mistake of its own, takes nothing from the other."""

from __future__ import annotations

import pytest

from tests.integration.platforms.company import HOUR, NAMES, Company
from tests.integration.platforms.ending import SHOWN

PEOPLE = 30


def empty(company: Company, name: str) -> None:
    if name == "mail":
        for each in list(company.mail.account.people):
            company.mail.account.remove(each)
        return
    for record_id in company.crm.account.ids():
        company.crm.account.archive(record_id)


@pytest.mark.parametrize("name", NAMES)
async def test_a_platform_that_is_suddenly_empty_takes_nothing_from_the_other(
    company: Company, name: str
) -> None:
    news = next(each for each in company.mail.account.lists.by_id.values() if each.name == "News")
    for number in range(PEOPLE):
        email = f"person{number}@mail.example.com"
        company.crm.account.add(email=email, jobtitle="chief cook", city="Paris")
        person = company.mail.account.create(email, JOB="chief cook", CITY="Paris", AGE=50)
        company.mail.account.lists.put_in(news, [person])
    for _ in range(4):
        await company.sync()
        company.clock.advance(HOUR)
    other = next(each for each in NAMES if each != name)
    before = SHOWN[other](company)
    empty(company, name)

    for _ in range(8):
        company.clock.advance(6 * HOUR)
        await company.sync()

    assert all(each["lists"] for each in before.values())
    assert SHOWN[other](company) == before
    assert SHOWN[name](company) == {}
