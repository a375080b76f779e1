"""The state in memory, in SQLite and in PostgreSQL keeps every promise, from a copy as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from connector.domain.values import FieldType
from connector.ports.store import State
from state.columnar.copy import EventsCopy
from state.database import Database
from state.location import locate
from state.memory.database import MemoryState
from state.opening import DatabaseState, DatabaseTransaction, open_state
from tests.conformance.store_events import EventPromises
from tests.conformance.store_subjects import SubjectPromises
from tests.conformance.store_suite import StoreConformance
from tests.conformance.store_transactions import TransactionPromises
from tests.conformance.store_world import EAGER


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


class FoldingState(DatabaseState):
    """A state that folds all changes after every second transaction: the others stay changes."""

    _writes = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[DatabaseTransaction]:
        async with super().write() as tx:
            yield tx
        self._writes += 1
        if self._writes % 2:
            properties = {"sku": FieldType.TEXT, "due": FieldType.DATETIME}
            # Of several at once, which nobody does who owns the cycles, some give up.
            await self.fold_events(properties)


def _folding(url: str, folder: Path) -> DatabaseState:
    return FoldingState(Database(locate(url)), EventsCopy(folder, EAGER))


class CopyPromises(EventPromises, SubjectPromises, TransactionPromises):
    """What can be told from events, read from a copy however small."""


class TestSqliteCopied(CopyPromises):
    @pytest.fixture
    async def state(self, sqlite_url: str, tmp_path: Path) -> AsyncIterator[State]:
        state = _folding(sqlite_url, tmp_path / "events")
        yield state
        await state.aclose()

    @pytest.fixture
    async def twin(self, sqlite_url: str, tmp_path: Path) -> AsyncIterator[State]:
        state = _folding(sqlite_url, tmp_path / "events")
        yield state
        await state.aclose()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgresCopied(CopyPromises):
    @pytest.fixture
    async def state(self, postgres_url: str, tmp_path: Path) -> AsyncIterator[State]:
        state = _folding(postgres_url, tmp_path / "events")
        yield state
        await state.aclose()

    @pytest.fixture
    async def twin(self, postgres_url: str, tmp_path: Path) -> AsyncIterator[State]:
        state = _folding(postgres_url, tmp_path / "events")
        yield state
        await state.aclose()
