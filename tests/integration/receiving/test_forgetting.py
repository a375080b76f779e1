"""Whom HubSpot erases is forgotten here, on both platforms; and nobody forgotten comes by calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connector.sync.forgetting.forget import forget
from tests.integration.platforms.company import MAPPINGS
from tests.integration.receiving.door import Door, a_calling_company

ANN, BOB = "ann@mail.example.com", "bob@mail.example.com"
HOUR = timedelta(hours=1)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Give a company that knows Ann and Bob, who are on both platforms."""
    async with a_calling_company(MAPPINGS) as door:
        for email in (ANN, BOB):
            door.company.crm.account.add(email=email, jobtitle="chief")
            door.company.mail.account.create(email, JOB="chief")
        for _ in range(2):
            await door.company.sync()
            door.company.clock.advance(HOUR)
            await door.take_in()
        yield door


async def _known(door: Door) -> set[str]:
    """Return all addresses of all records."""
    async with door.company.state.read() as tx:
        records = await tx.contacts.records_of(await tx.contacts.all_numbers())
    return {email for record in records for email in record.emails}


async def test_whom_hubspot_erases_is_forgotten_everywhere(door: Door) -> None:
    account = door.company.crm.account
    ann = next(each for each in account.ids() if account.values(each)["email"] == ANN)
    account.erase(ann)

    await door.take_in()
    door.company.clock.advance(HOUR)
    await door.company.sync()

    assert await _known(door) == {BOB}


async def test_calls_about_somebody_forgotten_bring_nothing_back(door: Door) -> None:
    await forget(door.company.workspace, ANN)
    account = door.company.mail.account
    account.mail.happen("opened", account.mail.send(ANN))
    crm = door.company.crm.account
    for each in crm.ids():
        crm.set(each, jobtitle="cook")

    await door.take_in()
    door.company.clock.advance(HOUR)
    await door.company.sync()

    assert await _known(door) == {BOB}
    async with door.company.state.read() as tx:
        assert await tx.contacts.orphans() == {}
