"""A platform in simulation never turns us down for a limit, whatever is asked and who dies."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from adapters.brevo import limits as brevo
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.simulator import BrevoSimulator
from adapters.http import Call, Dialect, HttpSession
from adapters.hubspot import limits as hubspot
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.simulator import TOKEN, HubspotSimulator
from adapters.simulation.front import Front
from connector.errors import PlatformError, PlatformUnavailable, RateLimited
from connector.ports.budget import Bucket, share_of
from state.pacing.budget import open_budget
from state.pacing.kept import MemoryLedger
from tests.builders import T
from tests.fakes import SharedClock

HOUR = timedelta(hours=1)
TASKS = 8
CRASHES = 3
"""A process lives for an hour or more; every third of them is killed."""


@dataclass(frozen=True)
class Vendor:
    """A platform in simulation, and the ways to reach it."""

    front: Front
    url: str
    headers: Mapping[str, str]
    dialect: Dialect
    buckets: Sequence[Bucket]
    calls: Sequence[Call]


def a_brevo(clock: SharedClock) -> Vendor:
    simulator = BrevoSimulator(now=clock.now)
    buckets = brevo.buckets_of("general")
    reads = frozenset({400, 404})
    return Vendor(
        front=simulator.app,
        url="https://api.brevo.com/v3",
        headers={"api-key": simulator.account.key},
        dialect=BrevoDialect(buckets),
        buckets=buckets,
        calls=[
            Call(operation="x", method="GET", path=path, buckets=(bucket,), reads=reads)
            for path, bucket in [
                ("/contacts", brevo.CONTACTS),
                ("/smtp/statistics/events", brevo.STATISTICS),
                ("/account", brevo.GENERAL),
            ]
        ],
    )


def a_hubspot(clock: SharedClock) -> Vendor:
    contacts = "/crm/objects/2026-03/contacts"
    return Vendor(
        front=HubspotSimulator(now=clock.now, tier="free").app,
        url="https://api.hubapi.com",
        headers={"authorization": f"Bearer {TOKEN}"},
        dialect=HubspotDialect(clock, "UTC"),
        buckets=hubspot.buckets_of("free"),
        calls=[
            Call(operation="x", method="GET", path=contacts, buckets=hubspot.REQUEST),
            Call(
                operation="x",
                method="POST",
                path=f"{contacts}/search",
                body={"filterGroups": [], "limit": 1},
                buckets=hubspot.SEARCH_REQUEST,
            ),
        ],
    )


class Slow(httpx.ASGITransport):
    """A network that takes its time, in both directions."""

    def __init__(self, front: Front, clock: SharedClock, chance: random.Random) -> None:
        super().__init__(app=front)
        self._clock = clock
        self._chance = chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._clock.sleep(timedelta(seconds=self._chance.expovariate(10)))
        response = await super().handle_async_request(request)
        await self._clock.sleep(timedelta(seconds=self._chance.expovariate(10)))
        return response


@dataclass
class Company:
    """Processes one after the other that ask as much as they may, in waves."""

    vendor: Vendor
    clock: SharedClock
    percent: int
    chance: random.Random

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger()
        self.put_off = Counter[int | None]()

    async def live(self, hours: int, a_wave: int) -> None:
        for hour in range(hours):
            await self._process(a_wave, is_killed=hour % CRASHES == 1)
            began = T + (hour + 1) * HOUR
            await self.clock.sleep(max(began - self.clock.at, timedelta()))

    async def _process(self, a_wave: int, *, is_killed: bool) -> None:
        budget = await open_budget(
            "crm",
            self.vendor.buckets,
            percent=self.percent,
            clock=self.clock,
            ledger=self.ledger,
        )
        session = HttpSession(
            platform="crm",
            base_url=self.vendor.url,
            budget=budget,
            headers=self.vendor.headers,
            dialect=self.vendor.dialect,
            transport=Slow(self.vendor.front, self.clock, self.chance),
        )
        wanted = iter([call for call in self.vendor.calls for _ in range(a_wave)])
        tasks = [asyncio.ensure_future(self._ask(session, wanted)) for _ in range(TASKS)]
        if is_killed:
            await self.clock.sleep(timedelta(seconds=self.chance.uniform(0, 20)))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # Its successor begins at once, and asks the same.
            await self._process(a_wave, is_killed=False)
            return
        await asyncio.gather(*tasks)
        await session.aclose()
        await budget.aclose()

    async def _ask(self, session: HttpSession, calls: Iterable[Call]) -> None:
        for call in calls:
            try:
                await session.send(call)
            except RateLimited as error:
                # A platform that had to say so itself has a status.
                self.put_off[error.status] += 1


async def a_history(vendor: Vendor, clock: SharedClock, percent: int, hours: int, wave: int) -> int:
    """Return how many requests there were; none may have passed a limit."""
    company = Company(vendor, clock, percent, random.Random(percent))
    await clock.run(company.live(hours, wave))
    for bucket in vendor.buckets:
        most = vendor.front.trace.most_within(bucket.name, bucket.window)
        assert most <= share_of(bucket.limit, percent), bucket.name
    assert set(company.put_off) <= {None}
    return len(vendor.front.trace)


@pytest.mark.parametrize("percent", [100, 70])
@pytest.mark.parametrize("kind", [a_brevo, a_hubspot])
async def test_hours_of_waves_and_crashes_pass_no_limit(
    kind: Callable[[SharedClock], Vendor], percent: int
) -> None:
    clock = SharedClock(T)

    made = await a_history(kind(clock), clock, percent, hours=2, wave=130)

    assert made > 200


@pytest.mark.chaos
@pytest.mark.parametrize("percent", [100, 70])
@pytest.mark.parametrize("kind", [a_brevo, a_hubspot])
async def test_a_day_of_waves_and_crashes_passes_no_limit(
    kind: Callable[[SharedClock], Vendor], percent: int
) -> None:
    clock = SharedClock(T)

    made = await a_history(kind(clock), clock, percent, hours=24, wave=400)

    assert made > 5_000


async def test_faults_in_between_pass_no_limit_either() -> None:
    clock = SharedClock(T)
    vendor = a_hubspot(clock)
    vendor.front.faults.storm(5, seed=3)
    company = Company(vendor, clock, 100, random.Random(5))
    failures = 0

    async def ask(session: HttpSession, calls: Iterable[Call]) -> None:
        nonlocal failures
        for call in calls:
            try:
                await session.send(call)
            except PlatformError as error:
                failures += isinstance(error, PlatformUnavailable)

    company._ask = ask  # type: ignore[method-assign]
    await clock.run(company.live(1, 150))

    assert failures > 10
    for bucket in vendor.buckets:
        assert vendor.front.trace.most_within(bucket.name, bucket.window) <= bucket.limit
    assert not [each for each in vendor.front.trace if each.status == 429 and not each.fault]
