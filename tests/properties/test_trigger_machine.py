"""Triggers against a naive model of them, whatever people become and however they are edited."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connector.domain.ledger import UNFINISHED
from tests.unit.sync.alarms import Alarms

T = TypeVar("T")
Told = tuple[str, str, str, datetime]

WHEN = {
    "job = 'boss'": {"boss"},
    "job IN ('boss', 'chief')": {"boss", "chief"},
}
"""Conditions, and the jobs for which they hold."""
SPANS = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2), "1d": timedelta(days=1)}

jobs = st.sampled_from([*["boss", "cook"] * 4, "chief", "staff"])
spans = st.sampled_from([timedelta(), *SPANS.values()])
pick = st.integers(min_value=0, max_value=1_000)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A trigger as it is written."""

    when: str
    again_after: str | None = None
    backfill: bool = False
    per: str | None = None
    of: int = 1

    def text(self, name: str) -> str:
        more = f", again_after: {self.again_after}" if self.again_after else ""
        more += ", backfill: true" if self.backfill else ""
        more += f", limit: {{per: {self.per}, of: {self.of}}}" if self.per else ""
        deed = "[{email: {platform: crm, template: 1}}]"
        return f'  {name}: {{when: "{self.when}", do: {deed}{more}}}\n'


some_settings = st.builds(
    Settings,
    when=st.sampled_from(list(WHEN)),
    again_after=st.sampled_from([None, *SPANS]),
    backfill=st.booleans(),
    per=st.sampled_from([None, "hour", "hour", "day", "lifetime"]),
    of=st.integers(min_value=1, max_value=2),
)
some_triggers = st.fixed_dictionaries({"call": some_settings}, optional={"ring": some_settings})


def written(triggers: dict[str, Settings]) -> str:
    text = "".join(each.text(name) for name, each in triggers.items())
    return "contacts: {exclude: \"job = 'staff'\"}\n" + (f"triggers:\n{text}" if text else "")


@dataclass(kw_only=True)
class Entry:
    """That a condition became true for somebody, for which the trigger fires or fired."""

    entered: datetime
    by: str
    """The id of the person at that time, which breaks ties."""
    fired: datetime | None = None


@dataclass(kw_only=True)
class Standing:
    """What one trigger knows of one soul."""

    holds: bool = False
    since: datetime | None = None
    fired: datetime | None = None
    open: list[Entry] = field(default_factory=list)


@dataclass(kw_only=True)
class Soul:
    """A person as the naive model has them."""

    job: str
    looked: dict[str, str] = field(default_factory=dict)
    """Trigger and condition, as they were at the last scoring."""
    known: dict[str, Standing] = field(default_factory=dict)

    def of(self, trigger: str) -> Standing:
        return self.known.setdefault(trigger, Standing())


@dataclass(kw_only=True)
class Naive:
    """Looks at everybody every time, and keeps every firing there ever was."""

    souls: dict[str, Soul] = field(default_factory=dict)
    """By the record that is left of them."""
    log: list[tuple[str, datetime]] = field(default_factory=list)

    def decide(
        self, triggers: dict[str, Settings], ids: dict[str, str], at: datetime
    ) -> Counter[str]:
        before = len(self.log)
        for record, soul in self.souls.items():
            if soul.job == "staff":
                soul.looked = {}
                for standing in soul.known.values():
                    standing.open = []
                continue
            for name in soul.known.keys() - triggers.keys():
                soul.of(name).open = []
            for name, trigger in triggers.items():
                self._look(name, trigger, soul, ids[record], at)
            soul.looked = {name: each.when for name, each in triggers.items()}
        for name, trigger in triggers.items():
            self._release(name, trigger, at)
        return Counter(name for name, _ in self.log[before:])

    def _look(self, name: str, trigger: Settings, soul: Soul, by: str, at: datetime) -> None:
        standing = soul.of(name)
        holds = soul.job in WHEN[trigger.when]
        if holds and not standing.holds:
            is_first = soul.looked.get(name) != trigger.when
            wait = SPANS[trigger.again_after] if trigger.again_after else timedelta(0)
            is_soon = standing.fired is not None and (
                at - standing.fired < wait or at == standing.fired
            )
            if not is_soon and (trigger.backfill or not is_first):
                standing.open.append(Entry(entered=at, by=by))
        if not holds and standing.holds:
            standing.open = [each for each in standing.open if each.fired]
        if holds != standing.holds:
            standing.holds, standing.since = holds, at

    def _release(self, name: str, trigger: Settings, at: datetime) -> None:
        queue = [
            (entry.entered, entry.by, standing, entry)
            for soul in self.souls.values()
            for standing in [soul.of(name)]
            for entry in standing.open
            if entry.fired is None
        ]
        for _, _, standing, entry in sorted(queue, key=lambda each: each[:2]):
            if trigger.per and self._count(name, trigger.per, at) >= trigger.of:
                return
            entry.fired = standing.fired = at
            self.log.append((name, at))

    def _count(self, name: str, per: str, at: datetime) -> int:
        form = {"hour": "%Y-%m-%d %H", "day": "%Y-%m-%d", "lifetime": ""}[per]
        return sum(
            1
            for each, then in self.log
            if each == name and then.strftime(form) == at.strftime(form)
        )

    def merge(self, loser: str, winner: str, numbers: dict[str, int]) -> None:
        gone, left = self.souls.pop(loser), self.souls[winner]
        survivor = min(loser, winner, key=lambda each: numbers[each])
        left.looked = (gone if survivor == loser else left).looked
        for name in gone.known.keys() | left.known.keys():
            both = {numbers[loser]: gone.of(name), numbers[winner]: left.of(name)}
            left.known[name] = self._united(both)

    def _united(self, both: dict[int, Standing]) -> Standing:
        known = list(both.values())
        holding = [each for each in known if each.holds]
        fired = [each.fired for each in known if each.fired]
        since = [each.since for each in holding or known if each.since]
        # The trigger has done its work for whoever fired and has nothing left to be done.
        is_done = any(
            each.holds and each.fired and each.since and each.fired >= each.since and not each.open
            for each in known
        )
        claims = [
            (entry.fired is None, entry.fired or entry.entered, number)
            for number, each in both.items()
            for entry in each.open
        ]
        return Standing(
            holds=bool(holding),
            since=(min if holding else max)(since, default=None),
            fired=max(fired, default=None),
            open=both[min(claims)[2]].open if claims and not is_done else [],
        )

    def told(self) -> Counter[Told]:
        return Counter(
            (
                record,
                name,
                "pending" if entry.fired else "waiting",
                entry.fired or entry.entered,
            )
            for record, soul in self.souls.items()
            for name, standing in soul.known.items()
            for entry in standing.open
        )


class TriggerMachine(RuleBasedStateMachine):
    """People change jobs, are merged and excluded; triggers are edited; time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.triggers: dict[str, Settings] = {}
        self.world = Alarms(written({}))
        self.naive = Naive()
        self.merged: tuple[str, str] | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def some(self, number: int) -> str:
        return sorted(self.naive.souls)[number % len(self.naive.souls)]

    @initialize(triggers=some_triggers, first=st.lists(jobs, min_size=2, max_size=4))
    def begin(self, triggers: dict[str, Settings], first: list[str]) -> None:
        self.edit(triggers)
        for job in first:
            self.somebody_comes(job)

    @precondition(lambda self: len(self.naive.souls) < 4)
    @rule(job=jobs)
    def somebody_comes(self, job: str) -> None:
        person = self.world.crm.create(f"p{len(self.world.crm.changed)}@x.org", job=job)
        self.naive.souls[person.id] = Soul(job=job)

    @rule(number=pick, job=jobs)
    def a_job_changes(self, number: int, job: str) -> None:
        record = self.some(number)
        if self.merged is None or record != self.merged[0]:
            self.world.become(self.world.crm.people[record], job)
            self.naive.souls[record].job = job

    @rule(number=pick, career=st.lists(st.tuples(jobs, spans), min_size=2, max_size=5))
    def somebody_makes_a_career(self, number: int, career: list[tuple[str, timedelta]]) -> None:
        for job, span in career:
            self.a_job_changes(number, job)
            self.decide(span)

    @precondition(lambda self: self.merged is None and len(self.naive.souls) > 1)
    @rule(first=pick, second=pick)
    def two_are_one(self, first: int, second: int) -> None:
        loser, winner = self.some(first), self.some(second)
        if loser != winner:
            # Of whom nothing is known yet, nothing is to be told.
            self.run(self.world.sync(scores=False, pushes=False))
            people = self.world.crm.people
            self.world.crm.merge(people[loser], people[winner])
            self.merged = loser, winner

    @rule(change=st.sampled_from(["when", "again_after", "backfill", "limit", "gone", "back"]))
    def one_thing_is_edited(self, change: str) -> None:
        call = self.triggers.get("call", Settings(when="job = 'boss'"))
        match change:
            case "when":
                call = replace(call, when=next(each for each in WHEN if each != call.when))
            case "again_after":
                call = replace(call, again_after=None if call.again_after else "2h")
            case "backfill":
                call = replace(call, backfill=not call.backfill)
            case "limit":
                call = replace(call, per=None if call.per else "hour")
        rest = {name: each for name, each in self.triggers.items() if name != "call"}
        self.edit(rest if change == "gone" else {"call": call, **rest})

    def edit(self, triggers: dict[str, Settings]) -> None:
        self.triggers = triggers
        self.world.edit(written(triggers))

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.world.clock.advance(span)

    @rule(span=spans)
    def decide(self, span: timedelta) -> None:
        numbers = self.run(self.numbers())
        counts = self.run(self.world.decide(span))
        if self.merged:
            loser, winner = self.merged
            self.merged = None
            self.naive.merge(loser, winner, numbers)
        expected = self.naive.decide(self.triggers, self.run(self.ids()), self.world.clock.now())
        assert counts == {name: expected[name] for name in self.triggers}
        assert self.run(self.told()) == self.naive.told()

    def teardown(self) -> None:
        self.runner.close()

    async def numbers(self) -> dict[str, int]:
        """Return the number of the person of each record that was read."""
        return {record.remote_id: record.contact for record in await self.world.records()}

    async def ids(self) -> dict[str, str]:
        """Return the id of the person of each record."""
        async with self.world.state.read() as tx:
            persons = await tx.contacts.persons(await tx.contacts.all_numbers())
        return {name: persons[number].key for name, number in (await self.numbers()).items()}

    async def told(self) -> Counter[Told]:
        records = {
            record.contact: record.remote_id
            for record in await self.world.records()
            if record.removed_at is None
        }
        return Counter(
            (records[each.contact], each.trigger, each.state.value, each.at)
            for each in await self.world.firings()
            if each.state in UNFINISHED
        )


TestTriggers = TriggerMachine.TestCase
TestTriggers.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
