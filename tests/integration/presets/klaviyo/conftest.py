"""A company with Klaviyo for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import Company, a_company
from tests.integration.presets.klaviyo.company import MAPPINGS, a_simulator
from tests.integration.presets.klaviyo.simulator import KlaviyoSimulator
from tests.integration.presets.klaviyo.simulator.account import Account


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    clock = FakeClock(T)
    async with a_company(MAPPINGS, {"shop": a_simulator(clock)}, clock) as company:
        yield company


@pytest.fixture
def klaviyo(company: Company) -> KlaviyoSimulator:
    found = company.simulators["shop"]
    assert isinstance(found, KlaviyoSimulator)
    return found


@pytest.fixture
def account(klaviyo: KlaviyoSimulator) -> Account:
    return klaviyo.account
