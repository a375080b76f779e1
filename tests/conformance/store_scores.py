"""Scores as decided, their history, overrides and models."""

from __future__ import annotations

import math

import pytest
from polars.testing import assert_frame_equal

from connector.domain.frames import OVERRIDE_SCHEMA, SCORE_SCHEMA
from connector.domain.ledger import HistoryEntry, Override
from connector.domain.records import Person
from connector.ports.store import State
from tests.conformance.store_world import (
    HOUR,
    MODEL,
    StoreWorld,
    T,
    a_score,
    called,
    decide,
    decisions,
    people,
    scores,
)


class ScorePromises(StoreWorld):
    @pytest.mark.parametrize(
        "value", [0.1 + 0.2, 0.0, 5e-324, math.nextafter(1e300, 0), None], ids=str
    )
    async def test_a_score_comes_back_bit_for_bit(self, state: State, value: float | None) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, value, stage="hot"))

        async with state.read() as tx:
            found = await tx.scores.current([person])
        assert found.schema == SCORE_SCHEMA
        assert_frame_equal(found, scores(a_score(person, value, stage="hot")), check_exact=True)
        assert str(found["value"].item()) == str(value)

    async def test_a_decision_replaces_all_that_was_decided_for_its_contacts(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await decide(tx, a_score(one, 1.0), a_score(one, 9.0, name="old"), a_score(two, 2.0))
            await decide(tx, a_score(one, 3.0))

        async with state.read() as tx:
            assert_frame_equal(
                await tx.scores.current(None), scores(a_score(one, 3.0), a_score(two, 2.0))
            )
            assert (await tx.scores.current([])).height == 0

    async def test_a_decision_without_scores_ends_those_before(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, 1.0))
            await tx.scores.record(
                at=T,
                model=MODEL,
                seen={},
                decisions=decisions(person),
                scores=scores(),
            )

            assert (await tx.scores.current(None)).height == 0

    @pytest.mark.parametrize(
        ("after", "is_told"),
        [
            ((1.6, 1.5, "cold"), False),
            ((2.0, 2.0, "cold"), True),
            ((1.5, 1.5, "warm"), True),
            ((1.5, 1.5, None), True),
            ((1.5, 1.5, "cold"), False),
        ],
        ids=["exact only", "rounded", "stage", "no stage", "nothing"],
    )
    async def test_only_what_people_see_goes_into_the_history(
        self, state: State, after: tuple[float, float, str | None], *, is_told: bool
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, (person, "lead", 1.5, 1.5, "cold"), a_score(person, None, name="g"))
            now = ((person, "lead", *after), a_score(person, None, name="g"))
            await decide(tx, *now, at=T + HOUR, model="m2")

        async with state.read() as tx:
            held = await tx.scores.current([person])
            history = await tx.scores.history(person)
        assert held.rows() == scores(*reversed(now)).rows()
        value, rounded, stage = after
        entry = HistoryEntry(
            name="lead", at=T + HOUR, value=value, rounded=rounded, stage=stage, model="m2"
        )
        assert [each for each in history if each.at > T] == ([entry] if is_told else [])

    async def test_a_score_that_is_no_more_goes_into_the_history_as_nothing(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, 1.0, stage="hot"))
            await tx.scores.record(
                at=T + HOUR, model=MODEL, seen={}, decisions=decisions(person), scores=scores()
            )

        async with state.read() as tx:
            latest = (await tx.scores.history(person))[-1]
        assert (latest.at, latest.value, latest.stage) == (T + HOUR, None, None)

    async def test_when_and_under_which_model_somebody_was_decided_is_known(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            assert await tx.scores.latest_at() is None
            await decide(tx, a_score(one, 1.0), at=T + HOUR, next_change_at=T + 2 * HOUR)
            await decide(tx, a_score(two, 1.0), at=T)

        async with state.read() as tx:
            assert await tx.scores.decided(one) == (T + HOUR, MODEL, T + 2 * HOUR)
            assert await tx.scores.decided(two) == (T, MODEL, None)
            assert await tx.scores.decided(99) is None
            assert await tx.scores.latest_at() == T + HOUR

    async def test_who_was_decided_by_other_models_is_counted(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three, _ = await people(tx, 4)
            await decide(tx, a_score(one, 1.0), a_score(two, 1.0))
            await decide(tx, a_score(three, 1.0), model="another")

        async with state.read() as tx:
            assert await tx.scores.decided_otherwise(MODEL) == {"another": 1, "": 1}
            assert await tx.scores.decided_otherwise("another") == {MODEL: 2, "": 1}

    async def test_top_is_ordered_by_the_exact_score_then_by_id(self, state: State) -> None:
        async with state.write() as tx:
            numbers = await tx.contacts.create(called("é", "z", "a", "gone", "null", "B"))
            e, z, a, gone, null, b = numbers
            await tx.contacts.save_persons([Person(contact=gone, key="gone", merged_into=a)])
            await decide(
                tx,
                a_score(e, 5.0, stage="hot"),
                a_score(z, 5.0, stage="hot"),
                a_score(a, 5.000001, rounded=5.0, stage="warm"),
                a_score(gone, 9.0, stage="hot"),
                a_score(null, None),
                a_score(b, 5.0, stage="hot"),
            )

        async with state.read() as tx:
            top = await tx.scores.top("lead")
            assert [lead.key for lead in top] == ["a", "B", "z", "é"]
            assert (top[0].value, top[0].rounded, top[0].stage) == (5.000001, 5.0, "warm")
            assert [lead.key for lead in await tx.scores.top("lead", stage="hot", limit=2)] == [
                "B",
                "z",
            ]
            assert await tx.scores.top("other") == []

    async def test_stages_are_counted_without_null_and_without_the_merged(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two, three, gone = await people(tx, 4)
            await tx.contacts.save_persons([Person(contact=gone, key="p3", merged_into=one)])
            await decide(
                tx,
                a_score(one, 1.0, stage="hot"),
                a_score(two, 1.0, stage="hot"),
                a_score(three, 1.0),
                a_score(gone, 1.0, stage="hot"),
                a_score(one, None, name="grade", stage="A1"),
            )

        async with state.read() as tx:
            assert await tx.scores.stages() == {"lead": {"hot": 2}, "grade": {"A1": 1}}

    async def test_an_override_replaces_the_one_before_and_both_are_remembered(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            first = Override(contact=person, score="lead", value=1.0, reason="a", made_at=T)
            second = Override(contact=person, score="lead", value=2.5, reason="b", made_at=T + HOUR)
            await tx.scores.override(first)
            await tx.scores.override(second)

        async with state.write() as tx:
            found = await tx.scores.overrides(None)
            assert found.schema == OVERRIDE_SCHEMA
            assert found.rows() == [(person, "lead", 2.5)]
            assert (await tx.scores.overrides([person + 1])).height == 0
            assert await tx.scores.clear_override(person, "lead", T + 2 * HOUR) is True
            assert await tx.scores.clear_override(person, "lead", T + 2 * HOUR) is False
            assert (await tx.scores.overrides(None)).height == 0
            ends = [each.cleared_at for each in await tx.scores.all_overrides(person)]
        assert ends == [T + HOUR, T + 2 * HOUR]

    async def test_a_model_is_remembered_as_first_used(self, state: State) -> None:
        async with state.write() as tx:
            await tx.scores.save_model("m1", "model: {}", T)
            await tx.scores.save_model("m1", "other", T + HOUR)

        async with state.read() as tx:
            assert await tx.scores.models() == {"m1": (T, "model: {}")}

    async def test_models_first_used_at_one_instant_keep_their_order(self, state: State) -> None:
        async with state.write() as tx:
            for digest in ("m3", "m1", "m2"):
                await tx.scores.save_model(digest, "{}", T)

        async with state.read() as tx:
            models = await tx.scores.models()
        assert sorted(models, key=lambda digest: models[digest][0]) == ["m3", "m1", "m2"]
        assert models["m3"][0] == T

    async def test_what_stood_at_an_instant_is_told_by_the_history(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            await decide(
                tx, a_score(one, 1.0, stage="cold"), a_score(two, 2.0), a_score(three, 3.0)
            )
            await decide(tx, a_score(one, 4.0, stage="hot"), at=T + HOUR)
            await decide(tx, a_score(one, 5.0, stage="cold"), at=T + 2 * HOUR)

        async with state.read() as tx:
            before = await tx.scores.as_of([one, two], T - HOUR)
            then = await tx.scores.as_of([one, two], T + HOUR)
        assert before.schema == then.schema == SCORE_SCHEMA
        assert before.height == 0
        assert_frame_equal(then, scores(a_score(one, 4.0, stage="hot"), a_score(two, 2.0)))

    async def test_what_had_ended_by_then_did_not_stand(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, 1.0, stage="hot"))
            await decide(tx, a_score(person, None), at=T + HOUR)

        async with state.read() as tx:
            assert (await tx.scores.as_of([person], T)).height == 1
            assert (await tx.scores.as_of([person], T + HOUR)).height == 0

    async def test_what_was_decided_later_is_taken_back(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            await decide(tx, a_score(one, 1.0, stage="cold"), at=T)
            await decide(tx, a_score(two, 2.0, stage="cold"), at=T)
            await decide(tx, a_score(one, 50.0, stage="hot"), at=T + HOUR)
            await decide(tx, a_score(three, 3.0, stage="cold"), at=T + HOUR)

            assert await tx.scores.undo_after(T) == 2

            now = await tx.scores.current(None)
            assert_frame_equal(now, await tx.scores.as_of([one, two, three], T))
            assert now["stage"].to_list() == ["cold", "cold"]
            assert await tx.scores.latest_at() == T
            assert set(await tx.contacts.waiting(T, MODEL)) == {one, three}
            assert {each.at for each in await tx.scores.history(one)} == {T}
            assert await tx.scores.history(three) == []
            assert list((await tx.scores.stages()).values()) == [{"cold": 2}]

    async def test_where_nothing_was_decided_later_nothing_is_taken_back(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, 1.0), at=T)

            assert await tx.scores.undo_after(T) == 0
            assert await tx.contacts.waiting(T, MODEL) == {}
