"""The limits of each call are kept, as the reference names them."""

from __future__ import annotations

from collections import Counter

from tests.integration.presets.accounts import Company
from tests.integration.presets.klaviyo.simulator import KlaviyoSimulator
from tests.integration.presets.klaviyo.simulator.account import Account

MANY = 900
"""More than the 750 profiles that may be changed in a minute."""


async def test_nothing_is_turned_down_where_more_is_written_than_a_minute_takes(
    company: Company, account: Account, klaviyo: KlaviyoSimulator
) -> None:
    people = [account.add_profile(f"p{number}@example.com") for number in range(MANY)]

    await company.sync()

    exchanges = klaviyo.trace.exchanges
    assert all("heat_score" in each.properties for each in people)
    assert Counter(each.method for each in exchanges)["PATCH"] == MANY
    assert {each.status for each in exchanges} <= {200, 201, 204}


async def test_members_are_written_by_the_thousand(
    company: Company, account: Account, klaviyo: KlaviyoSimulator
) -> None:
    people = [account.add_profile(f"p{number}@example.com", plan="pro") for number in range(120)]
    for each in people:
        account.record(each, "Clicked Email", company.clock.now())

    await company.sync()

    asked = [each.method for each in klaviyo.trace.exchanges if "/relationships/" in each.path]
    assert asked == ["POST"]
    assert {*account.group("Hot leads").members} == {each.id for each in people}
