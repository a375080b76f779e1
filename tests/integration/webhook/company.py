"""A CRM in memory, a tool that is told by webhook, one that calls, and hooks of triggers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from standardwebhooks import Webhook

from adapters.memory import adapter as memory
from adapters.memory.account import Account, Person
from adapters.registry import all_adapters
from adapters.webhook.adapter import connect
from adapters.webhook.courier import webhook_courier
from adapters.webhook.simulator import SECRET, ReceiverSimulator
from adapters.webhook.simulator.records import Known
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.ledger import Firing
from connector.domain.outbound import Outbound
from connector.domain.values import FieldType
from connector.mapping.attributes import reading_for
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.courier import Courier
from connector.ports.platform import Platform, RemoteField
from connector.ports.webhook import WebhookRequest
from connector.sync.cycle import Steps, run_cycle
from connector.sync.records.ingest import (
    ingest_contacts,
    ingest_events,
    ingest_memberships,
    ingest_removals,
)
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.builders import T
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)
TEXT = """
version: 1
platforms:
  crm: {adapter: memory}
  tool:
    adapter: webhook
    sends: {url: https://tool.example.com/in}
  shop:
    adapter: webhook
    proof: standard
    receives:
      contacts:
        when: "type == 'customer.updated'"
        id: customer.id
        email: customer.email
        modified_at: at
        attributes: {country: customer.address.country}
      events:
        - {when: "type == 'order.paid'", type: "'order.placed'", contact: customer.id,
           occurred_at: at, id: order.id, fields: {amount: order.total}}
      lists: {when: "type == 'segment'", contact: customer.id, list: segment, is_member: entered}
      removals: {when: "type == 'customer.deleted'", contact: customer.id}
contacts: {exclude: "job = 'staff'"}
attributes:
  email: {type: email, crm: email, shop: email}
  job: {type: text, crm: job, tool: position, sync: [tool]}
  country: {type: text, shop: country}
model:
  rules:
    opened: {event: email.opened, points: 10}
    bought: {event: order.placed, points: amount}
    boss: {when: "job = 'boss'", points: 5}
  scores:
    heat: {stages: [{name: cold, from: 0}, {name: hot, from: 20}]}
targets:
  tool:
    attributes: {heat: heat}
    lists: {Hot: {when: "heat_stage = 'hot'"}}
    tags: {boss: "job = 'boss'", vip: "in_list('shop', 'VIP')"}
    stage: heat_stage
triggers:
  call_hot:
    when: "heat_stage = 'hot'"
    do: [{webhook: SALES_HOOK}, {email: {platform: tool, template: 7}}]
"""


class Company:
    """heatsync between them."""

    def __init__(self, text: str = TEXT) -> None:
        self.clock = FakeClock(T)
        self.state = MemoryState()
        self.configuration = configured(text)
        self.crm = Account("crm", self.clock.now)
        self.crm.fields["job"] = RemoteField(name="job", type=FieldType.TEXT)
        self.tool = ReceiverSimulator(now=self.clock.now)
        self.hook = ReceiverSimulator(now=self.clock.now)
        self.platforms: dict[str, Platform] = {
            "crm": memory.MemoryPlatform(self.crm),
            "tool": connect(self._context("tool"), transport=_to(self.tool)),
            "shop": connect(self._context("shop")),
        }
        courier = webhook_courier(
            "SALES_HOOK",
            url=SecretStr("https://sales.example.com/hook"),
            secrets=[SecretStr(SECRET)],
            clock=self.clock,
            allows_private=True,
            transport=_to(self.hook),
        )
        self.couriers: dict[str, Courier] = {courier.lane: courier}

    def _context(self, name: str) -> PlatformContext:
        entry = self.configuration.platform(name)
        return PlatformContext(
            name=name,
            config=entry.config,
            folder=Path(),
            clock=self.clock,
            budget=Unlimited(),
            secrets=dict.fromkeys(("signing_secret", "webhook_secret"), SecretStr(SECRET)),
            reading=reading_for(name, self.configuration.attributes),
            allows_private=True,
        )

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            state=self.state,
            platforms=self.platforms,
            configuration=self.configuration,
            clock=self.clock,
            couriers=self.couriers,
        )

    async def sync(self, after: timedelta = HOUR) -> Summary:
        """Let time pass, and run a cycle."""
        self.clock.advance(after)
        return await run_cycle(self.workspace, Steps(), self.clock.now())

    def person(self, name: str, job: str | None = None) -> Person:
        return self.crm.create(f"{name}@x.org", job=job)

    def become(self, person: Person, job: str | None) -> None:
        person.values["job"] = job
        self.crm.touch(person)

    def opens(self, person: Person, times: int = 1) -> None:
        for _ in range(times):
            event = {
                "id": f"e{len(self.crm.events)}",
                "contact": person.id,
                "type": "email.opened",
                "at": self.clock.now().isoformat(),
            }
            self.crm.events.append(event)

    def call(self, *bodies: dict[str, Any], at: datetime | None = None) -> WebhookRequest:
        """Return a call of the shop, as it makes and proves it."""
        body = json.dumps(bodies[0] if len(bodies) == 1 else bodies)
        now = at or self.clock.now()
        headers = {
            "webhook-id": "call",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("call", now, body),
        }
        url = "https://heat.example.com/webhooks/shop"
        return WebhookRequest(
            method="POST", url=url, headers=headers, body=body.encode(), received_at=now
        )

    async def takes(self, *bodies: dict[str, Any]) -> None:
        """Take in what the shop tells in one call."""
        parser = self.platforms["shop"].webhook_parser
        assert parser is not None
        request = self.call(*bodies)
        parser.verify(request)
        told = parser.parse(request)
        assert told.problems == ()
        now, naming = self.clock.now(), self.workspace.naming
        async with self.state.write() as tx:
            await ingest_contacts(tx, "shop", told.contacts, naming, now)
            await ingest_memberships(tx, "shop", told.memberships, {"VIP"})
            await ingest_removals(tx, "shop", told.removals, naming, now)
            await ingest_events(tx, "shop", told.events, now)

    def told(self) -> dict[str | None, Known]:
        """Return what the tool knows, by address."""
        return {each.email: each for each in self.tool.records.contacts.values()}

    async def rows(self) -> list[Outbound]:
        async with self.state.read() as tx:
            return list(await tx.outbox.list(platform="tool"))

    async def firings(self) -> list[Firing]:
        found = self.state._committed.firings.values()
        return sorted(found, key=lambda each: each.key)


def configured(text: str) -> Configuration:
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def _to(simulator: ReceiverSimulator) -> httpx.AsyncBaseTransport:
    return httpx.ASGITransport(app=simulator.app)
