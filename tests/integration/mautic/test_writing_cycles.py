"""Whole cycles with a simulated Mautic: what was written comes back and causes no work."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.mautic import adapter as mautic
from adapters.mautic.config import Zero
from adapters.mautic.simulator.contacts import Contact
from adapters.mautic.simulator.simulator import CLIENT_ID, CLIENT_SECRET
from adapters.memory import adapter as memory
from adapters.memory.account import Account as MemoryAccount
from adapters.memory.adapter import MemoryPlatform
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.outbound import DeliveryState, Outbound
from connector.domain.values import FieldType
from connector.errors import MappingError
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.platform import RemoteField
from connector.sync.cycle import Steps, run_cycle
from connector.sync.setting_up.provisioning import lacking
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.integration.mautic.conftest import DAY, HOUR, World, a_world

TEXT = """
version: 1
platforms:
  auto: {adapter: mautic, url: "https://mautic.example.com", zero: %s}
  crm: {adapter: memory}
attributes:
  email: {type: email, auto: email, crm: email}
  orders: {type: number, auto: orders, crm: orders, sync: [auto, crm]}
  city: {type: text, auto: city, crm: city, sync: [auto, crm]}
  met: {type: datetime, auto: met_at, crm: met, sync: [auto]}
model:
  traits: {views: {count: page.viewed}}
  rules:
    viewed: {event: page.viewed, points: 10, decay: {expires: 30d}}
  scores:
    lead: {stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]}
targets:
  auto:
    attributes: {heat: lead, heat_stage: lead_stage%s}
    stage: lead_stage
    tags: {hot: "lead >= 20"}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true, own: true}}
"""
FIELDS = {
    "heat": "number",
    "heat_stage": "text",
    "orders": "number",
    "met_at": "datetime",
}
OF_CRM = {"orders": FieldType.NUMBER, "city": FieldType.TEXT, "met": FieldType.DATETIME}


@dataclass
class Installation:
    """heatsync, one instance of Mautic and one platform in memory."""

    world: World
    configuration: Configuration
    platform: mautic.MauticPlatform
    crm: MemoryAccount
    state: MemoryState = field(default_factory=MemoryState)

    async def sync(self, after: timedelta = HOUR) -> Summary:
        self.world.clock.advance(after)
        workspace = Workspace(
            state=self.state,
            platforms={"auto": self.platform, "crm": MemoryPlatform(self.crm)},
            configuration=self.configuration,
            clock=self.world.clock,
        )
        return await run_cycle(workspace, Steps(), self.world.clock.now())

    def views(self, contact: Contact, times: int) -> None:
        for number in range(times):
            at = self.world.clock.now() - timedelta(minutes=number + 1)
            self.world.simulator.account.engagement.visit(contact, "https://x.example.com/", at=at)

    def written(self) -> Sequence[str]:
        """Return the requests since the last look that were more than looks."""
        trace = self.world.simulator.trace
        found = [f"{each.method} {each.path}" for each in trace if each.method != "GET"]
        trace.exchanges.clear()
        return [each for each in found if "oauth" not in each]

    async def rows(self) -> Sequence[Outbound]:
        async with self.state.read() as tx:
            return await tx.outbox.list(platform="auto")

    async def is_done(self) -> bool:
        return all(each.state is DeliveryState.CLEAN for each in await self.rows())


async def installed(
    stack: AsyncExitStack, version: str, zero: Zero = "floor", *, text: str = TEXT
) -> Installation:
    world = a_world(stack, version)
    account = world.simulator.account
    for name, kind in FIELDS.items():
        account.add_field(name, kind)
    for weight, name in enumerate(("cold", "warm", "hot")):
        account.add_stage(name, weight)
    account.add_entity("pointGroups", name="Heat")
    group = ', "points:Heat": lead' if account.release.has_point_groups else ""
    source = Source(name="m/a.yaml", raw=(text % (zero, group)).encode())
    configuration = read_configuration(
        Folder(path=Path("m"), sources=(source,)),
        {"mautic": mautic.ADAPTER, "memory": memory.ADAPTER},
        Settings.model_construct(),
        offline=True,
    )
    context = PlatformContext(
        name="auto",
        config=configuration.platform("auto").config,
        folder=Path(),
        clock=world.clock,
        budget=Unlimited(),
        secrets={"client_id": SecretStr(CLIENT_ID), "client_secret": SecretStr(CLIENT_SECRET)},
        event_types=frozenset({"page.viewed"}),
    )
    transport = httpx.ASGITransport(app=world.simulator.app)
    platform = mautic.connect(context, transport=transport)
    stack.push_async_callback(platform.aclose)
    crm = MemoryAccount("crm", now=world.clock.now)
    crm.fields |= {name: RemoteField(name=name, type=kind) for name, kind in OF_CRM.items()}
    return Installation(world, configuration, platform, crm)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.mark.parametrize("zero", ["floor", "blank"])
@pytest.mark.parametrize("version", ["4.4.13", "5.1.0", "7.1.0"])
async def test_what_was_written_comes_back_and_causes_no_work(
    stack: AsyncExitStack, version: str, zero: Zero
) -> None:
    here = await installed(stack, version, zero)
    account = here.world.simulator.account
    people = [account.add_contact(f"p{number}@mail.example.com") for number in range(30)]
    for number, each in enumerate(people):
        here.views(each, number % 4)
    await here.sync()
    await here.sync()
    here.written()

    for _ in range(3):
        summary = await here.sync()
        assert here.written() == []
        assert (summary.problems, summary.drift) == ([], {})

    nothing = 1.0 if zero == "floor" else None
    assert [each.values.get("heat") for each in people[:4]] == [nothing, 10, 20, 30]
    assert [each.values["heat_stage"] for each in people[:4]] == ["cold", "warm", "hot", "hot"]
    assert [bool(each.tags) for each in people[:4]] == [False, False, True, True]


async def test_a_score_with_decimals_is_whole_in_a_group_of_points(stack: AsyncExitStack) -> None:
    finer = TEXT.replace("lead: {stages", "lead: {round: 1, stages").replace(
        "points: 10", "points: 8.5"
    )
    here = await installed(stack, "5.1.0", text=finer)
    ann = here.world.simulator.account.add_contact("ann@mail.example.com")
    here.views(ann, 1)

    await here.sync()
    here.written()
    await here.sync()

    (row,) = await here.rows()
    assert here.written() == []
    assert row.confirmed.attributes["points:Heat"] == 9
    assert list(ann.group_scores.values()) == [9]


async def test_what_an_instance_lacks_of_a_mapping_is_told_with_its_place(
    stack: AsyncExitStack,
) -> None:
    here = await installed(stack, "5.1.0", text=TEXT.replace("heat_stage: lead", "Job Title: lead"))
    stages = here.world.simulator.account.stages
    stages[max(stages)]["name"] = "burning"

    missing = await lacking(here.platform, here.configuration)

    assert (missing.fields, missing.lists) == ((), ("Hot",))
    field, stage = missing.problems
    assert (field.line, field.hint) == (19, "write to `job_title`")
    assert stage.line == 20
    assert "auto has no stage `hot`" in stage.message


async def test_a_tag_that_mautic_would_take_off_is_refused(stack: AsyncExitStack) -> None:
    with pytest.raises(MappingError, match="takes a tag off"):
        await installed(stack, "5.1.0", text=TEXT.replace('{hot: "lead', '{-hot: "lead'))


@pytest.mark.parametrize("zero", ["floor", "blank"])
@pytest.mark.parametrize("version", ["4.4.13", "5.1.0", "7.1.0"])
async def test_whoever_cools_down_shows_the_old_score_no_more(
    stack: AsyncExitStack, version: str, zero: Zero
) -> None:
    here = await installed(stack, version, zero)
    account = here.world.simulator.account
    ann = account.add_contact("ann@mail.example.com")
    here.views(ann, 3)
    await here.sync()
    warm = (ann.values["heat"], ann.values["heat_stage"], set(ann.tags))

    await here.sync(40 * DAY)
    here.written()
    await here.sync()

    assert warm == (30, "hot", {"hot"})
    assert here.written() == []
    assert ann.values["heat"] == (1.0 if zero == "floor" else None)
    assert (ann.values["heat_stage"], ann.tags) == ("cold", set())
    assert account.stages[ann.stage]["name"] == "cold"  # type: ignore[index]
    assert list(ann.group_scores.values()) == ([0] if account.release.has_point_groups else [])
    assert await here.is_done()


async def test_a_score_that_somebody_changed_is_repaired(stack: AsyncExitStack) -> None:
    here = await installed(stack, "5.1.0")
    account = here.world.simulator.account
    ann = account.add_contact("ann@mail.example.com")
    here.views(ann, 2)
    await here.sync()
    await here.sync()

    account.set(ann, heat=99)
    summary = await here.sync()
    await here.sync()

    assert ann.values["heat"] == 20
    assert summary.drift == {"auto": {"repaired": 1, "kept": 0}}


async def test_copies_arrive_and_come_back_as_what_they_are(stack: AsyncExitStack) -> None:
    here = await installed(stack, "5.1.0")
    account = here.world.simulator.account
    ann = account.add_contact("ann@mail.example.com", city="Lyon")
    at = here.world.clock.now().replace(second=25)
    person = here.crm.create("ann@mail.example.com", orders=7.0, met=at)
    await here.sync()
    await here.sync()
    here.written()

    for _ in range(3):
        await here.sync()
        assert here.written() == []

    assert (ann.values["orders"], person.values["city"]) == (7.0, "Lyon")
    assert ann.values["met_at"] == f"{at:%Y-%m-%d %H:%M}:00"
    assert person.values["met"] == at


@pytest.mark.parametrize("zero", ["floor", "blank"])
async def test_a_zero_that_is_copied_waits_and_never_comes_back_as_another_number(
    stack: AsyncExitStack, zero: Zero
) -> None:
    here = await installed(stack, "5.1.0", zero)
    account = here.world.simulator.account
    ann = account.add_contact("ann@mail.example.com")
    person = here.crm.create("ann@mail.example.com", orders=7.0)
    await here.sync()
    await here.sync()

    person.values["orders"] = 0.0
    here.crm.touch(person)
    summaries = [await here.sync() for _ in range(4)]

    assert (ann.values["orders"], person.values["orders"]) == (7.0, 0.0)
    assert any("drops a number such as 0" in str(each) for each in summaries[-1].problems)


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_faults_ends_as_a_calm_does(stack: AsyncExitStack, seed: int) -> None:
    ends = []
    for every in (0, 10):
        here = await installed(stack, "5.1.0")
        account = here.world.simulator.account
        people = [account.add_contact(f"p{number}@mail.example.com") for number in range(25)]
        for number, each in enumerate(people):
            here.views(each, number % 4)
        here.world.simulator.faults.storm(every, seed=seed)
        for _ in range(20):
            await here.sync()
        here.world.simulator.faults.storm(0, seed=seed)
        for _ in range(3):
            await here.sync()
        (hot,) = account.segments.by_id
        members = set(account.segments.members(hot))
        shown = [(each.values, each.tags, each.stage, each.group_scores) for each in people]
        ends.append((shown, members, await here.is_done()))

    assert ends[0] == ends[1]
    assert ends[0][-1]
