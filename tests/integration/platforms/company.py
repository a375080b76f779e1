"""A company that has both platforms, simulated with all that surprises their callers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from adapters.brevo import adapter as brevo
from adapters.brevo.adapter import BrevoPlatform
from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from adapters.hubspot import adapter as hubspot
from adapters.hubspot.simulator import HubspotSimulator, Quirks
from adapters.hubspot.simulator.simulator import TOKEN
from connector.config.configuration import Configuration, PlatformEntry
from connector.config.event_types import event_types
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.config.uses import deeds_used, parts_used
from connector.ports.adapter import PlatformContext
from connector.ports.platform import Platform
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from state.opening import DatabaseState
from state.pacing.budget import Budget
from tests.fakes import FakeClock
from tests.integration.opened import opened
from tests.integration.platforms.sent import Recorded

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ("crm", "mail")
BULK_FROM = 8
"""So few changes are imported into Brevo, so that a small company sees imports too."""

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: hubspot, tier: pro, create: true}
  mail: {adapter: brevo, create: true}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: jobtitle, mail: JOB, sync: [crm, mail]}
  city: {type: text, crm: city, mail: CITY, sync: [mail], prefer: crm}
  age: {type: number, mail: AGE}
model:
  decay: {half_life: 20d}
  dimensions: {engagement: {}, fit: {decay: none}}
  traits: {orders: {count: order.placed}}
  rules:
    opened: {event: email.opened, points: 4}
    clicked: {event: email.clicked, points: 7, once_per: url}
    viewed: {event: page.viewed, points: 3, cap: {points: 6, per: day}}
    asked: {event: form.submitted, points: 12}
    bought: {event: order.placed, points: "LEAST(COALESCE(amount, 0) / 10, 15)"}
    chief: {when: "job ILIKE '%chief%'", points: 10, dimension: fit}
    grown: {when: "age >= 40", points: 4, dimension: fit}
  scores:
    lead:
      formula: engagement + fit
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 25}]
targets:
  crm:
    attributes: {heat_score: lead, heat_stage: lead_stage}
    lists:
      Hot: {when: "lead_stage = 'hot'", create: true, own: true}
      Readers: {when: "in_list('mail', 'News') AND lead >= 10", create: true}
  mail:
    attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true, own: true}}
triggers:
  thank: {when: "orders >= 2", do: [{note: {platform: crm, text: Bought again}}]}
"""


@dataclass
class OurClock:
    """The clock of the machine that heatsync runs on: as wrong as a test sets it."""

    true: FakeClock
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return self.true.now() + self.ahead

    async def sleep(self, span: timedelta) -> None:
        await self.true.sleep(span)


@dataclass
class Company:
    """Both accounts, and heatsync connected to them."""

    configuration: Configuration
    state: MemoryState | DatabaseState
    quirks: Quirks = field(default_factory=Quirks)
    """Of HubSpot."""
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    """Of the platforms."""

    def __post_init__(self) -> None:
        self.ours = OurClock(self.clock)
        self.mail = BrevoSimulator(now=self.clock.now)
        self.crm = HubspotSimulator(now=self.clock.now, tier="pro", quirks=self.quirks)
        for name, kind in (("JOB", "text"), ("CITY", "text"), ("AGE", "float")):
            self.mail.account.define(Attribute(name=name, type=kind))  # type: ignore[arg-type]
        self.mail.account.define(
            Attribute(name="HEAT_SCORE", type="float"), Attribute(name="HEAT_STAGE", type="text")
        )
        self.crm.account.define("heat_score", "number")
        self.crm.account.define("heat_stage")
        self.mail.account.lists.add("News")
        self.ways = {
            "crm": Recorded(httpx.ASGITransport(app=self.crm.app)),
            "mail": Recorded(httpx.ASGITransport(app=self.mail.app)),
        }
        self.platforms: dict[str, Platform] = {}
        self.budgets: dict[str, Budget] = {}
        self.workspace: Workspace

    @property
    def simulators(self) -> Mapping[str, BrevoSimulator | HubspotSimulator]:
        return {"crm": self.crm, "mail": self.mail}

    @property
    def requests(self) -> int:
        """How many requests both platforms saw so far."""
        return sum(len(each.trace) for each in self.simulators.values())

    async def sync(self, *, force: bool = False) -> Summary:
        """Run one cycle, as of now."""
        return await run_cycle(self.workspace, Steps(force=force), self.ours.now())

    async def restart(self) -> None:
        """Connect anew, as the next process does: nothing is remembered but the state."""
        for entry in self.configuration.platforms:
            await self.platforms[entry.name].aclose()
            self.platforms[entry.name] = self.connect(entry, self.budgets[entry.name])

    def connect(self, entry: PlatformEntry, budget: Budget) -> Platform:
        """Return one of the accounts as heatsync sees it."""
        key = (
            {"api_key": self.mail.account.key} if entry.name == "mail" else {"access_token": TOKEN}
        )
        context = PlatformContext(
            name=entry.name,
            config=entry.config,
            folder=Path(),
            clock=self.ours,
            budget=budget,
            secrets={name: SecretStr(value) for name, value in key.items()},
            properties=self.configuration.model.properties,
            event_types=event_types(self.configuration.model, entry.name),
            parts=parts_used(self.configuration, entry.name),
            deeds=deeds_used(self.configuration, entry.name),
        )
        if entry.name == "crm":
            return hubspot.connect(context, transport=self.ways["crm"])
        return _importing_early(brevo.connect(context, transport=self.ways["mail"]))


def _importing_early(platform: BrevoPlatform) -> BrevoPlatform:
    platform.attribute_writer = BrevoAttributeWriter(
        platform._account, platform.fields, platform.lists, bulk_from=BULK_FROM
    )
    return platform


@asynccontextmanager
async def a_company(
    text: str = MAPPINGS, *, state: DatabaseState | None = None, quirks: Quirks | None = None
) -> AsyncIterator[Company]:
    """Give a company without contacts; its state is in memory unless another is given."""
    folder = Folder(path=Path("m"), sources=(Source(name="m/a.yaml", raw=text.encode()),))
    adapters = {"hubspot": hubspot.ADAPTER, "brevo": brevo.ADAPTER}
    configuration = read_configuration(folder, adapters, Settings.model_construct(), offline=True)
    company = Company(configuration, state or MemoryState(), quirks or Quirks())
    async with opened(company, company.ours):
        yield company
