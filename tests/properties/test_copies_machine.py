"""Two platforms whose people edit the same attributes: they come to agree, and then rest."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from adapters.memory.account import Account, Person
from adapters.memory.faults import Fault
from connector.domain.values import FieldType
from connector.ports.platform import RemoteField
from connector.sync.summary import Summary
from tests.unit.sync.fragile import Crash, FragileState
from tests.unit.sync.rosters import Rosters
from tests.unit.sync.world import World

TEXT = """
version: 1
platforms:
  crm: {adapter: memory}
  mail: {adapter: memory, create: true}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: job, mail: JOB, sync: [crm, mail]}
  city: {type: text, crm: city, mail: CITY, sync: [mail, crm], prefer: crm}
model:
  dimensions: {fit: {}}
  rules: {boss: {when: "job = 'boss'", points: 5, dimension: fit}}
  scores: {heat: {formula: fit}}
targets:
  mail: {attributes: {HEAT: heat}, lists: {Hot: {when: "heat > 0"}}}
"""
FIELDS = {"job": {"crm": "job", "mail": "JOB"}, "city": {"crm": "city", "mail": "CITY"}}

T = TypeVar("T")

accounts = st.sampled_from(["crm", "mail"])
attributes = st.sampled_from(list(FIELDS))
addresses = st.sampled_from(["a@x.org", "b@x.org"])
values = st.sampled_from(["boss", "cook", "clerk", None])
pick = st.integers(min_value=0, max_value=1_000)
faults = st.lists(st.sampled_from(list(Fault)), min_size=1, max_size=8)


class CopiesMachine(RuleBasedStateMachine):
    """People edit on both sides while heatsync comes by, breaks down and comes again."""

    text = TEXT

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        able = {"attribute_batch": 2, "list_batch": 2}
        self.world = World(self.text, page_size=2, capabilities=able)
        self.state = FragileState()
        self.world.state = self.state
        for fields in FIELDS.values():
            for name, field in fields.items():
                self.account(name).fields[field] = RemoteField(name=field, type=FieldType.TEXT)
        self.agreed: dict[tuple[str, str], object] = {}
        self.is_untouched = True
        """Whether nothing but people did anything since all agreed."""
        self.edited: dict[tuple[str, str], list[tuple[str, object]]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def account(self, name: str) -> Account:
        return self.world.accounts[name]

    def of(self, name: str, address: str) -> Person | None:
        people = self.account(name).people.values()
        return next((each for each in people if each.email == address), None)

    def person(self, name: str, number: int) -> Person:
        people = list(self.account(name).people.values())
        return people[number % len(people)]

    def has_people(self) -> bool:
        return all(account.people for account in self.world.accounts.values())

    @initialize(job=values, city=values)
    def begin(self, job: str | None, city: str | None) -> None:
        self.world.crm.create("a@x.org", job=job)
        self.world.mail.create("b@x.org", CITY=city)

    @rule(name=accounts, address=addresses, job=values)
    def somebody_comes(self, name: str, address: str, job: str | None) -> None:
        if self.of(name, address) is None:
            self.account(name).create(address, **{FIELDS["job"][name]: job})
            self.forget(address)

    @precondition(has_people)
    @rule(name=accounts, number=pick, attribute=attributes, value=values)
    def somebody_edits(self, name: str, number: int, attribute: str, value: str | None) -> None:
        person = self.person(name, number)
        person.values[FIELDS[attribute][name]] = value
        self.account(name).touch(person)
        self.edited.setdefault((str(person.email), attribute), []).append((name, value))

    @precondition(has_people)
    @rule(number=pick, value=st.sampled_from([0.0, 7.0, None]))
    def somebody_changes_what_is_ours(self, number: int, value: float | None) -> None:
        person = self.person("mail", number)
        person.values["HEAT"] = value
        self.world.mail.touch(person)

    @precondition(has_people)
    @rule(number=pick)
    def somebody_takes_out_of_our_list(self, number: int) -> None:
        self.world.mail.take_out("Hot", self.person("mail", number))

    @precondition(has_people)
    @rule(number=pick)
    def somebody_goes(self, number: int) -> None:
        if len(self.world.mail.people) > 1:
            person = self.person("mail", number)
            self.world.mail.remove(person)
            self.forget(str(person.email))

    @rule()
    def every_record_gets_a_new_modified_date(self) -> None:
        for account in self.world.accounts.values():
            for person in account.people.values():
                account.touch(person)

    @rule(minutes=st.sampled_from([0, 1, 5, 600]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(timedelta(minutes=minutes))

    @rule(name=accounts, what=faults)
    def requests_will_fail(self, name: str, what: list[Fault]) -> None:
        self.world.play(self.account(name), *what)

    @rule(step=st.sampled_from(["pulls", "scores", "pushes"]))
    def part_of_a_cycle(self, step: str) -> None:
        self.is_untouched = False
        only = {name: name == step for name in ("pulls", "scores", "pushes")}
        self.run(self.world.sync(None, **only))

    @rule(lives=st.integers(min_value=0, max_value=12))
    def sync_until_it_dies(self, lives: int) -> None:
        self.is_untouched = False
        self.state.lives = lives
        with suppress(Crash):
            self.run(self.world.sync())
        self.state.lives = None

    @rule()
    def sync(self) -> None:
        if self.is_calm():
            before = {key: self.expected(*key) for key in self.agreed}
            summary = self.run(self.world.sync(force=True))
            self.all_agree(summary, before)
        else:
            self.is_untouched = False
            self.run(self.world.sync())

    def teardown(self) -> None:
        try:
            for account in self.world.accounts.values():
                account.faults.clear()
            self.world.clock.advance(timedelta(hours=1))
            self.sync()
            for _ in range(2):
                self.nothing_is_done_when_nothing_changed()
            self.whoever_edits_next_is_heard()
        finally:
            self.runner.close()

    def is_calm(self) -> bool:
        return not any(account.faults for account in self.world.accounts.values())

    def forget(self, address: str) -> None:
        for attribute in FIELDS:
            self.agreed.pop((address, attribute), None)

    def shown(self, name: str, address: str, attribute: str) -> object:
        person = self.of(name, address)
        assert person is not None
        return person.values.get(FIELDS[attribute][name])

    def expected(self, address: str, attribute: str) -> list[object]:
        """Return the values on which both sides may agree after a quiet cycle."""
        before = self.agreed[address, attribute]
        present = {name: self.shown(name, address, attribute) for name in ("crm", "mail")}
        edits = self.edited.get((address, attribute), [])
        if attribute == "city" and present["crm"] is not None and self.is_untouched:
            return [present["crm"]]
        if attribute == "city" and not self.is_untouched:
            return [before, *(value for _, value in edits)]
        editors = {name for name, _ in edits}
        if len(editors) == 1:
            return [edits[-1][1]]
        if not self.is_untouched:
            return [before, *(value for _, value in edits)]
        moved = [name for name in present if present[name] != before]
        if len(moved) < 2:
            return [present[moved[0]] if moved else before]
        crm, mail = (self.of(name, address) for name in ("crm", "mail"))
        assert crm is not None
        assert mail is not None
        return [present["mail" if mail.modified_at > crm.modified_at else "crm"]]

    def all_agree(self, summary: Summary, allowed: dict[tuple[str, str], list[object]]) -> None:
        assert summary.exit_code == 0, summary.problems
        both = {each.email for each in self.world.crm.people.values()} & {
            each.email for each in self.world.mail.people.values()
        }
        self.agreed = {}
        for address in map(str, both):
            for attribute in FIELDS:
                found = {self.shown(name, address, attribute) for name in ("crm", "mail")}
                assert len(found) == 1, (address, attribute, found)
                (value,) = found
                possible = allowed.get((address, attribute), [value])
                assert value in possible, (address, attribute, value, possible)
                self.agreed[address, attribute] = value
        self.edited = {}
        self.is_untouched = True
        hot = {
            each.id for each in self.world.mail.people.values() if each.values.get("JOB") == "boss"
        }
        assert self.world.mail.lists["Hot"] == hot
        for person in self.world.mail.people.values():
            assert person.values.get("HEAT") == (5 if person.id in hot else 0), person

    def nothing_is_done_when_nothing_changed(self) -> None:
        self.world.clock.advance(timedelta(hours=1))
        self.every_record_gets_a_new_modified_date()
        quiet = self.run(self.world.sync())
        assert (quiet.scored, quiet.drift, quiet.problems) == (0, {}, [])
        assert all(each["calls"] == 0 for each in quiet.deliveries.values()), quiet.deliveries

    def whoever_edits_next_is_heard(self) -> None:
        for name in ("mail", "crm"):
            for number in range(len(self.account(name).people)):
                self.world.clock.advance(timedelta(hours=1))
                self.somebody_edits(name, number, "job", f"{name} {number}")
                self.sync()


class WholeListsMachine(CopiesMachine):
    """The same, with a list that is all ours, on a platform that tells lists only whole."""

    text = TEXT.replace('"heat > 0"', '"heat > 0", own: true')

    def __init__(self) -> None:
        super().__init__()
        self.world.platforms["mail"].memberships = Rosters(self.world.mail)

    @precondition(CopiesMachine.has_people)
    @rule(number=pick)
    def somebody_puts_into_our_list(self, number: int) -> None:
        self.world.mail.put_in("Hot", self.person("mail", number))

    @rule()
    def sync(self) -> None:
        # What is read of a list within a minute of our own write is no proof.
        self.world.clock.advance(timedelta(minutes=2))
        super().sync()


TestCopies = CopiesMachine.TestCase
TestCopies.settings = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWholeLists = WholeListsMachine.TestCase
TestWholeLists.settings = settings(TestCopies.settings, max_examples=25)


@pytest.mark.parametrize("lives", range(20))
def test_whoever_we_put_in_a_list_before_we_died_is_taken_out_again(lives: int) -> None:
    machine = CopiesMachine()
    machine.begin(job="boss", city="boss")
    machine.part_of_a_cycle("pulls")

    machine.sync_until_it_dies(lives)

    machine.teardown()
