"""The state in memory, in SQLite and in PostgreSQL keeps every promise."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connector.ports.store import State
from state.memory.database import MemoryState
from state.opening import open_state
from tests.conformance.store_suite import StoreConformance


class TestMemory(StoreConformance):
    @pytest.fixture
    def state(self) -> State:
        return MemoryState()

    @pytest.fixture
    def twin(self, state: State) -> State:
        return state


class TestSqlite(StoreConformance):
    @pytest.fixture
    async def state(self, sqlite_url: str) -> AsyncIterator[State]:
        state = await open_state(sqlite_url)
        yield state
        await state.aclose()

    @pytest.fixture
    async def twin(self, sqlite_url: str) -> AsyncIterator[State]:
        state = await open_state(sqlite_url)
        yield state
        await state.aclose()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(StoreConformance):
    @pytest.fixture
    async def state(self, postgres_url: str) -> AsyncIterator[State]:
        state = await open_state(postgres_url)
        yield state
        await state.aclose()

    @pytest.fixture
    async def twin(self, postgres_url: str) -> AsyncIterator[State]:
        state = await open_state(postgres_url)
        yield state
        await state.aclose()
