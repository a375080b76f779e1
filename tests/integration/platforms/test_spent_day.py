"""A day whose requests are used up, perhaps by other tools, ends the work there until midnight."""

from __future__ import annotations

from datetime import timedelta

from adapters.hubspot.simulator.limits import DAILY
from tests.integration.platforms.company import AT, HOUR, Company
from tests.integration.platforms.ending import SHOWN

ANN = "ann@mail.example.com"
MIDNIGHT = AT.replace(hour=0) + timedelta(days=1)


def job_on_crm(company: Company) -> object:
    return SHOWN["crm"](company)[ANN]["jobtitle"]


async def test_a_spent_day_ends_the_run_and_the_next_one_goes_on(company: Company) -> None:
    company.crm.account.add(email=ANN, jobtitle="cook")
    ann = company.mail.account.create(ANN, JOB="cook")
    for _ in range(3):
        await company.sync()
        company.clock.advance(HOUR)
    day = company.crm.app.windows.by_bucket[DAILY]
    usual, day.limit = day.limit, 1
    company.mail.account.write(ann, {"JOB": "clerk"})
    company.crm.trace.clear()

    while (began := company.clock.now()) < MIDNIGHT:
        spent = await company.sync()
        assert company.clock.now() - began < HOUR, "somebody waited for midnight"
        company.clock.at = began + HOUR
    before, asked = job_on_crm(company), [each.status for each in company.crm.trace]
    day.limit = usual
    done = await company.sync()

    assert (before, asked) == ("cook", [429])
    told = "what may be asked of it is used up (daily), until 2026-11-03 00:00 UTC"
    assert told in [each.message for each in spent.problems]
    assert (job_on_crm(company), done.exit_code) == ("clerk", 0)
