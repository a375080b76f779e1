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
from tests.conformance.store_occasions import OccasionPromises
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


class OnDatabase:
    """A state opened twice, at the fixture `url` of a subclass."""

    @pytest.fixture
    async def state(self, url: str) -> AsyncIterator[State]:
        state = await open_state(url)
        yield state
        await state.aclose()

    twin = state


class TestSqlite(OnDatabase, StoreConformance):
    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(OnDatabase, StoreConformance):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url


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


class CopyPromises(EventPromises, OccasionPromises, SubjectPromises, TransactionPromises):
    """What can be told from events, read from a copy however small."""

    @pytest.fixture
    async def state(self, url: str, tmp_path: Path) -> AsyncIterator[State]:
        state = FoldingState(Database(locate(url)), EventsCopy(tmp_path / "events", EAGER))
        yield state
        await state.aclose()

    twin = state


class TestSqliteCopied(CopyPromises):
    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgresCopied(CopyPromises):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
