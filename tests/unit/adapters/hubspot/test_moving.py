"""An account that HubSpot moves is left alone for as long as it says, by later runs too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from adapters.http import Call, HttpSession
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.limits import REQUEST, SEARCH_REQUEST, buckets_of
from connector.errors import LimitUsedUp, PlatformError, RateLimited
from state.pacing.budget import Budget, open_budget
from state.pacing.kept import MemoryLedger
from tests.builders import T
from tests.fakes import FakeClock

READ = Call(operation="read contacts", method="GET", path="/x", buckets=REQUEST)
SEARCH = Call(operation="search", method="POST", path="/x", buckets=SEARCH_REQUEST)
TWO_HOURS = timedelta(hours=2)


@dataclass
class Moving:
    """An account that refuses everything with one status, process by process."""

    status: int = 477
    seconds: int = 7_200
    clock: FakeClock = field(default_factory=lambda: FakeClock(T))
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    asked: int = 0

    async def refuses(self, call: Call) -> tuple[PlatformError, Budget]:
        """Return what a new process is told, and the limits as it knows them then."""
        budget = await open_budget(
            "crm", buckets_of("pro"), percent=100, clock=self.clock, ledger=self.ledger
        )
        session = HttpSession(
            platform="crm",
            base_url="https://api.example.com",
            budget=budget,
            headers={},
            dialect=HubspotDialect(self.clock, None),
            transport=httpx.MockTransport(self._answer),
        )
        with pytest.raises(PlatformError) as caught:
            await session.send(call)
        return caught.value, budget

    def _answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(self.status, headers={"retry-after": str(self.seconds)}, json={})


async def test_the_instant_to_come_back_at_is_told() -> None:
    moving = Moving()

    error, budget = await moving.refuses(READ)

    back = T + TWO_HOURS
    assert type(error) is RateLimited
    assert f"asks to wait until {back:%Y-%m-%d %H:%M} UTC" in str(error)
    assert {budget.opens()[name] for name in REQUEST} == {back}


@pytest.mark.parametrize("call", [READ, SEARCH], ids=["a read", "a search"])
async def test_no_process_asks_before_that(call: Call) -> None:
    moving = Moving()
    await moving.refuses(READ)
    moving.clock.advance(TWO_HOURS - timedelta(minutes=10))

    error, _ = await moving.refuses(call)

    assert isinstance(error, LimitUsedUp)
    assert moving.asked == 1


async def test_after_that_it_is_asked_again() -> None:
    moving = Moving()
    await moving.refuses(READ)
    moving.clock.advance(TWO_HOURS)

    await moving.refuses(READ)

    assert moving.asked == 2


async def test_a_record_that_is_locked_keeps_no_other_from_being_asked_for() -> None:
    moving = Moving(status=423, seconds=2)

    error, budget = await moving.refuses(READ)

    assert type(error) is RateLimited
    assert budget.opens() == {}
