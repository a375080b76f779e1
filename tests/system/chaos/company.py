"""A company that lives on while its daemon is killed: two platforms, and whom triggers call.

All of it is served from one thread of the test, with the limits of the platforms and real time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.hubspot.simulator import TOKEN, HubspotSimulator, Quirks
from adapters.hubspot.simulator import limits as hubspot_limits
from adapters.hubspot.simulator.index import Lag
from adapters.simulation.server import Server
from adapters.webhook.simulator import SECRET, ReceiverSimulator
from connector.runtime.clock import SystemClock
from tests.ports import free_port
from tests.system.chaos.doors import Asgi, Doors, listener

PUBLIC_URL = "https://leads.example.com"
"""Where the platforms believe the daemon to be."""
TEMPLATE = 1
"""Of the e-mail that a trigger sends."""
LAG = Lag(least=timedelta(seconds=0.05), most=timedelta(seconds=1.5))
"""Of searches: long beside the intervals of pulls, short beside the test."""
LATENCY = timedelta(milliseconds=40)
"""Of platforms: more of what is under way is done and not seen to be."""
MOMENT = timedelta(seconds=1)
"""What stands for HubSpot's ten seconds: whoever comes after a killed daemon lets them pass."""
SHOP_SECRET = "a secret of the shop"
"""A shop tells of visits, by calls alone: what was answered is told by nobody else again."""
_WEBHOOK_TOKEN = "a token of ours"
_URL = "http://simulated"

MAPPINGS = """
version: 1
platforms:
  crm:
    adapter: hubspot
    url: http://simulated
    tier: pro
    timezone: UTC
    create: true
    pull: {contacts: 1s, events: 1s}
  mail:
    adapter: brevo
    url: http://simulated/v3
    plan: extended
    marketing_poll: false
    create: true
    pull: {contacts: 1s, events: 2s}
  shop:
    adapter: webhook
    proof: bearer
    receives:
      events:
        - {type: "'event.attended'", id: id, contact: email, occurred_at: at}
  tool:
    adapter: webhook
    sends: {url: http://simulated/tool}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: jobtitle, mail: JOB, sync: [crm, mail]}
model:
  decay: none
  dimensions: {engagement: {}, fit: {}}
  traits:
    orders: {count: order.placed}
    forms: {count: form.submitted}
    opens: {count: email.opened}
    clicks: {count: email.clicked}
    views: {count: page.viewed}
    visits: {count: event.attended}
  rules:
    opened: {event: email.opened, points: 4, decay: {expires: 30d}}
    clicked: {event: email.clicked, points: 7}
    viewed: {event: page.viewed, points: 3, cap: {points: 9, per: day}}
    asked: {event: form.submitted, points: 12}
    bought: {event: order.placed, points: "LEAST(COALESCE(amount, 0) / 10, 15)"}
    chief: {when: "job ILIKE '%chief%'", points: 10, dimension: fit}
  scores:
    lead:
      formula: engagement + fit
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 25}]
targets:
  crm:
    attributes: {heat_score: lead, heat_stage: lead_stage, heat_visits: visits}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true, own: true}}
  mail:
    attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true, own: true}}
  tool:
    attributes: {score: lead, stage: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'"}}
triggers:
  thank:
    when: "orders >= 1"
    do: [{note: {platform: crm, text: Has bought}}]
    backfill: true
  answer:
    when: "forms >= 1"
    do: [{email: {platform: mail, template: 1}}]
    backfill: true
  alarm:
    when: "clicks >= 1"
    do: [{webhook: HOOK}]
    backfill: true
  greet:
    when: "visits >= 1"
    do: [{webhook: HOOK}]
    backfill: true
  ring:
    when: "opens >= 1"
    do: [{notify: PEOPLE}]
    backfill: true
  call: {when: "views >= 1", do: [{task: {platform: crm, title: Call}}]}
"""


PATHS = {
    "thank": "/notes",
    "answer": "/v3/smtp/email",
    "alarm": "/hook",
    "greet": "/hook",
    "ring": "/people",
    "call": "/tasks",
}
"""Where each trigger is heard of: what is read there, or written."""


@dataclass
class Company:
    """The accounts, who is called, and the folder of heatsync."""

    folder: Path
    database: str
    """Its URL."""
    ports: Sequence[int]
    """Where daemons listen, one each."""
    crm: HubspotSimulator = field(init=False)
    mail: BrevoSimulator = field(init=False)
    hook: ReceiverSimulator = field(init=False)
    """Whom triggers call."""
    tool: ReceiverSimulator = field(init=False)
    """Who is told of every change."""
    doors: Doors = field(init=False)
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        now = SystemClock().now
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hubspot_limits, "TEN_SECONDS", MOMENT)
            self.crm = HubspotSimulator(
                now=now, tier="pro", quirks=Quirks(search_lag=LAG), latency=LATENCY
            )
        self.mail = BrevoSimulator(now=now, plan="extended", latency=LATENCY)
        self.hook = ReceiverSimulator(now=now, latency=LATENCY)
        self.tool = ReceiverSimulator(now=now, latency=LATENCY)
        self.crm.account.define("heat_score", "number")
        self.crm.account.define("heat_stage")
        self.crm.account.define("heat_visits", "number")
        for name, kind in (("JOB", "text"), ("HEAT_SCORE", "float"), ("HEAT_STAGE", "text")):
            self.mail.account.define(Attribute(name=name, type=kind))  # type: ignore[arg-type]
        self.crm.call_at(
            f"{PUBLIC_URL}/webhooks/crm", properties=["email", "jobtitle", "heat_score"]
        )
        self.mail.call_at(f"{PUBLIC_URL}/webhooks/mail", _WEBHOOK_TOKEN)
        parts: dict[str, Asgi] = {"/v3/": self.mail.app, "/people": listener(LATENCY)}
        self.doors = Doors({**parts, "/hook": self.hook.app, "/tool": self.tool.app}, self.crm.app)
        self.server = Server(self.doors)

    @property
    def environment(self) -> dict[str, str]:
        """Return what a daemon is told by its environment."""
        return {
            "HEATSYNC_DATABASE_URL": self.database,
            "HEATSYNC_PUBLIC_URL": PUBLIC_URL,
            "HEATSYNC_LOG_FORMAT": "json",
            "HEATSYNC_ALLOW_PRIVATE_WEBHOOKS": "true",
            "HEATSYNC_PLATFORMS__CRM__ACCESS_TOKEN": TOKEN,
            "HEATSYNC_PLATFORMS__CRM__CLIENT_SECRET": self.crm.account.keys.client_secret,
            "HEATSYNC_PLATFORMS__MAIL__API_KEY": self.mail.account.key,
            "HEATSYNC_PLATFORMS__MAIL__WEBHOOK_TOKEN": _WEBHOOK_TOKEN,
            "HEATSYNC_PLATFORMS__SHOP__WEBHOOK_SECRET": SHOP_SECRET,
            "HEATSYNC_PLATFORMS__TOOL__SIGNING_SECRET": SECRET,
            "HEATSYNC_NOTIFY__PEOPLE": f"{self.server.url.replace('http', 'json')}/people",
            "HEATSYNC_WEBHOOKS__HOOK__URL": f"{self.server.url}/hook",
            "HEATSYNC_WEBHOOKS__HOOK__SECRET": SECRET,
        }

    def do(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work returns
        """Return what `work` returns, done while no platform answers a request."""

        async def there() -> Any:  # noqa: ANN401 - as above
            done = work()
            return await done if asyncio.iscoroutine(done) else done

        return asyncio.run(self.server.run(there))


@contextmanager
def a_company(folder: Path, database: str, daemons: int = 1) -> Iterator[Company]:
    """Give a company without contacts, served while the block runs."""
    company = Company(folder, database, _free_ports(daemons))
    with company.server:
        (folder / "mappings").mkdir(parents=True)
        text = MAPPINGS.replace(_URL, company.server.url)
        (folder / "mappings" / "heatsync.yaml").write_text(text, encoding="utf-8")
        yield company


def _free_ports(number: int) -> Sequence[int]:
    """Return as many ports: daemons come back to theirs again and again."""
    ports: set[int] = set()
    while len(ports) < number:
        ports.add(free_port())
    return sorted(ports)
