"""A company for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from state.opening import open_state
from tests.integration.platforms.company import Company, a_company

_POSTGRESQL = [pytest.mark.chaos, pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(params=["memory", pytest.param("postgresql", marks=_POSTGRESQL)])
async def company(request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    if request.param == "memory":
        async with a_company() as founded:
            yield founded
        return
    state = await open_state(request.getfixturevalue("postgres_url"))
    async with a_company(state=state) as founded:
        yield founded
    await state.aclose()
