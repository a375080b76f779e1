"""A company whose daemon runs for weeks within minutes: the whole of it, but for clock and plane.

It pulls and is called by two platforms in memory, keeps its state in a SQLite file, and brings
both what it decides. Ticks that find nothing to do are set further apart than a daemon has
them: time is made of turns here, and a month at its intervals is half a million of them.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.memory import adapter as memory
from adapters.memory.adapter import MemoryPlatform
from adapters.memory.webhooks import SIGNATURE, TIMESTAMP, sign
from connector.config.loader import load
from connector.config.settings import Settings
from connector.domain.instants import iso, to_micros
from connector.domain.values import FieldType
from connector.ports.adapter import PlatformContext
from connector.ports.control import Tick
from connector.ports.platform import RemoteField
from connector.runtime.assembling import Parts, assembled
from connector.runtime.jobs import ticks_of
from connector.runtime.planes.clock import SimulatedClock
from connector.runtime.planes.simulated import SimulatedPlane
from connector.sync.pulling.remap import remap
from connector.sync.tasks import FOLD, INBOUND, PAST, PUSH, SCORE, WATCH
from connector.web.app import make_app
from connector.web.desk import Desk
from state.location import locate
from state.versions import upgrade_to_head
from tests.system.soak.accounts import LongLived, id_of
from tests.system.soak.ladder import KINDS, Cooling, Deed

AT = datetime(2026, 6, 1, tzinfo=UTC)
CHANCE = timedelta(minutes=1)
"""What chance adds to the time from one pull to the next, at most."""
QUIET = range(2, 4)
"""Hours of the night in which nobody does anything."""
KNOWN = timedelta(hours=4)
"""Within which a new contact is surely known and scored."""
_SECRET = "a secret of webhooks"

MAPPINGS = """
version: 1
platforms:
  crm: {{adapter: memory, pull: {{contacts: {contacts}m, events: {events}m}}}}
  shop: {{adapter: memory, pull: {{contacts: {contacts}m, events: {events}m}}}}
attributes:
  email: {{type: email, crm: email, shop: email}}
  job: {{type: text, crm: job, shop: JOB, sync: [shop]}}
{model}
targets:
  crm:
    attributes: {{heat_stage: lead_stage}}
    lists: {{Hot: {{when: "lead_stage = 'hot'", create: true, own: true}}}}
  shop: {{attributes: {{HEAT: lead, HEAT_STAGE: lead_stage}}}}
triggers:
  warmed: {{when: "lead_stage = 'hot'", do: [{{note: {{platform: shop, text: Hot now}}}}]}}
  cooled: {{when: "lead_stage = 'cold'", do: [{{note: {{platform: crm, text: Cold again}}}}]}}
"""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How large the company is, and how time passes for it."""

    people: int
    an_hour: int
    """Events, but of the quiet hours."""
    cooling: Cooling
    step: timedelta = timedelta(hours=1)
    """From one time at which something happens to the next, and from pull to pull of events."""
    scoring: timedelta = timedelta(minutes=20)
    """From one look at what has cooled to the next."""

    stretched: bool = True
    """Whether ticks are further apart than a daemon has them, where nothing is lost by that."""

    @property
    def heard(self) -> timedelta:
        """From when an event may be asked for until all that comes of it is shown."""
        return self.step + CHANCE + self.scoring

    @property
    def mappings(self) -> str:
        """The text of the mapping file."""
        minutes = self.step // timedelta(minutes=1)
        return MAPPINGS.format(contacts=2 * minutes, events=minutes, model=self.cooling.model)


@dataclass
class Company:
    """Both accounts, the daemon's parts, and what people did so far."""

    crm: LongLived
    shop: LongLived
    parts: Parts
    clock: SimulatedClock
    plane: SimulatedPlane
    client: httpx.AsyncClient
    terms: Terms
    deeds: dict[int, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    answers: set[int] = field(default_factory=set)
    """How our webhooks were answered."""
    made: int = 0
    """How many events there were so far."""
    founded: list[datetime] = field(default_factory=list)
    """When each person came."""
    chance: Random = field(default_factory=lambda: Random(1))

    @property
    def requests(self) -> int:
        """How many there were on both platforms so far."""
        return self.crm.requests + self.shop.requests

    def found(self, people: int) -> None:
        """Let so many people be on both platforms."""
        for _ in range(people):
            self._somebody_comes()

    async def live(self, until: datetime) -> None:
        """Let time pass, and people do things."""
        while self.clock.now() < until:
            await self.plane.run_until(self.clock.now() + self.terms.step)
            if self.clock.now().hour not in QUIET:
                await self._things_happen()
            self.crm.trim()
            self.shop.trim()

    def settled(self) -> int:
        """Return how many of the people are surely known, the first ones first."""
        before = self.clock.now() - KNOWN
        return sum(1 for each in self.founded if each <= before)

    async def _things_happen(self) -> None:
        number = int(self.terms.an_hour * (self.terms.step / timedelta(hours=1)))
        known, called = self.settled(), []
        for _ in range(number if known else 0):
            account = self.chance.choice((self.crm, self.shop))
            event = self._event(self.chance.randrange(known))
            # A third is told at once, the rest when it is asked for.
            if account is self.crm and self.chance.random() < 2 / 3:
                called.append(event)
            else:
                account.events.append(event)
        for start in range(0, len(called), 10):
            await self._call(called[start : start + 10])
        if self.chance.random() < 0.5:
            self._somebody_comes()
        if known:
            person = self.crm.people[id_of(self.chance.randrange(known))]
            person.values["job"] = self.chance.choice(("cook", "clerk", "chief"))
            self.crm.touch(person)

    def _event(self, person: int) -> Mapping[str, Any]:
        self.made += 1
        now, kind = self.clock.now(), self.chance.randrange(len(KINDS))
        at = now - timedelta(seconds=self.chance.randrange(self.terms.step // timedelta(seconds=1)))
        deed = Deed(at=to_micros(at), known_at=to_micros(now), kind=kind)
        self.deeds[person].append(deed)
        named = {"id": f"e{self.made}", "contact": id_of(person)}
        return {**named, "type": KINDS[kind], "at": iso(at)}

    async def _call(self, events: list[Mapping[str, Any]]) -> None:
        items = [{"key": each["id"], "event": each} for each in events]
        body, stamp = json.dumps({"items": items}).encode(), iso(self.clock.now())
        proof = {TIMESTAMP: stamp, SIGNATURE: sign(_SECRET, stamp, body).decode()}
        answer = await self.client.post("/webhooks/crm", content=body, headers=proof)
        self.answers.add(answer.status_code)

    def _somebody_comes(self) -> None:
        email = f"person{len(self.founded)}@example.com"
        self.crm.create(email, job="cook")
        self.shop.create(email)
        self.founded.append(self.clock.now())


@asynccontextmanager
async def a_company(folder: Path, terms: Terms) -> AsyncIterator[Company]:
    """Give a company whose daemon has begun; its file is `heatsync.db` in `folder`."""
    (folder / "mappings").mkdir()
    (folder / "mappings" / "heatsync.yaml").write_text(terms.mappings)
    settings = Settings(
        mappings=folder / "mappings",
        database_url=SecretStr(f"sqlite:///{folder / 'heatsync.db'}"),
        keep_events=terms.cooling.keep,
        platforms={"crm": {"webhook_secret": SecretStr(_SECRET)}},
    )
    await asyncio.to_thread(upgrade_to_head, locate(settings.database_url.get_secret_value()))
    crm, shop = _crm(), _shop()
    clock = SimulatedClock(AT)
    adapter = replace(memory.ADAPTER, connect=lambda context: _connected(context, crm, shop))
    configuration = load(settings.mappings, {"memory": adapter}, settings)
    plane = SimulatedPlane(clock)
    async with assembled(settings, configuration, clock=clock, plane=plane) as parts:
        transport = httpx.ASGITransport(app=make_app(_desk(parts)))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
            parts.state.own_cycles("the soak"),
        ):
            company = Company(crm, shop, parts, clock, plane, client, terms)
            crm.now = shop.now = clock.now
            company.found(terms.people)
            async with _serving(company):
                yield company


@asynccontextmanager
async def _serving(company: Company) -> AsyncIterator[None]:
    parts = company.parts
    workspace = parts.installation.workspace
    await remap(workspace)
    await parts.plane.schedule([_rarer(each, company.terms) for each in ticks_of(workspace)])
    serving = asyncio.create_task(parts.plane.serve(parts.service.perform))
    try:
        yield
    finally:
        await parts.plane.stop(timedelta(minutes=1))
        await serving


def _rarer(tick: Tick, terms: Terms) -> Tick:
    if not terms.stretched:
        return tick
    rarely = dict.fromkeys((INBOUND, PUSH, FOLD, PAST, WATCH), terms.step)
    return replace(tick, every={SCORE: terms.scoring, **rarely}.get(tick.job.task, tick.every))


def _connected(context: PlatformContext, crm: LongLived, shop: LongLived) -> MemoryPlatform:
    account = {"crm": crm, "shop": shop}[context.name]
    return MemoryPlatform(account, secrets=tuple(context.secrets.values()))


def _crm() -> LongLived:
    fields = [RemoteField(name=name, type=FieldType.TEXT) for name in ("job", "heat_stage")]
    account = LongLived("crm", "heat_stage", fields)
    account.lists["Hot"] = set()
    return account


def _shop() -> LongLived:
    fields = [RemoteField(name=name, type=FieldType.TEXT) for name in ("JOB", "HEAT_STAGE")]
    number = RemoteField(name="HEAT", type=FieldType.NUMBER)
    return LongLived("shop", "HEAT_STAGE", [*fields, number])


def _desk(parts: Parts) -> Desk:
    return Desk(
        workspace=lambda: parts.installation.workspace,
        settings=parts.settings,
        clock=parts.clock,
        defer=parts.plane.defer,
        metrics=lambda: parts.metrics.exposition(parts.installation.workspace),
        count=parts.metrics.webhook_call,
    )
