"""Whatever happens on two platforms and on the way: one quiet cycle later everything is true."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from adapters.memory.account import Account, Person
from adapters.memory.faults import Fault
from connector.domain.outbound import DeliveryState, Outbound
from state.memory.database import MemoryState
from tests.unit.sync.fragile import Crash, FragileState
from tests.unit.sync.world import PLATFORMS, World

MODEL = """
model:
  timezone: Europe/Paris
  decay: {half_life: 20d}
  dimensions: {engagement: {floor: -20}, fit: {decay: none}}
  groups: {pages: {cap: 9}}
  traits:
    last_page: {last: url, of: page.viewed, within: 7d}
  rules:
    opened: {event: email.opened, points: 10}
    viewed:
      event: page.viewed
      points: 3
      cap: {points: 5, per: day}
      decay: {expires: 30d}
      group: pages
    unopened: {event: email.sent, unless: {event: email.opened, same: url, after: 3d}, points: -3}
    journey:
      sequence: [email.opened, page.viewed]
      within: 30d
      award: each
      points: 5
      decay: {linear: 40d}
    often: {count: page.viewed, at_least: 2, within: 14d, points: 4, group: pages}
    curious: {count: "*", distinct: url, at_least: 2, award: once, points: 3}
    quiet: {inactive: 10d, repeat: 10d, points: -2}
    boss: {when: "job = 'boss'", points: 5, dimension: fit}
  scores:
    heat:
      formula: engagement + fit
      range: [0, 100]
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]
"""
EDITS = (("points: 10}", "points: 7}"), ("half_life: 20d", "half_life: 5d"), ("cap: 9", "cap: 4"))
TARGETS = """
targets:
  crm:
    attributes: {heat_score: heat, heat_stage: heat_stage, last_page: last_page}
    lists: {Hot: {when: "heat >= 20"}, News: {when: "fit > 0"}}
    write_when: {change_of: 2}
  mail:
    attributes: {HEAT: heat}
    lists: {Hot: {when: "heat_stage <> 'cold'"}}
    tags: {vip: "heat >= 20"}
"""
TEXT = PLATFORMS.replace("mail: JOB}", "mail: JOB, prefer: crm}") + MODEL + TARGETS

T = TypeVar("T")

accounts = st.sampled_from(["crm", "mail"])
addresses = st.sampled_from(["a@x.org", "b@x.org", "c@x.org", "d@x.org", None])
jobs = st.sampled_from(["boss", "cook", None])
kinds = st.sampled_from(["email.opened", "page.viewed", "email.sent"])
ages = st.sampled_from([timedelta(), timedelta(days=8), timedelta(days=40), timedelta(days=-3)])
pick = st.integers(min_value=0, max_value=1_000)
faults = st.lists(st.sampled_from(list(Fault)), min_size=1, max_size=8)


class SyncMachine(RuleBasedStateMachine):
    """Two platforms live their lives while heatsync comes by, breaks down and comes again."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        able = {"attribute_batch": 2, "list_batch": 2, "is_ours": True}
        self.world = World(TEXT, page_size=3, capabilities=able)
        self.state = FragileState()
        self.world.state = self.state

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def account(self, name: str) -> Account:
        return self.world.accounts[name]

    def person(self, name: str, number: int) -> Person:
        people = list(self.account(name).people.values())
        return people[number % len(people)]

    def has_people(self) -> bool:
        return all(account.people for account in self.world.accounts.values())

    @initialize(crm=st.lists(addresses, min_size=1, max_size=4), mail=addresses)
    def begin(self, crm: list[str | None], mail: str | None) -> None:
        for address in crm:
            self.world.crm.create(address)
        self.world.mail.create(mail)

    @rule(name=accounts, address=addresses, job=jobs)
    def somebody_comes(self, name: str, address: str | None, job: str | None) -> None:
        self.account(name).create(address, **{"job" if name == "crm" else "JOB": job})

    @precondition(has_people)
    @rule(name=accounts, number=pick, address=addresses)
    def an_address_changes(self, name: str, number: int, address: str | None) -> None:
        person = self.person(name, number)
        person.email = address
        self.account(name).touch(person)

    @precondition(has_people)
    @rule(name=accounts, number=pick, job=jobs)
    def an_attribute_changes(self, name: str, number: int, job: str | None) -> None:
        person = self.person(name, number)
        person.values["job" if name == "crm" else "JOB"] = job
        self.account(name).touch(person)

    @precondition(has_people)
    @rule(name=accounts, number=pick)
    def somebody_goes(self, name: str, number: int) -> None:
        if len(self.account(name).people) > 1:
            self.account(name).remove(self.person(name, number))

    @precondition(has_people)
    @rule(name=accounts, first=pick, second=pick)
    def records_are_merged(self, name: str, first: int, second: int) -> None:
        loser, winner = self.person(name, first), self.person(name, second)
        if loser is not winner:
            self.account(name).merge(loser, winner)

    @precondition(has_people)
    @rule(name=accounts, number=pick, kind=kinds, age=ages, by_address=st.booleans())
    def something_happens(
        self, *, name: str, number: int, kind: str, age: timedelta, by_address: bool
    ) -> None:
        person = self.person(name, number)
        whom = person.email if by_address and person.email else person
        at = self.world.clock.now() - age
        self.world.happens(self.account(name), whom, kind, at, url=f"/{number % 3}")

    @rule(name=accounts, number=pick, kind=kinds, age=ages)
    def an_event_is_corrected(self, name: str, number: int, kind: str, age: timedelta) -> None:
        events = self.account(name).events
        if events:
            at = (self.world.clock.now() - age).isoformat()
            events.append({**events[number % len(events)], "type": kind, "at": at})

    @precondition(has_people)
    @rule(name=accounts, number=pick, other=pick)
    def an_event_turns_out_to_be_of_another(self, name: str, number: int, other: int) -> None:
        events = self.account(name).events
        if events:
            whom = self.person(name, other).id
            events.append({**events[number % len(events)], "contact": whom})

    @rule(edit=st.sampled_from([("", ""), *EDITS]))
    def the_model_is_edited(self, edit: tuple[str, str]) -> None:
        self.world.configure(TEXT.replace(*edit))

    @rule(days=st.integers(min_value=1, max_value=20))
    def time_passes(self, days: int) -> None:
        self.world.clock.advance(timedelta(days=days))

    @rule(name=accounts, what=faults)
    def requests_will_fail(self, name: str, what: list[Fault]) -> None:
        self.world.play(self.account(name), *what)

    @rule()
    def pull(self) -> None:
        self.run(self.world.sync(scores=False, pushes=False))

    @rule()
    def score(self) -> None:
        self.run(self.world.sync(pulls=False, pushes=False))

    @rule()
    def push(self) -> None:
        self.run(self.world.sync(pulls=False, scores=False))

    @rule(only=st.sampled_from([None, "crm", "mail"]))
    def sync(self, only: str | None) -> None:
        self.run(self.world.sync(only=only))

    @rule(lives=st.integers(min_value=0, max_value=12))
    def sync_until_it_dies(self, lives: int) -> None:
        self.state.lives = lives
        with suppress(Crash):
            self.run(self.world.sync())
        self.state.lives = None

    def teardown(self) -> None:
        for account in self.world.accounts.values():
            account.faults.clear()
        try:
            self.run(self.settle_and_look())
        finally:
            self.runner.close()

    async def settle_and_look(self) -> None:
        summary = await self.world.sync(force=True)
        assert summary.exit_code == 0, summary.problems
        assert await self.world.stale() == set()
        await self.every_platform_shows_what_is_desired()
        await self.whoever_was_not_due_is_what_scoring_says_now()
        await self.scoring_from_scratch_says_the_same()
        await self.whoever_never_changed_is_the_same_to_a_newcomer()
        quiet = await self.world.sync()
        assert quiet.scored == 0
        assert all(each["calls"] == 0 for each in quiet.deliveries.values())

    async def every_platform_shows_what_is_desired(self) -> None:
        for name, account in self.world.accounts.items():
            async with self.state.read() as tx:
                numbers = await tx.contacts.all_numbers()
                addressees = await tx.contacts.addressees(name, numbers)
                rows = await tx.outbox.rows(name, numbers)
            assert rows.keys() == addressees.keys()
            for contact, row in rows.items():
                assert row.remote_id == addressees[contact].remote_id
                assert row.state is DeliveryState.CLEAN, row
                _shows(account.people[row.remote_id], row)
            for listed, members in account.lists.items():
                wanted = {r.remote_id for r in rows.values() if r.desired.lists.get(listed)}
                assert members == wanted, (name, listed)
            tagged = {each.id for each in account.people.values() if each.tags}
            assert tagged == {r.remote_id for r in rows.values() if r.desired.tags.get("vip")}

    async def whoever_was_not_due_is_what_scoring_says_now(self) -> None:
        """Compare what shows; the digits behind it cool on until somebody looks again."""
        before = await self.by_household(self.world, digits=False)
        async with self.state.write() as tx:
            await tx.contacts.touch(await tx.contacts.all_numbers())
        await self.world.sync(pulls=False)
        assert await self.by_household(self.world, digits=False) == before

    async def scoring_from_scratch_says_the_same(self) -> None:
        known = await self.by_household(self.world)
        fresh = World.__new__(World)
        fresh.__dict__.update(self.world.__dict__)
        fresh.state = MemoryState()
        fresh.state._committed = self.state._committed.copy()
        tables = fresh.state._committed
        tables.scores, tables.outbound, tables.score_history = {}, {}, []
        tables.standing = {number: type(each)() for number, each in tables.standing.items()}
        await fresh.sync(pulls=False, pushes=False)
        assert await self.by_household(fresh) == known

    async def whoever_never_changed_is_the_same_to_a_newcomer(self) -> None:
        """Compare with a state that has just come, where the past leaves no trace but events."""
        fresh = self.world.afresh()
        await fresh.sync(pushes=False)
        known, anew = await self.by_household(self.world), await self.by_household(fresh)
        async with self.state.read() as tx:
            numbers = await tx.contacts.all_numbers()
            records = await tx.contacts.records_of(numbers)
            moved = {number for number in numbers if await tx.contacts.history(number)}
        moved |= {each.contact for each in records if each.removed_at}
        keys = {
            frozenset((r.platform, r.remote_id) for r in records if r.contact == number)
            for number in set(numbers) - moved
        }
        for household in keys:
            # Of two records on a platform the one that changed last wins, and to a newcomer our
            # own writes are changes.
            if len({platform for platform, _ in household}) < len(household):
                continue
            assert anew[household] == known[household]

    async def by_household(
        self, world: World, *, digits: bool = True
    ) -> dict[frozenset[tuple[str, str]], Any]:
        """Return what was decided of each person, by their records."""
        async with world.state.read() as tx:
            numbers = await tx.contacts.all_numbers()
            records = await tx.contacts.records_of(numbers)
            current = await tx.scores.current(numbers)
            scores = (current if digits else current.drop("value")).rows()
            rows = {name: await tx.outbox.rows(name, numbers) for name in world.accounts}
        return {
            frozenset((r.platform, r.remote_id) for r in records if r.contact == number): (
                [row[1:] for row in scores if row[0] == number],
                {name: _wanted(each[number]) for name, each in rows.items() if number in each},
            )
            for number in numbers
        }


def _wanted(row: Outbound) -> tuple[object, ...]:
    """Return what is desired: never having been in a list is as being out of it."""
    desired = row.desired
    lists = {name for name, is_in in desired.lists.items() if is_in}
    tags = {tag for tag, is_set in desired.tags.items() if is_set}
    return row.remote_id, dict(desired.attributes), lists, tags


def _shows(person: Person, row: Outbound) -> None:
    """Assert that a record has the values desired, numbers within what is worth a write."""
    for name, value in row.desired.attributes.items():
        present = person.values.get(name)
        if isinstance(value, Decimal):
            assert isinstance(present, float)
            assert abs(present - float(value)) < 2
        else:
            assert present == value


TestSync = SyncMachine.TestCase
TestSync.settings = settings(
    max_examples=60,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
