"""Brevo and HubSpot show the same of everybody, and rest when nothing changes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from adapters.brevo.adapter import ADAPTER as BREVO
from adapters.brevo.simulator.attributes import Attribute
from adapters.hubspot.adapter import ADAPTER as HUBSPOT
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.conformance.test_brevo import BrevoWorld
from tests.conformance.test_hubspot import HubspotWorld
from tests.conformance.world import World

TEXT = """
version: 1
platforms:
  mail: {adapter: brevo, create: true}
  crm: {adapter: hubspot, create: true}
attributes:
  email: {type: email, mail: EMAIL, crm: email}
  job_title: {type: text, mail: POSTE, crm: jobtitle, sync: [mail, crm]}
  country: {type: text, mail: PAYS, crm: country, prefer: crm, sync: [mail]}
  age: {type: number, mail: AGE, crm: age, sync: [mail, crm]}
model:
  rules: {boss: {when: "job_title = 'boss'", points: 50}}
  scores: {lead: {stages: [{name: cold, from: 0}, {name: hot, from: 40}]}}
targets:
  mail: {attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}, lists: {Hot: {when: "lead > 40"}}}
  crm: {attributes: {heat_score: lead}, lists: {Hot: {when: "lead > 40"}}}
"""
HOUR = timedelta(hours=1)


class Both:
    """One installation of heatsync with an account of each."""

    def __init__(self) -> None:
        self.mail, self.crm = BrevoWorld(), HubspotWorld("2026-03")
        self.clock = self.crm.clock
        for name, kind in {
            "POSTE": "text",
            "PAYS": "text",
            "AGE": "float",
            "HEAT_SCORE": "float",
            "HEAT_STAGE": "text",
        }.items():
            self.mail.account.define(Attribute(name=name, type=kind))  # type: ignore[arg-type]
        for name in ("age", "heat_score"):
            self.crm.account.define(name, "number")
        for world in self.worlds.values():
            world.add_list("Hot")
        self.state = MemoryState()

    @property
    def worlds(self) -> dict[str, World]:
        return {"mail": self.mail, "crm": self.crm}

    async def sync(self, after: timedelta = 3 * HOUR, *, calm: bool = True) -> Summary:
        self.clock.advance(after)
        self.mail.clock.at = self.clock.at
        workspace = Workspace(
            state=self.state,
            platforms={name: world.connect() for name, world in self.worlds.items()},
            configuration=_configuration(),
            clock=self.clock,
        )
        summary = await run_cycle(workspace, Steps(), self.clock.now())
        for platform in workspace.platforms.values():
            await platform.aclose()
        assert not (calm and summary.errors), summary.problems
        return summary

    def of_mail(self, address: str) -> dict[str, object]:
        """Return what Brevo shows of somebody."""
        people = self.mail.account.people.by_id.values()
        (found,) = [each for each in people if each.email == address]
        return dict(found.values)

    def of_crm(self, address: str) -> dict[str, str]:
        """Return what HubSpot shows of somebody."""
        known = (self.crm.account.values(each) for each in self.crm.account.ids())
        (found,) = [each for each in known if each.get("email") == address]
        return dict(found)


def _configuration() -> Configuration:
    folder = Folder(path=Path(), sources=(Source(name="test.yaml", raw=TEXT.encode()),))
    adapters = {"brevo": BREVO, "hubspot": HUBSPOT}
    return read_configuration(folder, adapters, Settings.model_construct(), offline=True)


def _told(found: dict[str, str] | dict[str, object], *names: str) -> list[object]:
    return [found.get(name) for name in names]


async def _filled() -> tuple[Both, str, str]:
    """Return an installation after its first cycle, and a record of one person on each side."""
    both = Both()
    in_mail = both.mail.add_contact("a@x.org", {"POSTE": "cook", "AGE": 41.0})
    in_crm = both.crm.add_contact("a@x.org", {"country": "DE"})
    both.crm.add_contact("b@x.org", {"jobtitle": "boss", "country": "FR", "age": 30.5})
    both.mail.add_contact("c@x.org", {"POSTE": "clerk"})
    await both.sync()
    return both, in_mail, in_crm


async def test_both_show_the_same_of_everybody_after_one_cycle() -> None:
    both, _, _ = await _filled()

    mail = {each: both.of_mail(f"{each}@x.org") for each in "abc"}
    crm = {each: both.of_crm(f"{each}@x.org") for each in "abc"}
    assert [_told(mail[each], "POSTE", "PAYS", "AGE") for each in "abc"] == [
        ["cook", "DE", 41],
        ["boss", "FR", 30.5],
        ["clerk", None, None],
    ]
    assert [_told(crm[each], "jobtitle", "country", "age") for each in "abc"] == [
        ["cook", "DE", "41"],
        ["boss", "FR", "30.5"],
        ["clerk", None, None],
    ]
    assert [mail[each]["HEAT_SCORE"] for each in "abc"] == [0, 50, 0]
    assert [crm[each]["heat_score"] for each in "abc"] == ["0", "50", "0"]


async def test_the_next_two_cycles_write_nothing_and_score_nobody() -> None:
    both, in_mail, in_crm = await _filled()

    for _ in range(2):
        # A date of change that says nothing.
        both.mail.account.touch(both.mail.account.people.by_id[int(in_mail)])
        both.crm.account.set(in_crm, hs_lead_status="")
        quiet = await both.sync()
        assert (quiet.scored, quiet.drift) == (0, {})
        calls = {name: each["calls"] for name, each in quiet.deliveries.items()}
        assert calls == {"mail": 0, "crm": 0}


async def test_an_edit_on_either_side_reaches_the_other() -> None:
    both, in_mail, in_crm = await _filled()

    both.mail.change_contact(in_mail, {"POSTE": "boss"})
    await both.sync()
    assert _told(both.of_crm("a@x.org"), "jobtitle", "heat_score") == ["boss", "50"]

    both.crm.change_contact(in_crm, {"jobtitle": "chef", "country": "BE"})
    await both.sync()
    assert _told(both.of_mail("a@x.org"), "POSTE", "PAYS", "HEAT_SCORE") == ["chef", "BE", 0]


async def test_a_score_that_somebody_overtypes_is_written_again() -> None:
    both, in_mail, in_crm = await _filled()
    both.mail.change_contact(in_mail, {"HEAT_SCORE": 99.0})
    both.crm.change_contact(in_crm, {"heat_score": 98.0})

    done = await both.sync()

    assert done.drift == {name: {"repaired": 1, "kept": 0} for name in ("mail", "crm")}
    assert both.of_mail("a@x.org")["HEAT_SCORE"] == 0
    assert both.of_crm("a@x.org")["heat_score"] == "0"


async def test_a_field_that_somebody_empties_is_emptied_on_the_other_side() -> None:
    both, in_mail, _ = await _filled()
    person = both.mail.account.people.by_id[int(in_mail)]
    both.mail.account.write(person, {"POSTE": ""})

    await both.sync()

    assert not both.of_crm("a@x.org").get("jobtitle")


async def test_a_field_that_is_deleted_on_one_side_is_emptied_for_nobody_on_the_other() -> None:
    both, in_mail, _ = await _filled()
    del both.mail.account.attributes["POSTE"]
    person = both.mail.account.people.by_id[int(in_mail)]
    person.values.pop("POSTE")
    both.mail.account.touch(person)

    done = await both.sync(calm=False)

    assert both.of_crm("a@x.org")["jobtitle"] == "cook"
    assert "mail has no field `POSTE`" in "".join(map(str, done.problems))


async def _lived(seed: int, *, storm: bool) -> list[object]:
    """Return what both show in the end of some people who were edited on both sides."""
    both, chance = Both(), Random(seed)
    edits: list[tuple[World, str, str]] = []
    for number in range(8):
        address = f"p{number}@x.org"
        if number % 2:
            edits.append((both.mail, both.mail.add_contact(address, {"POSTE": "boss"}), "POSTE"))
        if number % 3 == 0:
            edits.append((both.crm, both.crm.add_contact(address, {"jobtitle": "c"}), "jobtitle"))
    if storm:
        both.mail.simulator.faults.storm(10, seed=seed)
        both.crm.simulator.faults.storm(10, seed=seed + 1)
    for turn in range(3):
        for world, remote_id, field in chance.sample(edits, 3):
            world.change_contact(remote_id, {field: f"{chance.choice(['boss', 'cook'])} {turn}"})
        for _ in range(2):
            await both.sync(calm=False)
    for world in (both.mail, both.crm):
        world.simulator.faults.storm(0, seed=0)
    for _ in range(2):
        await both.sync()
    addresses = [f"p{number}@x.org" for number in range(8) if number % 2 or number % 3 == 0]
    return [
        (
            _told(both.of_mail(each), "POSTE", "HEAT_SCORE"),
            _told(both.of_crm(each), "jobtitle", "heat_score"),
        )
        for each in addresses
    ]


async def test_a_storm_of_faults_leaves_both_as_if_there_had_been_none() -> None:
    assert await _lived(4, storm=True) == await _lived(4, storm=False)
