"""Whom HubSpot erases is forgotten here, on both platforms; and nobody forgotten comes by calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connector.sync.forgetting.forget import forget
from connector.sync.receiving.taking_in import DOUBLINGS, FIRST_REST, take_in
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


@pytest.mark.parametrize("seconds", [20, 3 * 24 * 3600], ids=["a moment", "days"])
async def test_whom_hubspot_erases_while_it_refuses_us_is_forgotten_once_it_does_not(
    door: Door, seconds: int
) -> None:
    company, account = door.company, door.company.crm.account
    tokens, account.keys.tokens = account.keys.tokens, set()
    ann = next(each for each in account.ids() if account.values(each)["email"] == ANN)
    account.erase(ann)
    refused = (await door.take_in())["crm"]
    for _ in range(4):
        company.clock.advance(timedelta(seconds=seconds / 4))
        await take_in(company.workspace, "crm")
    account.keys.tokens = tokens
    await company.sync()
    known = await _known(door)
    company.clock.advance(FIRST_REST * 2**DOUBLINGS)

    taken = await take_in(company.workspace, "crm")

    assert (refused.calls, refused.failed, len(refused.errors)) == (0, 1, 1)
    assert (known, await _known(door)) == ({ANN, BOB}, {BOB})
    assert (taken.calls, taken.erased) == (1, 1)


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
