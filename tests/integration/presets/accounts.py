"""A company with one account in memory, and others that are presets of `rest`, simulated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from adapters.memory import adapter as memory
from adapters.memory.account import Account, Person
from adapters.rest import adapter as rest
from connector.config.configuration import Configuration, PlatformEntry
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.config.uses import deeds_used, parts_used
from connector.domain.outbound import Outbound
from connector.domain.values import FieldType
from connector.mapping.attributes import reading_for
from connector.ports.adapter import PlatformContext
from connector.ports.platform import Platform, RemoteField
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from state.pacing.budget import Budget, open_budget
from tests.builders import T
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)
KEY = "k3y-of-the-account"
"""The key of every account."""


class Simulated(Protocol):
    """A simulated platform."""

    @property
    def app(self) -> Any: ...  # noqa: ANN401 - an application of ASGI


@dataclass
class Company:
    """heatsync between `crm`, in memory, and the simulated accounts."""

    configuration: Configuration
    simulators: Mapping[str, Simulated]
    clock: FakeClock
    state: MemoryState = field(default_factory=MemoryState)
    platforms: dict[str, Platform] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.crm = Account("crm", self.clock.now)
        for name, kind in (("heat", FieldType.NUMBER), ("first_name", FieldType.TEXT)):
            self.crm.fields[name] = RemoteField(name=name, type=kind)
        self._events = 0

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            state=self.state,
            platforms=self.platforms,
            configuration=self.configuration,
            clock=self.clock,
            budgets=self.budgets,
        )

    async def sync(self, after: timedelta = HOUR) -> Summary:
        """Let time pass, and run one cycle."""
        self.clock.advance(after)
        return await run_cycle(self.workspace, Steps(), self.clock.now())

    def opens(self, person: Person, times: int = 1) -> None:
        """Let somebody in the CRM open e-mails."""
        for _ in range(times):
            self._events += 1
            event = {
                "id": f"e{self._events}",
                "contact": person.id,
                "type": "email.opened",
                "at": self.clock.now().isoformat(),
            }
            self.crm.events.append(event)

    async def rows(self, name: str) -> list[Outbound]:
        """Return what is to be written there."""
        async with self.state.read() as tx:
            return list(await tx.outbox.list(platform=name))

    async def connect(self, entry: PlatformEntry) -> None:
        """Connect to one of the accounts."""
        if entry.name not in self.simulators:
            self.platforms[entry.name] = memory.MemoryPlatform(self.crm)
            return
        self.budgets[entry.name] = await open_budget(
            entry.name,
            entry.adapter.buckets(entry.config),
            percent=entry.config.percent,
            clock=self.clock,
            ledger=self.state.ledger,
        )
        context = PlatformContext(
            name=entry.name,
            config=entry.config,
            folder=Path(),
            clock=self.clock,
            budget=self.budgets[entry.name],
            secrets={"api_key": SecretStr(KEY)},
            parts=parts_used(self.configuration, entry.name),
            deeds=deeds_used(self.configuration, entry.name),
            reading=reading_for(entry.name, self.configuration.attributes),
        )
        transport = httpx.ASGITransport(app=self.simulators[entry.name].app)
        self.platforms[entry.name] = rest.connect(context, transport=transport)


@asynccontextmanager
async def a_company(
    text: str, simulators: Mapping[str, Simulated], clock: FakeClock | None = None
) -> AsyncIterator[Company]:
    """Give the company of a mapping file; `simulators` play its platforms of the same names."""
    folder = Folder(path=Path("m"), sources=(Source(name="m/a.yaml", raw=text.encode()),))
    adapters = {"memory": memory.ADAPTER, "rest": rest.ADAPTER}
    configuration = read_configuration(folder, adapters, Settings.model_construct(), offline=True)
    company = Company(configuration, simulators, clock or FakeClock(T))
    for entry in configuration.platforms:
        await company.connect(entry)
    yield company
    for each in company.platforms.values():
        await each.aclose()
    for budget in company.budgets.values():
        await budget.aclose()
