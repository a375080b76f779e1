"""Whole cycles with a simulated Brevo, within its limits, with what surprises its callers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.brevo.adapter import ADAPTER, BrevoPlatform
from adapters.brevo.lists import IMPORT_LIST
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.records import CustomEvent
from adapters.simulation.faults import Fault
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.integration.brevo.conftest import World

TEXT = """
version: 1
platforms:
  mail: {adapter: brevo}
attributes:
  email: {type: email, mail: EMAIL}
model:
  rules:
    viewed: {event: page.viewed, points: 10, decay: {expires: 30d}}
  scores:
    lead: {stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]}
targets:
  mail:
    attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true}}
triggers:
  call_hot:
    when: "lead_stage = 'hot'"
    do: [{campaign: {platform: mail, id: lead_is_hot}}, {email: {platform: mail, template: 12}}]
"""
QUARTER = timedelta(minutes=15)


@dataclass
class Installation:
    """heatsync and one account of Brevo."""

    world: World
    platform: BrevoPlatform
    configuration: Configuration
    state: MemoryState = field(default_factory=MemoryState)

    async def sync(self) -> Summary:
        self.world.clock.advance(QUARTER)
        workspace = Workspace(
            state=self.state,
            platforms={"mail": self.platform},
            configuration=self.configuration,
            clock=self.world.clock,
        )
        return await run_cycle(workspace, Steps(), self.world.clock.now())

    def person(self, name: str) -> Person:
        return self.world.simulator.account.create(f"{name}@mail.example.com")

    def views(self, person: Person, times: int = 1) -> None:
        for number in range(times):
            # Of one instant they would be one event: Brevo's have no ids.
            at = self.world.clock.now() - timedelta(seconds=number)
            event = CustomEvent(contact_id=person.id, name="page_viewed", at=at)
            self.world.simulator.account.records.events.append(event)

    async def is_done(self) -> bool:
        """Return whether nothing waits any more, neither values nor deeds."""
        async with self.state.read() as tx:
            rows = await tx.outbox.list(platform="mail")
            deeds = await tx.triggers.counts()
        waiting = [each for each in rows if each.state is not DeliveryState.CLEAN]
        return not waiting and all(set(each) <= {FiringState.DONE} for each in deeds.values())


def configured() -> Configuration:
    source = Source(name="mappings/a.yaml", raw=TEXT.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    settings = Settings.model_construct()
    return read_configuration(folder, {"brevo": ADAPTER}, settings, offline=True)


@pytest.fixture
async def brevo(world: World) -> Installation:
    """Return an installation whose account has the attributes that are written."""
    world.simulator.account.define(
        Attribute(name="HEAT_SCORE", type="float"), Attribute(name="HEAT_STAGE")
    )
    return Installation(world, await world.paced("page.viewed"), configured())


async def test_what_was_pushed_comes_back_and_causes_no_work(brevo: Installation) -> None:
    people = [brevo.person(f"person{number}") for number in range(30)]
    for each in people:
        brevo.views(each)
    await brevo.sync()

    brevo.world.requests()
    for _ in range(2):
        summary = await brevo.sync()
        assert summary.scored == 0
        assert {each.partition(" ")[0] for each in brevo.world.requests()} == {"GET"}
    assert {each.values["HEAT_SCORE"] for each in people} == {10}


async def test_whoever_becomes_hot_is_written_listed_and_told_once(brevo: Installation) -> None:
    ann = brevo.person("ann")
    await brevo.sync()
    brevo.views(ann, times=2)

    for _ in range(3):
        assert (await brevo.sync()).problems == []

    account = brevo.world.simulator.account
    (hot,) = account.lists.by_id.values()
    assert (hot.name, set(hot.members)) == ("Hot", {ann.id})
    assert (ann.values["HEAT_SCORE"], ann.values["HEAT_STAGE"]) == (20, "hot")
    assert [each.name for each in account.records.events].count("lead_is_hot") == 1
    assert len(account.mail.messages) == 1


async def test_many_are_written_by_import_and_come_back_without_work(brevo: Installation) -> None:
    people = [brevo.person(f"person{number}") for number in range(700)]
    for each in people:
        brevo.views(each)

    await brevo.sync()

    assert {each.values["HEAT_SCORE"] for each in people} == {10}
    asked = Counter(brevo.world.requests())
    assert asked["POST /v3/contacts/import"] == 1
    assert not any(each.startswith("PUT") for each in asked)
    assert IMPORT_LIST in {each.name for each in brevo.world.simulator.account.lists.by_id.values()}
    for _ in range(2):
        assert (await brevo.sync()).scored == 0
    assert {each.partition(" ")[0] for each in brevo.world.requests()} == {"GET"}


async def test_a_storm_of_faults_changes_nothing_in_the_end(brevo: Installation) -> None:
    people = [brevo.person(f"person{number}") for number in range(60)]
    await brevo.sync()
    # A success that did nothing cannot be told from one where nothing can be read back.
    kinds = [each for each in Fault if each is not Fault.DID_NOTHING]
    brevo.world.simulator.faults.storm(10, seed=5, kinds=kinds)
    for each in people:
        brevo.views(each, times=2)

    for _ in range(30):
        await brevo.sync()
        if await brevo.is_done():
            break

    account = brevo.world.simulator.account
    assert {each.values["HEAT_SCORE"] for each in people} == {20}
    (hot,) = [each for each in account.lists.by_id.values() if each.name == "Hot"]
    assert set(hot.members) == {each.id for each in people}
    assert len(account.people) == len(people)
    sent = Counter(each.contact_id for each in account.records.events if each.name == "lead_is_hot")
    assert sent == {each.id: 1 for each in people}
    mails = Counter(each.email for each in account.mail.messages.values())
    assert mails == {each.email: 1 for each in people}


async def test_a_day_of_cycles_stays_within_every_limit(brevo: Installation) -> None:
    people = [brevo.person(f"person{number}") for number in range(40)]

    for number in range(96):
        for each in people[number % 7 :: 7]:
            brevo.views(each)
        await brevo.sync()

    trace = brevo.world.simulator.trace
    assert 429 not in {each.status for each in trace}
    assert trace.most_within("contacts", timedelta(seconds=1)) <= 10
    assert trace.most_within("general", timedelta(hours=1)) <= 100


async def test_whoever_is_deleted_is_let_go_and_not_made_anew(brevo: Installation) -> None:
    ann, bob = brevo.person("ann"), brevo.person("bob")
    await brevo.sync()
    for each in (ann, bob):
        brevo.views(each)
    brevo.world.simulator.account.remove(ann)

    for _ in range(2):
        await brevo.sync()

    assert [each.id for each in brevo.world.simulator.account.people] == [bob.id]
    assert bob.values["HEAT_SCORE"] == 10
