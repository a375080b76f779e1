"""A SQLite state whose events are copied at the least occasion, opened twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from state.opening import DatabaseState, open_state
from tests.conformance.store_world import EAGER


@pytest.fixture
async def state(sqlite_url: str) -> AsyncIterator[DatabaseState]:
    state = await open_state(sqlite_url, limits=EAGER)
    yield state
    await state.aclose()


@pytest.fixture
async def twin(sqlite_url: str) -> AsyncIterator[DatabaseState]:
    state = await open_state(sqlite_url, limits=EAGER)
    yield state
    await state.aclose()


@pytest.fixture
def folder(sqlite_url: str) -> Path:
    return Path(f"{sqlite_url.removeprefix('sqlite:///')}.events")
