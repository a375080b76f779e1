"""Commands within the limits of an account: counted whatever the command, and shown."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory import adapter
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Cursor, Page
from connector.errors import Problem
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Bucket, RateBudget
from connector.ports.platform import ContactSource
from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: memory, budget: 70%}
model:
  rules:
    opened: {event: email.opened, points: 10}
    bought: {event: "order.*", points: 10, unless: {event: order.refunded}}
targets:
  crm: {attributes: {heat: score}}
"""
BUCKETS = (
    Bucket(name="hourly", limit=10, window=timedelta(hours=1), counts_writes=True),
    Bucket(name="burst", limit=10, window=timedelta(seconds=1)),
)


@dataclass(frozen=True)
class Paced:
    """Contacts that cost three requests."""

    source: ContactSource
    budget: RateBudget

    async def contacts(
        self, reading: Reading, since: Cursor | None
    ) -> AsyncIterator[Page[Contact]]:
        for _ in range(3):
            async with self.budget.spend("hourly", "burst"):
                pass
        async for page in self.source.contacts(reading, since):
            yield page


class PacedPlatform(adapter.MemoryPlatform):
    """A platform in memory whose account has limits."""

    closed: bool = False
    budget: RateBudget

    async def check(self) -> Sequence[Problem]:
        async with self.budget.spend("hourly"):
            return ()

    async def aclose(self) -> None:
        type(self).closed = True


@pytest.fixture
def contexts(bare: Path, monkeypatch: pytest.MonkeyPatch) -> list[PlatformContext]:
    """Stand where an account with limits is configured; return what its adapter is handed."""
    handed: list[PlatformContext] = []

    def connect(context: PlatformContext) -> PacedPlatform:
        handed.append(context)
        platform = PacedPlatform(adapter.account_of(context.name))
        platform.budget = context.budget
        assert platform.contacts is not None
        platform.contacts = Paced(platform.contacts, context.budget)
        return platform

    (bare / "mappings").mkdir()
    (bare / "mappings" / "heatsync.yaml").write_text(MAPPINGS)
    paced = replace(adapter.ADAPTER, connect=connect, buckets=lambda _: BUCKETS)
    monkeypatch.setattr(adapter, "ADAPTER", paced)
    monkeypatch.setattr(adapter, "_ACCOUNTS", {})
    monkeypatch.setattr(PacedPlatform, "closed", False)
    adapter.account_of("crm").create("ada@example.org")
    return handed


def left() -> int:
    """Return the requests of this hour that the status shows."""
    count = heatsync("status", "--json").json["budgets"]["crm"]["hourly"]
    assert isinstance(count, int)
    return count


@pytest.mark.usefixtures("contexts")
def test_what_a_cycle_asked_is_counted_for_the_next_command() -> None:
    assert heatsync("sync", "--json").code == 0

    assert left() == 4
    assert "crm  burst" in heatsync("status").out
    assert PacedPlatform.closed


@pytest.mark.usefixtures("contexts")
def test_a_dry_run_asks_within_the_limits_and_is_counted_though_nothing_else_is_kept() -> None:
    ran = heatsync("sync", "--dry-run", "--json")

    assert ran.json["pulled"]["crm"]["contacts"] == 1
    assert ran.json["plan"]["crm"]["limits"]["hourly"] == 4
    assert left() == 4
    with sqlite3.connect("heatsync.db") as database:
        assert database.execute("SELECT count(*) FROM persons").fetchone() == (0,)


@pytest.mark.usefixtures("contexts")
def test_a_check_is_counted_where_there_is_a_database() -> None:
    assert heatsync("check", "--json").code in {0, 69}
    assert not Path("heatsync.db").exists()

    heatsync("pull", "--json")
    heatsync("check", "--json")

    assert left() == 3


@pytest.mark.usefixtures("contexts")
def test_an_hour_that_is_used_up_ends_the_pull_well_and_says_until_when() -> None:
    for _ in range(2):
        assert heatsync("pull", "--json").code == 0

    ran = heatsync("pull", "--json")

    assert ran.code == 75
    (problem,) = ran.json["problems"]
    assert (problem["path"], "(hourly), until" in problem["message"]) == ("crm", True)
    assert left() == 0


def test_adapters_are_told_what_anything_looks_at(contexts: list[PlatformContext]) -> None:
    heatsync("pull", "--json")

    types = contexts[0].event_types
    assert types == frozenset({"email.opened", "order.*", "order.refunded"})


@pytest.mark.usefixtures("contexts")
def test_a_plan_says_how_long_it_takes() -> None:
    heatsync("pull", "--json")
    heatsync("score", "--json")

    plan = heatsync("plan", "--json").json["platforms"]["crm"]

    assert (plan["calls"], plan["seconds"]) == (1, 0)
    assert "at once within its limits" in heatsync("plan").out
