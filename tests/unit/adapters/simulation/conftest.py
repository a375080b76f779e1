"""A platform of nothing behind a door that takes three requests a second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.simulation.front import Front
from adapters.simulation.windows import FixedWindow, Windows
from tests.unit.adapters.simulation.counting import Counter, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def front(counter: Counter, time: Time) -> Front:
    windows = Windows([FixedWindow("all", 3, timedelta(seconds=1))])
    return Front(counter, now=time.now, windows=windows)
