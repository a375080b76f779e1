"""Pictures of everybody are what whoever counts one by one finds."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.instants import MICROSECOND
from connector.domain.pictures import CohortScore, RuleTally, StageMoves
from connector.domain.records import Person
from connector.ports.store import State, Transaction
from tests.conformance.store_world import (
    HOUR,
    MODEL,
    StoreWorld,
    T,
    a_score,
    decide,
    decisions,
    people,
    scores,
)

JANUARY = datetime(2026, 1, 15, tzinfo=UTC)
MARCH = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
DAY = timedelta(days=1)
STAGES = ("cold", "warm", "hot", None)


async def arrived(tx: Transaction, *instants: datetime | None) -> list[int]:
    """Return persons who were created at these instants."""
    persons = [
        Person(contact=0, key=f"p{number}", created_at=at) for number, at in enumerate(instants)
    ]
    return list(await tx.contacts.create(persons))


async def averages(tx: Transaction, name: str = "lead") -> dict[tuple[str, str], tuple[int, float]]:
    return {
        (each.cohort, each.month): (each.persons, each.total)
        for each in await tx.pictures.cohorts(name)
    }


def past_cohort(cohort: str, month: str, total: float) -> CohortScore:
    """Return what one person came to by the end of a month."""
    return CohortScore(name="lead", cohort=cohort, month=month, persons=1, total=total)


class PicturePromises(StoreWorld):
    async def test_points_are_counted_whole_and_cut_downwards(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben, cat, dan = await people(tx, 4)
            points = ((ann, 12.9), (ben, 12.0), (cat, -0.5), (dan, None))
            await decide(tx, *(a_score(who, value) for who, value in points))
            assert await tx.pictures.distribution("lead") == {-1: 1, 12: 2}

            await decide(tx, a_score(ann, 13.0))
            assert await tx.pictures.distribution("lead") == {-1: 1, 12: 1, 13: 1}
            assert await tx.pictures.distribution("other") == {}

    async def test_moves_are_told_by_quarters_of_an_hour(self, state: State) -> None:
        at = datetime(2026, 3, 4, 9, 44, 59, tzinfo=UTC)
        async with state.write() as tx:
            ann, ben = await people(tx, 2)
            for when, stage in ((at, "cold"), (at + HOUR, "hot"), (at + HOUR, "hot")):
                rows = (a_score(who, 1.0, stage=stage) for who in (ann, ben))
                await decide(tx, *rows, at=when)
            await decide(tx, (ann, "lead", None, None, None), at=at + 2 * HOUR)

            quarter = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
            moved = StageMoves(name="lead", at=quarter, before="cold", after="hot", persons=2)
            left = StageMoves(name="lead", at=quarter + HOUR, before="hot", after=None, persons=1)
            assert await tx.pictures.stage_moves(quarter) == [moved, left]
            assert [each.persons for each in await tx.pictures.stage_moves(T - 10**3 * DAY)] == [
                2,
                2,
                1,
            ]

    async def test_who_moved_furthest_since_midnight_is_told_first(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben, cat, dan, eve = await people(tx, 5)
            everybody = (ann, ben, cat, dan)
            await decide(tx, *(a_score(who, 10.0, stage="cold") for who in everybody), at=JANUARY)
            midnight = JANUARY + DAY
            for hour, values in ((1, (11, 9, 3, 10)), (2, (30.5, 40, 7, 10))):
                rows = [
                    a_score(who, float(value), stage="warm")
                    for who, value in zip(everybody, values, strict=True)
                ]
                newcomer = a_score(eve, 50.0 * hour)
                await decide(tx, *rows, newcomer, at=midnight + hour * HOUR)

            told = await tx.pictures.movers("lead", midnight, limit=9)
            rose = [(each.key, each.before, each.after, each.stage) for each in told.rose]
            assert rose == [("p1", 10.0, 40.0, "warm"), ("p0", 10.0, 30.5, "warm")]
            assert [(each.contact, each.after) for each in told.fell] == [(cat, 7.0)]
            first = await tx.pictures.movers("lead", midnight, limit=1)
            assert [each.contact for each in (*first.rose, *first.fell)] == [ben, cat]
            for name, day in (("lead", JANUARY), ("lead", midnight + DAY), ("other", midnight)):
                none = await tx.pictures.movers(name, day, limit=9)
                assert (none.rose, none.fell) == ([], [])

    async def test_a_day_begins_when_whoever_decides_says_so(self, state: State) -> None:
        async with state.write() as tx:
            (ann,) = await people(tx)
            days = JANUARY - HOUR, JANUARY + 23 * HOUR
            for day, value in ((days[0], 1.0), (days[1], 4.0)):
                await tx.scores.record(
                    at=day + 2 * HOUR,
                    day=day,
                    model=MODEL,
                    seen={},
                    decisions=decisions(ann),
                    scores=scores(a_score(ann, value)),
                )
            (told,) = (await tx.pictures.movers("lead", days[1], limit=9)).rose

            assert (told.before, told.after) == (1.0, 4.0)

    async def test_whoever_had_no_score_for_a_while_has_not_moved(self, state: State) -> None:
        async with state.write() as tx:
            (ann,) = await people(tx)
            await decide(tx, a_score(ann, 1.0), at=JANUARY)
            for hour, value in enumerate((None, 5.0, 6.0)):
                await decide(tx, a_score(ann, value), at=JANUARY + DAY + hour * HOUR)

            assert (await tx.pictures.movers("lead", JANUARY + DAY, limit=9)).rose == []

    async def test_whoever_is_forgotten_or_merged_has_not_moved(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben = await people(tx, 2)
            for at, value in ((JANUARY, 1.0), (JANUARY + DAY, 5.0)):
                await decide(tx, a_score(ann, value), a_score(ben, value), at=at)
            person = (await tx.contacts.persons([ann]))[ann]
            await tx.contacts.save_persons([replace(person, merged_into=ben)])
            left = (await tx.pictures.movers("lead", JANUARY + DAY, limit=9)).rose
            assert [each.contact for each in left] == [ben]
            await tx.forgotten.erase(await tx.forgotten.traces([ben]), JANUARY + DAY)

            assert (await tx.pictures.movers("lead", JANUARY + DAY, limit=9)).rose == []

    async def test_cohorts_are_told_month_by_month(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben, cat = await arrived(tx, JANUARY, JANUARY, None)
            rows = [a_score(who, 0.1) for who in (ann, ben, cat)]
            await decide(tx, *rows, at=JANUARY + DAY)
            await decide(tx, a_score(ann, 5.1), at=MARCH)

            assert await averages(tx) == {
                ("2026-01", "2026-01"): (3, 0.3),
                ("2026-01", "2026-03"): (3, 5.3),
            }

    async def test_months_before_the_first_are_added_to_and_begun_anew(self, state: State) -> None:
        async with state.write() as tx:
            (ann,) = await arrived(tx, JANUARY)
            await decide(tx, a_score(ann, 2.5), at=MARCH)
            kept = {("2026-01", "2026-03"): (1, 2.5)}
            past = [past_cohort("2026-01", "2026-02", 1.25), past_cohort("2025-12", "2026-02", 3.0)]
            await tx.pictures.add_past_cohorts("lead", "2026-03", past)
            await tx.pictures.add_past_cohorts("lead", "2026-03", past[:1])
            nobody = {("2025-12", "2026-03"): (0, 0.0)}
            assert await averages(tx) == kept | nobody | {
                ("2026-01", "2026-02"): (2, 2.5),
                ("2025-12", "2026-02"): (1, 3.0),
            }

            await tx.pictures.add_past_cohorts("lead", "2026-03", past[:1], anew=True)
            assert await averages(tx) == kept | nobody | {("2026-01", "2026-02"): (1, 1.25)}
            assert await averages(tx, "other") == {}

    async def test_who_was_added_to_the_past_is_not_counted_with_who_is_decided_later(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            ann, ben = await arrived(tx, MARCH, JANUARY)
            await decide(tx, a_score(ann, 1.0), at=MARCH)
            past = [past_cohort("2026-01", "2026-02", 7.0)]
            await tx.pictures.add_past_cohorts("lead", "2026-03", past)
            await decide(tx, a_score(ben, 2.0), at=MARCH + DAY)

            assert await averages(tx) == {
                ("2026-01", "2026-02"): (1, 7.0),
                ("2026-01", "2026-03"): (0, 0.0),
                ("2026-01", "2026-04"): (1, 2.0),
                ("2026-03", "2026-03"): (1, 1.0),
            }

    async def test_whoever_turns_out_to_be_older_belongs_to_another_cohort(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (ann,) = await arrived(tx, MARCH)
            await decide(tx, a_score(ann, 2.0), at=MARCH)
            person = (await tx.contacts.persons([ann]))[ann]
            await tx.contacts.save_persons([replace(person, created_at=JANUARY)])
            await decide(tx, a_score(ann, 2.0), at=MARCH)

            assert await averages(tx) == {
                ("2026-01", "2026-03"): (1, 2.0),
                ("2026-03", "2026-03"): (0, 0.0),
            }

    async def test_rules_are_counted_per_model(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben = await people(tx, 2)
            await decide(tx, a_score(ann, 1.0), rules="0:1500000,3:-250000")
            await decide(tx, a_score(ben, 1.0), rules="0:1")
            assert await tx.pictures.rules(MODEL) == {
                0: RuleTally(persons=2, points=1.500001),
                3: RuleTally(persons=1, points=-0.25),
            }

            await decide(tx, a_score(ann, 1.0), rules="3:500000", model="next")
            assert await tx.pictures.rules(MODEL) == {0: RuleTally(persons=1, points=1e-06)}
            assert await tx.pictures.rules("next") == {3: RuleTally(persons=1, points=0.5)}

            await decide(tx, a_score(ann, 1.0), rules="", model="next")
            assert await tx.pictures.rules("next") == {}

    async def test_decisions_taken_back_were_never_taken(self, state: State) -> None:
        async with state.write() as tx:
            ann, ben = await arrived(tx, JANUARY, JANUARY)
            await decide(tx, a_score(ann, 1.0, stage="cold"), at=JANUARY)
            before = await spread(tx), await averages(tx)
            for month in range(1, 4):
                at = JANUARY + month * 31 * DAY
                rows = (a_score(who, 9.0 * month, stage="hot") for who in (ann, ben))
                await decide(tx, *rows, at=at)
            await tx.scores.undo_after(JANUARY)

            assert (await spread(tx), await averages(tx)) == before

    @pytest.mark.parametrize("seed", range(4))
    async def test_after_anything_they_are_as_counted_anew(self, state: State, seed: int) -> None:
        async with state.write() as tx:
            walk = Walk(tx, random.Random(seed))
            await walk.begin()
            for _ in range(25):
                await walk.go_on()
                assert await walk.told() == await walk.counted()


class Walk:
    """Decides some, takes back a bit, or lets one person take over another, at random."""

    def __init__(self, tx: Transaction, dice: random.Random) -> None:
        self.tx = tx
        self.dice = dice
        self.at = JANUARY
        self.persons: list[int] = []
        self.given: dict[int, tuple[str, str | None]] = {}
        """By which model each was decided last, and what its rules gave."""
        self.undone: dict[int, datetime] = {}
        """Until when decisions of each were last taken back."""

    async def begin(self) -> None:
        created = (JANUARY, JANUARY - 40 * DAY, JANUARY - 400 * DAY)
        self.persons = await arrived(self.tx, *(self.dice.choice(created) for _ in range(8)))

    async def go_on(self) -> None:
        self.at += self.dice.choice((HOUR, DAY, 20 * DAY))
        here = list(await self.tx.contacts.unmerged(self.persons))
        what = self.dice.random()
        if what < 0.1:
            await self._undo(self.at - self.dice.choice((HOUR, DAY, 30 * DAY)))
        elif what < 0.2 and len(here) > 3:
            await self._merge(*self.dice.sample(here, 2))
        else:
            await self._decide(self.dice.sample(here, self.dice.randint(1, len(here))))

    async def _undo(self, at: datetime) -> None:
        decided = await self.tx.scores.decided_at(self.persons)
        self.undone |= {who: at for who, when in decided.items() if when and when > at}
        await self.tx.scores.undo_after(at)

    async def _merge(self, lost: int, won: int) -> None:
        person = (await self.tx.contacts.persons([lost]))[lost]
        await self.tx.contacts.save_persons([replace(person, merged_into=won)])
        self.given.pop(lost, None)

    async def _decide(self, chosen: list[int]) -> None:
        model, rules = self.dice.choice("mn"), self.dice.choice((None, "", "0:5", "1:-7,2:1000000"))
        rows = [
            a_score(who, round(self.dice.uniform(-5, 120), 2), stage=self.dice.choice(STAGES))
            for who in chosen
            if self.dice.random() < 0.9
        ]
        self.given |= dict.fromkeys(chosen, (model, rules))
        await self.tx.scores.record(
            at=self.at,
            model=model,
            seen={},
            decisions=decisions(*chosen, rules=rules),
            scores=scores(*rows),
        )

    async def told(self) -> tuple[object, ...]:
        """Return the pictures; of cohorts those of which anybody is left."""
        rules = {model: await self.tx.pictures.rules(model) for model in "mn"}
        moved = await self.tx.pictures.movers("lead", self._midnight(), limit=99)
        moves = {each.contact: (each.before, each.after) for each in (*moved.rose, *moved.fell)}
        told = {name: dict(each) for name, each in rules.items()}
        return (*await spread(self.tx), told, moves)

    async def counted(self) -> tuple[object, ...]:
        """Return the same, counted anew."""
        found = (await self.tx.scores.current(None)).drop_nulls("rounded")
        points = Counter(math.floor(each) for each in found["rounded"])
        persons = await self.tx.contacts.persons(self.persons)
        sums: defaultdict[str, list[float]] = defaultdict(list)
        for number, rounded in found.select("_contact", "rounded").iter_rows():
            sums[f"{persons[number].created_at:%Y-%m}"].append(rounded)
        cohorts = {name: (len(each), round(sum(each), 6)) for name, each in sums.items()}
        tallies = {model: self._tallies(model) for model in "mn"}
        return dict(points), cohorts, tallies, await self._moves()

    def _midnight(self) -> datetime:
        return self.at.replace(hour=0, minute=0)

    async def _moves(self) -> dict[int, tuple[float, float]]:
        moves = {}
        for who in await self.tx.contacts.unmerged(self.persons):
            told = await self.tx.scores.history(who, "lead")
            since = max(self._midnight() - MICROSECOND, self.undone.get(who, JANUARY - DAY))
            began = [each.rounded for each in told if each.at <= since][-1:] or [None]
            stood = [*began, *(each.rounded for each in told if each.at > since)]
            first, last = stood[0], stood[-1]
            if first is not None and last is not None and None not in stood and first != last:
                moves[who] = first, last
        return moves

    def _tallies(self, model: str) -> dict[int, RuleTally]:
        given: defaultdict[int, list[int]] = defaultdict(list)
        for decided_by, rules in self.given.values():
            for pair in (rules or "").split(",") if decided_by == model and rules else ():
                given[int(pair.split(":")[0])].append(int(pair.split(":")[1]))
        return {
            place: RuleTally(persons=len(each), points=sum(each) / 1e6)
            for place, each in given.items()
        }


async def spread(tx: Transaction) -> tuple[object, object]:
    """Return how many have how many points, and how cohorts stand of which anybody is left."""
    latest = {each.cohort: each for each in await tx.pictures.cohorts("lead")}
    cohorts = {
        name: (each.persons, round(each.total, 6)) for name, each in latest.items() if each.persons
    }
    return dict(await tx.pictures.distribution("lead")), cohorts
