"""What was not sent counts within no limit."""

from __future__ import annotations

import pytest

from connector.errors import NothingSent
from tests.unit.state.pacing.accounts import HOUR, AccountUse, a_bucket


async def test_what_was_not_sent_takes_no_place() -> None:
    use = AccountUse(a_bucket(1), a_bucket(2, HOUR, "hourly"))
    budget = await use.start()

    for _ in range(5):
        with pytest.raises(NothingSent):
            async with budget.spend(*use.buckets):
                raise NothingSent(platform="crm", operation="write")

    assert budget.left() == {"all": 1, "hourly": 2}
