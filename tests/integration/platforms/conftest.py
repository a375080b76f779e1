"""A company for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.platforms.company import Company, a_company


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    async with a_company() as founded:
        yield founded
