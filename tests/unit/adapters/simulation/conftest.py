"""A platform of nothing behind a door that takes three requests a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.simulation.front import Front
from adapters.simulation.windows import FixedWindow, Windows
from tests.fakes import FakeClock
from tests.unit.adapters.simulation.counting import Counter


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def front(counter: Counter, clock: FakeClock) -> Front:
    windows = Windows([FixedWindow("all", 3, timedelta(seconds=1))])
    return Front(counter, now=clock.now, windows=windows)
