"""The way in for calls of simulated platforms: proved, stored, answered, as the daemon does it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from adapters.brevo.webhooks.parser import BrevoWebhookParser
from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from adapters.simulation.calls import Deliverer
from connector.domain.ledger import Inbound
from connector.errors import WebhookRefused
from connector.ports.webhook import WebhookParser, WebhookRequest
from connector.sync.receiving.taking_in import TakenIn, take_in
from tests.integration.platforms.company import Company, a_company

TOKEN = "a token of ours"


@dataclass
class Door:
    """A company whose platforms call, and where their calls arrive."""

    company: Company
    parsers: Mapping[str, WebhookParser]
    is_down: bool = False
    kinds: Counter[str] = field(default_factory=Counter)
    """What was told, and how often."""
    deliverer: Deliverer = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx.MockTransport(self.take)
        self.deliverer = Deliverer(
            platforms=[*self.company.simulators.values()],
            now=self.company.clock.now,
            client=httpx.AsyncClient(transport=transport),
        )

    async def take(self, request: httpx.Request) -> httpx.Response:
        """Store a call that is proved, and answer it."""
        name = request.url.path.rpartition("/")[2]
        parser = self.parsers[name]
        if self.is_down:
            return httpx.Response(parser.unavailable_status)
        call = WebhookRequest(
            method=request.method,
            url=str(request.url),
            headers=dict(request.headers),
            body=request.content,
            received_at=self.company.clock.now(),
        )
        try:
            parser.verify(call)
        except WebhookRefused:
            return httpx.Response(401)
        body = json.loads(call.body)
        for item in body if isinstance(body, list) else [body]:
            self.kinds[item.get("event") or item["subscriptionType"]] += 1
        keys = "\n".join(sorted(parser.delivery_ids(call)))
        stored = Inbound(
            platform=name,
            id=hashlib.sha256(keys.encode()).hexdigest(),
            body=call.body,
            headers=call.headers,
            received_at=call.received_at,
        )
        async with self.company.state.write() as tx:
            await tx.inbound.add([stored])
        return httpx.Response(200)

    async def take_in(self) -> dict[str, TakenIn]:
        """Let the calls that are due be made, and take them in."""
        await self.deliverer.deliver_due()
        return {name: await take_in(self.company.workspace, name) for name in self.parsers}

    def forget_requests(self) -> None:
        """Count requests and writes from now on."""
        for name, simulator in self.company.simulators.items():
            simulator.trace.clear()
            self.company.ways[name].writes.clear()

    def requests(self) -> dict[str, int]:
        """Return how many requests each platform saw."""
        return {name: len(each.trace) for name, each in self.company.simulators.items()}


@asynccontextmanager
async def a_calling_company(text: str, *, is_batched: bool = False) -> AsyncIterator[Door]:
    """Give a company without contacts, whose platforms call about all that happens there."""
    async with a_company(text) as company:
        parsers: dict[str, WebhookParser] = {
            "crm": HubspotWebhookParser(
                "crm", (SecretStr(company.crm.account.keys.client_secret),)
            ),
            "mail": BrevoWebhookParser("mail", (SecretStr(TOKEN),)),
        }
        for name, parser in parsers.items():
            company.platforms[name].webhook_parser = parser  # type: ignore[misc]  # of the test
        company.mail.call_at(
            "https://leads.example.com/webhooks/mail", TOKEN, is_batched=is_batched
        )
        company.crm.call_at(
            "https://leads.example.com/webhooks/crm",
            properties=["jobtitle", "email", "heat_score", "heat_stage"],
        )
        yield Door(company, parsers)
