"""Whole cycles with a simulated HubSpot, with all that surprises its callers."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.hubspot.adapter import ADAPTER, HubspotPlatform, connect
from adapters.hubspot.simulator.simulator import TOKEN, HubspotSimulator
from connector.config.configuration import Configuration
from connector.config.event_types import event_types
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.config.uses import deeds_used, parts_used
from connector.domain.instants import to_micros
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.fakes import FakeClock
from tests.integration.hubspot.conftest import AT

TEXT = """
version: 1
platforms:
  crm: {adapter: hubspot, tier: pro}
attributes:
  email: {type: email, crm: email}
model:
  traits: {last_seen: {last: email.opened}}
  rules:
    opened: {event: email.opened, points: 10, decay: {expires: 30d}}
  scores:
    lead: {stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]}
targets:
  crm:
    attributes:
      heat_score: lead
      heat_stage: lead_stage
      last_seen: last_seen
      lifecyclestage:
        from: lead_stage
        map: {warm: marketingqualifiedlead, hot: salesqualifiedlead}
    lists: {Hot: {when: "lead_stage = 'hot'"}}
triggers:
  call_hot:
    when: "lead_stage = 'hot'"
    do: [{note: {platform: crm, text: "Hot since now"}}, {task: {platform: crm, title: Call}}]
"""
QUARTER = timedelta(minutes=15)


@dataclass
class Installation:
    """heatsync and one account of HubSpot."""

    simulator: HubspotSimulator
    clock: FakeClock
    configuration: Configuration
    platform: HubspotPlatform
    state: MemoryState = field(default_factory=MemoryState)

    async def sync(self) -> Summary:
        self.clock.advance(QUARTER)
        workspace = Workspace(
            state=self.state,
            platforms={"crm": self.platform},
            configuration=self.configuration,
            clock=self.clock,
        )
        return await run_cycle(workspace, Steps(), self.clock.now())

    def requests(self) -> list[str]:
        asked = [f"{each.method} {each.path}" for each in self.simulator.trace]
        self.simulator.trace.clear()
        return asked

    def opens(self, email: str) -> None:
        at_ms = to_micros(self.clock.now()) // 1000
        self.simulator.account.engagement.send_mail_event("OPEN", email, at_ms)


@pytest.fixture
async def installed() -> AsyncIterator[Installation]:
    clock = FakeClock(AT)
    simulator = HubspotSimulator(now=clock.now, tier="pro", limits=False)
    simulator.account.define("heat_score", "number")
    simulator.account.define("heat_stage")
    simulator.account.define("last_seen", "date")
    simulator.account.add_list("Hot")
    folder = Folder(path=Path("m"), sources=(Source(name="m/a.yaml", raw=TEXT.encode()),))
    configuration = read_configuration(
        folder, {"hubspot": ADAPTER}, Settings.model_construct(), offline=True
    )
    (entry,) = configuration.platforms
    context = PlatformContext(
        name="crm",
        config=entry.config,
        folder=Path(),
        clock=clock,
        budget=Unlimited(),
        secrets={"access_token": SecretStr(TOKEN)},
        event_types=event_types(configuration.model, "crm"),
        parts=parts_used(configuration, "crm"),
        deeds=deeds_used(configuration, "crm"),
    )
    platform = connect(context, transport=httpx.ASGITransport(app=simulator.app))
    yield Installation(simulator, clock, configuration, platform)
    await platform.aclose()


def writes(requests: list[str]) -> list[str]:
    return [
        each
        for each in requests
        if not each.startswith("GET") and not each.endswith(("/search", "/batch/read"))
    ]


async def test_after_a_push_nothing_is_written_and_little_is_asked(installed: Installation) -> None:
    account = installed.simulator.account
    people = [account.add(email=f"p{number}@mail.example.com") for number in range(250)]
    installed.opens("p0@mail.example.com")
    installed.opens("p1@mail.example.com")
    installed.opens("p1@mail.example.com")
    await installed.sync()
    first = installed.requests()

    later = [(await installed.sync(), installed.requests()) for _ in range(9)]

    assert account.values(people[1])["heat_score"] == "20"
    assert account.values(people[1])["lifecyclestage"] == "salesqualifiedlead"
    assert len([each for each in writes(first) if each.endswith("/batch/update")]) == 3
    assert [writes(requests) for _, requests in later] == [[]] * 9
    assert [summary.scored for summary, _ in later[2:]] == [0] * 7
    assert [len(requests) for _, requests in later[-4:]] == [3] * 4
    assert Counter(each for _, requests in later[-4:] for each in requests) == {
        "POST /crm/objects/2026-03/contacts/search": 4 + 1,
        "POST /crm/lists/2026-03/search": 3,
        "GET /email/public/v1/events": 4,
    }


async def test_a_trigger_makes_its_note_and_its_task_once(installed: Installation) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com", hubspot_owner_id="7")
    await installed.sync()
    installed.opens("ann@mail.example.com")
    installed.opens("ann@mail.example.com")
    for _ in range(3):
        await installed.sync()

    (note,), (task,) = account.ids("notes"), account.ids("tasks")
    assert "Hot since now" in account.values(note, "notes")["hs_note_body"]
    assert account.values(task, "tasks")["hubspot_owner_id"] == "7"
    assert list(account.associations.of("contacts", int(ann), "tasks")) == [int(task)]


async def test_a_customer_stays_one_and_is_not_written_again_and_again(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com", lifecyclestage="customer")
    installed.opens("ann@mail.example.com")
    summary = await installed.sync()
    installed.requests()

    later = [(await installed.sync(), writes(installed.requests())) for _ in range(4)]

    assert summary.deliveries["crm"]["delivered"] == 1
    assert account.values(ann)["lifecyclestage"] == "customer"
    assert account.values(ann)["heat_stage"] == "warm"
    assert [requests for _, requests in later] == [[]] * 4


async def test_a_lead_that_cools_goes_back_from_our_own_stage(installed: Installation) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    installed.opens("ann@mail.example.com")
    await installed.sync()
    installed.clock.advance(timedelta(days=20))
    installed.opens("ann@mail.example.com")
    await installed.sync()
    hot = account.values(ann)["lifecyclestage"]
    installed.clock.advance(timedelta(days=15))

    await installed.sync()

    assert hot == "salesqualifiedlead"
    assert account.values(ann)["lifecyclestage"] == "marketingqualifiedlead"


async def test_a_customer_whom_somebody_made_one_of_our_leads_stays_one(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    stages = []
    for days in (0, 1, 20, 15, 40, 1, 1):
        installed.clock.advance(timedelta(days=days))
        if days != 15:
            installed.opens("ann@mail.example.com")
        for _ in range(2):
            await installed.sync()
        if days == 1 and account.values(ann)["lifecyclestage"] == "salesqualifiedlead":
            account.set(ann, lifecyclestage="customer")
        stages.append((account.values(ann)["heat_stage"], account.values(ann)["lifecyclestage"]))

    assert stages == [
        ("warm", "marketingqualifiedlead"),
        *[("hot", "customer")] * 2,
        ("warm", "customer"),
        ("warm", "customer"),
        *[("hot", "customer")] * 2,
    ]


async def test_what_somebody_does_by_hand_is_repaired_once_or_theirs_to_decide(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    installed.opens("ann@mail.example.com")
    for _ in range(3):
        await installed.sync()
    account.set(ann, heat_score="99", lifecyclestage="customer", last_seen="")
    installed.requests()

    later = [(await installed.sync(), writes(installed.requests())) for _ in range(6)]

    assert account.values(ann)["heat_score"] == "10"
    assert account.values(ann)["last_seen"] == AT.date().isoformat()
    assert account.values(ann)["lifecyclestage"] == "customer"
    assert sum(map(len, (requests for _, requests in later))) == 1


async def test_whoever_is_taken_out_before_the_list_was_read_is_put_back(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    for _ in range(2):
        installed.opens("ann@mail.example.com")
    await installed.sync()
    hot = account.lists.named("Hot")
    assert hot is not None
    assert account.lists.leave(hot, int(ann))

    done = [await installed.sync() for _ in range(3)]

    assert set(hot.members) == {int(ann)}
    assert [each.drift for each in done] == [{"crm": {"repaired": 1, "kept": 0}}, {}, {}]


async def test_without_a_property_nobody_is_given_up(installed: Installation) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    heat = account.contacts.records.definitions.pop("heat_score")
    refused = await installed.sync()
    without = dict(account.values(ann))
    account.contacts.define(heat)

    mended = await installed.sync()

    assert any("no property `heat_score`" in each.message for each in refused.problems)
    assert without["heat_stage"] == "cold"
    assert mended.deliveries["crm"]["delivered"] == 1
    assert account.values(ann)["heat_score"] == "0"


async def test_whoever_belongs_in_a_list_comes_into_it_once_it_is_there(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ann = account.add(email="ann@mail.example.com")
    hot = account.lists.named("Hot")
    assert hot is not None
    account.lists.delete(hot.id)
    for _ in range(2):
        installed.opens("ann@mail.example.com")
    waiting = await installed.sync()
    later = account.add_list("Hot")

    await installed.sync()

    assert account.values(ann)["heat_stage"] == "hot"
    assert any("no list `Hot`" in each.message for each in waiting.problems)
    assert list(later.members) == [int(ann)]
