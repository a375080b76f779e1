"""What a platform does not take at the moment it takes in the same cycle, a little later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.brevo.simulator.people import Person
from adapters.simulation.faults import Fault
from tests.integration.platforms.company import BULK_FROM, Company

PUT = "PUT /v3/contacts"
IMPORT = "POST /v3/contacts/import"


def people(company: Company, count: int) -> list[Person]:
    """Let people be there who are worth a score."""
    account = company.mail.account
    return [account.create(f"p{number}@mail.example.com", AGE=50) for number in range(count)]


def unscored(those: list[Person]) -> list[Person]:
    return [each for each in those if each.values.get("HEAT_SCORE") != 4]


async def test_single_writes_that_go_wrong_for_a_moment_arrive(company: Company) -> None:
    few = people(company, BULK_FROM - 1)
    busy = company.clock.now() + timedelta(seconds=2)
    company.mail.account.busy_until[few[-1].id] = busy
    company.mail.faults.play(Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.TIMED_OUT, on=PUT)

    summary = await company.sync()

    assert (summary.exit_code, unscored(few)) == (0, [])
    assert len(few) < len(company.mail.trace.of("PUT")) <= len(few) + 4


@pytest.mark.parametrize("fault", [Fault.TIMED_OUT, Fault.SERVER_ERROR, Fault.HTML_PAGE])
async def test_an_import_that_goes_wrong_for_a_moment_arrives(
    company: Company, fault: Fault
) -> None:
    many = people(company, 3 * BULK_FROM)
    company.mail.faults.play(fault, on=IMPORT)

    summary = await company.sync()

    assert (summary.exit_code, unscored(many)) == (0, [])
    assert len(company.mail.trace.of("POST", "/v3/contacts/import")) == 2
    assert company.mail.trace.of("PUT") == []
