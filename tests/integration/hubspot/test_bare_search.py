"""Searches that lose nobody, in a HubSpot made from the vendor's pages alone.

Whatever our simulator and our adapter take for granted together would show here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Cursor
from connector.domain.values import FieldType
from tests.fakes import FakeClock
from tests.integration.hubspot.bare import BareHubspot
from tests.integration.hubspot.conftest import AT, HOUR, MINUTE, drained

JOB = Reading(fields={"jobtitle": FieldType.TEXT})
CROWD = range(1, 12_001)
"""More than one query finds."""


@pytest.fixture
def bare() -> BareHubspot:
    return BareHubspot(clock=FakeClock(AT))


@pytest.fixture
async def platform(bare: BareHubspot) -> AsyncIterator[HubspotPlatform]:
    connected = bare.connect(journal=False)
    yield connected
    await connected.aclose()


async def contacts(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Contact], Cursor]:
    return await drained(platform.contacts.contacts(JOB, since))


def ids(found: list[Contact]) -> list[int]:
    return [int(each.remote_id) for each in found]


async def before_a_bulk_edit(bare: BareHubspot, platform: HubspotPlatform) -> Cursor:
    """Return where a reading ended before the whole crowd was changed at one millisecond."""
    _, cursor = await contacts(platform, None)
    bare.clock.advance(MINUTE)
    bare.put(*CROWD)
    bare.clock.advance(MINUTE)
    return cursor


async def test_twelve_thousand_contacts_of_one_millisecond_are_all_found_once(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await before_a_bulk_edit(bare, platform)

    found, _ = await contacts(platform, cursor)

    assert ids(found) == list(CROWD)


async def test_a_reading_that_ends_anywhere_goes_on_where_it_was(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await before_a_bulk_edit(bare, platform)
    found: list[Contact] = []
    for _ in range(3):
        pages = platform.contacts.contacts(JOB, cursor)
        for _ in range(7):
            page = await anext(aiter(pages))
            found += page.items
            cursor = page.cursor
        bare.clock.advance(MINUTE)

    rest, _ = await contacts(platform, cursor)

    assert ids([*found, *rest]) == list(CROWD)


async def test_who_changes_while_others_are_read_is_found_then_or_the_next_time(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    _, cursor = await contacts(platform, None)
    bare.clock.advance(MINUTE)
    bare.put(*range(1, 3001), jobtitle="clerk")
    bare.clock.advance(MINUTE)
    bare.changes_while_searched = 40

    at_once, cursor = await contacts(platform, cursor)
    bare.changes_while_searched = 0
    bare.clock.advance(MINUTE)
    then, _ = await contacts(platform, cursor)

    moved = set(range(2961, 3001))
    assert set(ids(at_once)) == set(range(1, 3001)) - moved
    assert set(ids(then)) >= moved


@pytest.mark.parametrize("lag", [timedelta(), MINUTE, 30 * MINUTE, 59 * MINUTE])
@pytest.mark.parametrize("every", [5 * MINUTE, HOUR, 7 * HOUR])
async def test_no_change_is_lost_however_late_searches_learn_of_it(
    bare: BareHubspot, platform: HubspotPlatform, lag: timedelta, every: timedelta
) -> None:
    bare.lag = lag
    bare.put(*range(1, 31), jobtitle="clerk")
    _, cursor = await contacts(platform, None)
    seen: dict[str, object] = {}
    for number in range(1, 31):
        bare.put(number, jobtitle=f"job {number}")
        bare.clock.advance(every / 3)
        if number % 3 == 0:
            found, cursor = await contacts(platform, cursor)
            seen |= {each.remote_id: each.attributes.get("jobtitle") for each in found}

    bare.clock.advance(2 * HOUR)
    found, _ = await contacts(platform, cursor)
    seen |= {each.remote_id: each.attributes.get("jobtitle") for each in found}

    assert seen == {str(number): f"job {number}" for number in range(1, 31)}


async def test_what_searches_learn_of_late_is_read_once(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    bare.lag = 20 * MINUTE
    _, cursor = await contacts(platform, None)
    bare.clock.advance(10 * MINUTE)
    bare.put(*range(1, 11))
    found: list[int] = []
    for _ in range(40):
        bare.clock.advance(5 * MINUTE)
        page, cursor = await contacts(platform, cursor)
        found += ids(page)

    assert {each: found.count(each) for each in set(found)} == dict.fromkeys(range(1, 11), 1)
