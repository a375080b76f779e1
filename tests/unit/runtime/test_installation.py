"""The workspace in force, and the one before while somebody is still at work in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.registry import all_adapters
from connector.config.configuration import Configuration
from connector.config.loader import load
from connector.config.settings import Settings
from connector.errors import ConfigError, LaneLost, Problem
from connector.ports.courier import Courier
from connector.runtime.installation import Installation
from state.memory.database import MemoryState
from tests.builders import T
from tests.fakes import FakeClock

SETTINGS = Settings(platforms={"crm": {"access_token": SecretStr("t"), "token": SecretStr("t")}})


def configuration(folder: Path, budget: str = "100%") -> Configuration:
    (folder / "heatsync.yaml").write_text(
        "version: 1\n"
        "platforms:\n"
        f"  crm: {{adapter: hubspot, budget: {budget}}}\n"
        "attributes:\n"
        "  email: {type: email, crm: email}\n"
    )
    return load(folder, all_adapters(), SETTINGS)


Couriers = Callable[[Settings], Mapping[str, Courier]]


def refusing_after(times: int) -> Couriers:
    """Return what opens no couriers so many times, and then refuses to."""
    left = iter(range(times))

    def open_couriers(_: Settings) -> Mapping[str, Courier]:
        if next(left, None) is None:
            raise ConfigError([Problem(message="no such courier")])
        return {}

    return open_couriers


class Opened:
    def __init__(self, open_couriers: Couriers | None = None) -> None:
        state = MemoryState()
        self.lanes: set[str] = {"crm"}
        self.installation = Installation(
            state=state,
            ledger=state.ledger,
            clock=FakeClock(T),
            process="here",
            holds=self.lanes.__contains__,
            open_couriers=open_couriers,
        )


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    opened = Opened()
    await opened.installation.configure(configuration(tmp_path), SETTINGS)
    yield opened
    await opened.installation.aclose()


async def test_who_begins_after_an_edit_works_by_it_and_who_began_before_by_the_old(
    opened: Opened, tmp_path: Path
) -> None:
    installation = opened.installation
    async with installation.in_use() as before:
        await installation.configure(configuration(tmp_path), SETTINGS)
        async with installation.in_use() as after:
            assert after is not before
        assert installation.workspace is after


async def test_platforms_are_let_go_of_once_nobody_uses_them(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = opened.installation
    closed: list[object] = []
    kind = type(installation.workspace.platforms["crm"])

    async def noted(platform: object) -> None:
        closed.append(platform)

    monkeypatch.setattr(kind, "aclose", noted)
    async with installation.in_use() as before:
        await installation.configure(configuration(tmp_path), SETTINGS)
        await asyncio.sleep(0)
        assert closed == []
    for _ in range(3):
        await asyncio.sleep(0)

    assert closed == [before.platforms["crm"]]


async def test_an_account_keeps_its_budget_through_an_edit(opened: Opened, tmp_path: Path) -> None:
    installation = opened.installation
    before = installation.workspace.budgets["crm"]

    await installation.configure(configuration(tmp_path), SETTINGS)

    assert installation.workspace.budgets["crm"] is before


async def test_another_share_of_the_limits_counts_for_those_who_began_before_too(
    opened: Opened, tmp_path: Path
) -> None:
    installation = opened.installation
    budget = installation.workspace.budgets["crm"]
    before = budget.left()
    widest = max(before, key=lambda name: before[name] or 0)

    await installation.configure(configuration(tmp_path, budget="50%"), SETTINGS)

    assert installation.workspace.budgets["crm"] is budget
    assert (budget.left()[widest] or 0) * 2 == before[widest]


async def test_a_configuration_that_cannot_be_opened_leaves_the_share_of_the_limits_as_it_was(
    tmp_path: Path,
) -> None:
    opened = Opened(open_couriers=refusing_after(1))
    await opened.installation.configure(configuration(tmp_path), SETTINGS)
    budget = opened.installation.workspace.budgets["crm"]
    before = budget.left()

    with pytest.raises(ConfigError):
        await opened.installation.configure(configuration(tmp_path, budget="50%"), SETTINGS)

    assert budget.left() == before
    await opened.installation.aclose()


async def test_what_was_asked_stays_counted_when_the_share_is_another(
    opened: Opened, tmp_path: Path
) -> None:
    budget = opened.installation.workspace.budgets["crm"]
    async with budget.spend("burst"):
        pass

    await opened.installation.configure(configuration(tmp_path, budget="50%"), SETTINGS)

    assert budget.left()["burst"] == 100 // 2 - 1


async def test_without_its_lane_nothing_is_asked_of_a_platform(opened: Opened) -> None:
    budget = opened.installation.workspace.budgets["crm"]
    async with budget.spend():
        pass
    opened.lanes.clear()

    with pytest.raises(LaneLost):
        async with budget.spend():
            pass
