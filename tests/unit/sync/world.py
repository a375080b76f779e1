"""A whole installation in memory: state, platforms, configuration and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.memory.account import Account, Person
from adapters.memory.adapter import MemoryPlatform
from adapters.memory.faults import Fault
from connector.domain.frames import SCORE_SCHEMA
from connector.domain.outbound import Outbound
from connector.domain.records import Record
from connector.domain.values import FieldType
from connector.ports.budget import Bucket
from connector.ports.platform import Part, RemoteField
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.builders import T, a_configuration
from tests.fakes import FakeClock

PLATFORMS = """
version: 1
platforms:
  crm: {adapter: memory}
  mail: {adapter: memory}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: job, mail: JOB}
"""
MODEL = """
model:
  dimensions: {engagement: {}, fit: {}}
  traits:
    last_page: {last: url, of: page.viewed, within: 7d}
  rules:
    opened: {event: email.opened, points: 10}
    viewed: {event: page.viewed, points: 1, decay: {expires: 30d}}
    boss: {when: "job = 'boss'", points: 5, dimension: fit}
  scores:
    heat:
      formula: engagement + fit
      range: [0, 100]
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]
"""
TARGETS = """
targets:
  crm:
    attributes: {heat_score: heat, heat_stage: heat_stage}
    lists: {Hot: {when: "heat_stage = 'hot'"}}
  mail:
    attributes: {HEAT: heat}
    tags: {vip: "heat >= 20"}
"""
TEXT = PLATFORMS + MODEL + TARGETS

FIELDS = {
    "heat_score": FieldType.NUMBER,
    "heat_stage": FieldType.TEXT,
    "last_page": FieldType.TEXT,
    "HEAT": FieldType.NUMBER,
}


class World:
    """Platforms are `crm` and `mail`; a test seeds their accounts, and syncs."""

    def __init__(
        self,
        text: str = TEXT,
        *,
        parts: frozenset[Part] = frozenset(Part),
        capabilities: Mapping[str, Any] | None = None,
        page_size: int = 100,
    ) -> None:
        self.clock = FakeClock(T)
        self.state = MemoryState()
        self.capabilities = capabilities
        self.configuration = a_configuration(text, capabilities)
        self.accounts = {name: Account(name, self.clock.now) for name in ("crm", "mail")}
        for account in self.accounts.values():
            account.stages = ("cold", "warm", "hot")
            account.lists |= {"Hot": set(), "Kept": set(), "News": set()}
            for name, kind in FIELDS.items():
                account.fields[name] = RemoteField(name=name, type=kind)
        self.platforms = {
            name: MemoryPlatform(account, parts=parts, page_size=page_size)
            for name, account in self.accounts.items()
        }

    @property
    def crm(self) -> Account:
        return self.accounts["crm"]

    @property
    def mail(self) -> Account:
        return self.accounts["mail"]

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            state=self.state,
            platforms=self.platforms,
            configuration=self.configuration,
            clock=self.clock,
        )

    def configure(self, text: str) -> None:
        self.configuration = a_configuration(text, self.capabilities)

    def limit(self, *buckets: Bucket) -> None:
        """Let requests to `crm` be limited."""
        self.configuration = replace(
            self.configuration,
            platforms=tuple(
                replace(each, adapter=replace(each.adapter, buckets=lambda _: buckets))
                if each.name == "crm"
                else each
                for each in self.configuration.platforms
            ),
        )

    def afresh(self) -> World:
        """Return the same platforms with a state that knows nothing."""
        other = World.__new__(World)
        other.__dict__.update(self.__dict__)
        other.state = MemoryState()
        return other

    async def sync(self, at: datetime | None = None, **steps: Any) -> Summary:  # noqa: ANN401 - any step
        return await run_cycle(self.workspace, Steps(**steps), at or self.clock.now())

    def happens(
        self,
        account: Account,
        whom: Person | str,
        kind: str = "email.opened",
        at: datetime | None = None,
        **properties: object,
    ) -> None:
        contact = whom if isinstance(whom, str) else whom.id
        instant = (at or self.clock.now()).isoformat()
        event = {"id": f"e{len(account.events)}", "contact": contact, "type": kind, "at": instant}
        account.events.append({**event, **properties})

    def play(self, account: Account, *faults: Fault) -> None:
        account.faults.extend(faults)

    async def households(self) -> set[frozenset[tuple[str, str]]]:
        """Return the records of each person."""
        records = await self.records()
        persons: dict[int, set[tuple[str, str]]] = {}
        for record in records:
            persons.setdefault(record.contact, set()).add((record.platform, record.remote_id))
        return {frozenset(keys) for keys in persons.values()}

    async def records(self) -> list[Record]:
        async with self.state.read() as tx:
            return list(await tx.contacts.records_of(await tx.contacts.all_numbers()))

    async def number_of(self, text: str) -> int:
        async with self.state.read() as tx:
            person = await tx.contacts.find(text)
        assert person is not None
        return person.contact

    async def stale(self) -> set[int]:
        async with self.state.read() as tx:
            waiting = await tx.contacts.waiting(self.clock.now(), self.configuration.model.digest)
        return set(waiting)

    async def scores(self) -> dict[str | None, tuple[float, str | None]]:
        """Return each person's rounded heat and stage by address."""
        async with self.state.read() as tx:
            rows = (await tx.scores.current(None)).select(list(SCORE_SCHEMA)).iter_rows()
            found = {number: (rounded, stage) for number, name, _, rounded, stage in rows}
            persons = await tx.contacts.persons(found)
        return {
            persons[number].email: each
            for number, each in found.items()
            if persons[number].merged_into is None
        }

    async def outbound(self, platform: str = "crm") -> list[Outbound]:
        async with self.state.read() as tx:
            return list(await tx.outbox.list(platform=platform))

    async def change_outbound(self, row: Outbound, **fields: Any) -> None:  # noqa: ANN401 - any field
        async with self.state.write() as tx:
            await tx.outbox.save([replace(row, **fields)])
