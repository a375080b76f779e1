"""A company with three platforms: an instance of Mautic, an account of HubSpot, a folder of files.

Both accounts are simulated with their limits and all that surprises their callers.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from adapters.files import adapter as files
from adapters.hubspot import adapter as hubspot
from adapters.hubspot.simulator import HubspotSimulator
from adapters.hubspot.simulator.simulator import TOKEN
from adapters.mautic import adapter as mautic
from adapters.mautic.simulator import CLIENT_ID, CLIENT_SECRET, URL, MauticSimulator, Quirks
from adapters.mautic.simulator.releases import Release
from connector.config.configuration import Configuration, PlatformEntry
from connector.config.event_types import event_types
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.config.uses import deeds_used, parts_used
from connector.mapping.attributes import reading_for
from connector.ports.adapter import PlatformContext
from connector.ports.platform import Platform
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from state.pacing.budget import Budget
from tests.fakes import FakeClock
from tests.integration.opened import opened

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ("auto", "crm", "past")

_STAGE = "    stage: lead_stage\n"
MAPPINGS = f"""
version: 1
platforms:
  auto: {{adapter: mautic, url: "{URL}"}}
  crm: {{adapter: hubspot, tier: pro}}
  past: {{adapter: files, path: .}}
attributes:
  email: {{type: email, auto: email, crm: email, past: email}}
  job: {{type: text, auto: position, crm: jobtitle, past: job, sync: [auto, crm]}}
model:
  decay: {{half_life: 20d}}
  rules:
    opened: {{event: email.opened, points: 4}}
    clicked: {{event: email.clicked, points: 7, once_per: url}}
    viewed: {{event: page.viewed, points: 3, cap: {{points: 9, per: day}}}}
    asked: {{event: form.submitted, points: 12}}
    bought: {{event: order.placed, points: "LEAST(COALESCE(amount, 0) / 10, 15)"}}
    chief: {{when: "job ILIKE '%chief%'", points: 10}}
  scores:
    lead:
      formula: engagement
      stages: [{{name: cold, from: 0}}, {{name: warm, from: 10}}, {{name: hot, from: 25}}]
targets:
  auto:
    attributes: {{heat_score: lead, heat_stage: lead_stage}}
    tags: {{hot lead: "lead_stage = 'hot'"}}
{_STAGE}    lists: {{Hot leads: {{when: "lead_stage = 'hot'", create: true, own: true}}}}
  crm:
    attributes: {{heat_score: lead, heat_stage: lead_stage}}
    lists: {{Hot: {{when: "lead_stage = 'hot'", create: true, own: true}}}}
  past:
    attributes: {{heat_score: lead, heat_stage: lead_stage}}
triggers:
  thank: {{when: "lead_stage = 'hot'", do: [{{note: {{platform: auto, text: Hot now}}}}]}}
"""


@dataclass
class Company:
    """Three accounts, and heatsync connected to them."""

    configuration: Configuration
    folder: Path
    version: str = "5.1.0"
    quirks: Quirks | None = None
    """Of Mautic."""
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    state: MemoryState = field(default_factory=MemoryState)

    def __post_init__(self) -> None:
        self.auto = MauticSimulator(now=self.clock.now, version=self.version, quirks=self.quirks)
        self.crm = HubspotSimulator(now=self.clock.now, tier="pro")
        self.auto.account.add_field("heat_score", "number")
        self.auto.account.add_field("heat_stage", "text")
        for weight, name in enumerate(("cold", "warm", "hot"), start=1):
            self.auto.account.add_stage(name, weight)
        self.crm.account.define("heat_score", "number")
        self.crm.account.define("heat_stage")
        self.platforms: dict[str, Platform] = {}
        self.budgets: dict[str, Budget] = {}
        self.workspace: Workspace

    @property
    def simulators(self) -> Mapping[str, HubspotSimulator | MauticSimulator]:
        return {"auto": self.auto, "crm": self.crm}

    async def sync(self, after: timedelta = HOUR) -> Summary:
        """Let time pass, and run one cycle."""
        self.clock.advance(after)
        return await run_cycle(self.workspace, Steps(), self.clock.now())

    def connect(self, entry: PlatformEntry, budget: Budget) -> Platform:
        """Return one of them as heatsync sees it."""
        given = {
            "auto": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
            "crm": {"access_token": TOKEN},
            "past": {},
        }
        context = PlatformContext(
            name=entry.name,
            config=entry.config,
            folder=self.folder,
            clock=self.clock,
            budget=budget,
            secrets={name: SecretStr(value) for name, value in given[entry.name].items()},
            properties=self.configuration.model.properties,
            event_types=event_types(self.configuration.model, entry.name),
            parts=parts_used(self.configuration, entry.name),
            deeds=deeds_used(self.configuration, entry.name),
            reading=reading_for(entry.name, self.configuration.attributes),
        )
        if entry.name == "auto":
            return mautic.connect(context, transport=httpx.ASGITransport(app=self.auto.app))
        if entry.name == "crm":
            return hubspot.connect(context, transport=httpx.ASGITransport(app=self.crm.app))
        return files.ADAPTER.connect(context)

    def write_csv(self, name: str, *rows: Mapping[str, object]) -> None:
        """Put a file into the folder."""
        with (self.folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def shown(self) -> Mapping[str, Mapping[str, tuple[float, str]]]:
        """Return score and stage of everybody, as each platform shows them."""
        return {"auto": self._on_auto(), "crm": self._on_crm(), "past": self._in_files()}

    def _on_auto(self) -> Mapping[str, tuple[float, str]]:
        return {
            str(each.values["email"]): (
                float(each.values.get("heat_score") or 0),
                str(each.values.get("heat_stage")),
            )
            for each in self.auto.account.contacts.by_id.values()
            if each.values.get("email")
        }

    def _on_crm(self) -> Mapping[str, tuple[float, str]]:
        return {
            found["email"]: (float(found.get("heat_score") or 0), str(found.get("heat_stage")))
            for each in self.crm.account.contacts.records
            if (found := each.version.properties)
        }

    def _in_files(self) -> Mapping[str, tuple[float, str]]:
        with (self.folder / "out" / "contacts.csv").open() as file:
            return {
                row["email"]: (float(row["heat_score"]), row["heat_stage"])
                for row in csv.DictReader(file)
            }


@asynccontextmanager
async def a_company(
    folder: Path, text: str = MAPPINGS, *, version: str = "5.1.0", quirks: Quirks | None = None
) -> AsyncIterator[Company]:
    """Give a company without contacts, whose files are in `folder`, made where it is missing."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    if Release(version).stages_go_forward_only:
        # Where they end would be told by when they were written; the field shows them anyway.
        text = text.replace(_STAGE, "")
    read = Folder(path=folder, sources=(Source(name="m/a.yaml", raw=text.encode()),))
    adapters = {each.name: each for each in (mautic.ADAPTER, hubspot.ADAPTER, files.ADAPTER)}
    configuration = read_configuration(read, adapters, Settings.model_construct(), offline=True)
    company = Company(configuration, folder, version, quirks)
    async with opened(company, company.clock):
        yield company
