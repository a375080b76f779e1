"""An account in memory outlives its connections."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from adapters.memory.adapter import ADAPTER, account_of
from adapters.memory.config import MemoryConfig
from connector.domain.contacts import Reading
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.platform import Platform
from tests.fakes import FakeClock

AT = datetime(2026, 1, 15, tzinfo=UTC)


def connect(name: str) -> Platform:
    return ADAPTER.connect(
        PlatformContext(
            name=name,
            config=MemoryConfig(adapter="memory"),
            folder=Path(),
            clock=FakeClock(AT),
            budget=Unlimited(),
        )
    )


async def test_what_an_account_holds_is_there_at_the_next_connection() -> None:
    await connect("kept").aclose()
    person = account_of("kept").create("ann@mail.example.com")

    lookup = connect("kept").lookup

    assert lookup is not None
    (found,) = await lookup.fetch([person.id], Reading())
    assert found.emails == ("ann@mail.example.com",)


async def test_accounts_of_other_names_are_others() -> None:
    account_of("one").create("ann@mail.example.com")

    walk = connect("another").ids

    assert walk is not None
    assert [page async for page in walk.ids()] == []


def test_no_secret_is_needed() -> None:
    assert list(MemoryConfig(adapter="memory").missing_secrets([])) == []
