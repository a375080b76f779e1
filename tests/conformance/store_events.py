"""Events: stored once, corrected, framed, forgotten with age."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from connector.domain.events import Event
from connector.domain.frames import AT, CONTACT, EVENT_ID, event_schema
from connector.domain.values import FieldType, Value
from connector.ports.store import State
from tests.conformance.store_world import (
    AWKWARD,
    HOUR,
    StoreWorld,
    T,
    an_event,
    people,
    subject_of,
)


async def _frame(state: State, **properties: FieldType) -> pl.DataFrame:
    async with state.read() as tx:
        return (await tx.events.frame(None, properties)).collect().sort(EVENT_ID)


class EventPromises(StoreWorld):
    async def test_an_event_comes_back_with_its_types(self, state: State) -> None:
        event = an_event(
            "e1",
            at=T + timedelta(microseconds=7),
            kind="order.placed",
            amount=0.1 + 0.2,
            product="cd",
            is_machine=False,
            due=T,
            sku="7",
        )
        async with state.write() as tx:
            (person,) = await people(tx)
            saved = await tx.events.save("crm", [(await subject_of(tx, person), event)], T)

        frame = await _frame(state, sku=FieldType.TEXT, due=FieldType.DATETIME)
        assert (saved.new, saved.corrected) == (1, 0)
        assert frame.schema == event_schema({"sku": FieldType.TEXT, "due": FieldType.DATETIME})
        row = {name: value for name, value in frame.row(0, named=True).items() if value is not None}
        assert row == {
            CONTACT: person,
            AT: T + timedelta(microseconds=7),
            EVENT_ID: "e1",
            "type": "order.placed",
            "platform": "crm",
            "amount": 0.1 + 0.2,
            "product": "cd",
            "is_machine": False,
            "due": T,
            "sku": "7",
        }

    async def test_what_occurred_later_stays_where_events_come_in_any_order(
        self, state: State
    ) -> None:
        late, early = an_event("e1", at=T, url="/late"), an_event("e1", at=T - HOUR, url="/early")
        again = an_event("e1", at=T, url="/again")
        async with state.write() as tx:
            subject = await subject_of(tx, (await people(tx))[0])
            saved = [
                await tx.events.save("crm", [(subject, each)], T, keep_later=True)
                for each in (late, early, again)
            ]

        assert [(each.new, each.corrected) for each in saved] == [(1, 0), (0, 0), (0, 1)]
        assert (await _frame(state))["url"].to_list() == ["/again"]

    async def test_equal_content_changes_nothing(self, state: State) -> None:
        event = an_event("e1", url="u", amount=1.0)
        wrapped = Event(
            id="e1",
            subject="1",
            type=event.type,
            occurred_at=T,
            fields={"amount": 1.0, "url": "u"},
            raw='{"attempt":2}',
        )
        async with state.write() as tx:
            (person,) = await people(tx)
            subject = await subject_of(tx, person)
            await tx.events.save("crm", [(subject, event)], T)
            again = await tx.events.save("crm", [(subject, event), (subject, wrapped)], T + HOUR)
            count = await tx.events.count()

        assert (again.new, again.corrected, again.subjects) == (0, 0, frozenset())
        assert count == 1

    @pytest.mark.parametrize(
        "corrected",
        [
            pytest.param(an_event("e1", url="new"), id="field"),
            pytest.param(an_event("e1", url="old", kind="form.submitted"), id="type"),
            pytest.param(an_event("e1", url="old", at=T + HOUR), id="instant"),
        ],
    )
    @pytest.mark.parametrize("recorded_at", [T, T + HOUR, T - HOUR], ids=["same", "later", "back"])
    async def test_other_content_supersedes(
        self, state: State, corrected: Event, recorded_at: datetime
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            subject = await subject_of(tx, person)
            await tx.events.save("crm", [(subject, an_event("e1", url="old"))], T)
            saved = await tx.events.save("crm", [(subject, corrected)], recorded_at)
            back = await tx.events.save("crm", [(subject, an_event("e1", url="old"))], recorded_at)
            await tx.events.save("crm", [(subject, corrected)], recorded_at)
            count = await tx.events.count()

        frame = await _frame(state)
        assert (saved.new, saved.corrected, saved.subjects) == (0, 1, frozenset({subject}))
        assert (back.corrected, count, frame.height) == (1, 1, 1)
        assert frame.row(0, named=True)["type"] == corrected.type
        assert frame["url"].item() == corrected.fields["url"]
        assert frame[AT].item() == corrected.occurred_at

    async def test_an_event_that_moves_to_another_subject_touches_both(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            old = await subject_of(tx, one, ref="1")
            new = await subject_of(tx, two, ref="2")
            await tx.events.save("crm", [(old, an_event("e1"))], T)
            saved = await tx.events.save("crm", [(new, an_event("e1"))], T)
            assert await tx.events.refs("crm", ["e1", "e2"]) == {"e1": "2"}
            assert await tx.events.refs("mail", ["e1"]) == {}

        assert saved.subjects == {old, new}
        assert (await _frame(state))[CONTACT].to_list() == [two]

    async def test_of_one_id_in_a_batch_the_last_counts(self, state: State) -> None:
        async with state.write() as tx:
            subject = await subject_of(tx, *(await people(tx)))
            saved = await tx.events.save(
                "crm", [(subject, an_event("e1", url=url)) for url in ("a", "b", "c")], T
            )

        assert (saved.new, saved.corrected) == (1, 0)
        assert (await _frame(state))["url"].to_list() == ["c"]

    async def test_one_id_on_two_platforms_is_two_events(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            for platform in ("crm", "mail"):
                subject = await subject_of(tx, person, platform=platform)
                await tx.events.save(platform, [(subject, an_event("e1"))], T)
            assert await tx.events.types() == {
                ("crm", "page.viewed"): 1,
                ("mail", "page.viewed"): 1,
            }

        assert (await _frame(state))["platform"].sort().to_list() == ["crm", "mail"]

    async def test_order_and_batches_make_no_difference(self, state: State) -> None:
        events = [
            an_event(f"e{number}", at=T + number * HOUR, amount=number / 7) for number in range(40)
        ]
        shuffled = random.Random(7).sample([*events, *events], 80)
        async with state.write() as tx:
            subject = await subject_of(tx, *(await people(tx)))
            for start in range(0, 80, 9):
                page = [(subject, event) for event in shuffled[start : start + 9]]
                await tx.events.save("crm", page, T + start * HOUR)

        frame = await _frame(state)
        assert frame[EVENT_ID].to_list() == sorted(event.id for event in events)
        assert sorted(frame["amount"]) == [event.fields["amount"] for event in events]

    async def test_only_the_asked_persons_events_come(self, state: State) -> None:
        async with state.write() as tx:
            persons = await people(tx, 3)
            for person in persons:
                subject = await subject_of(tx, person, ref=str(person))
                await tx.events.save("crm", [(subject, an_event(f"e{person}"))], T)
            found = (await tx.events.frame(persons[:2], {})).collect()
            none = (await tx.events.frame([], {})).collect()
            many = (await tx.events.frame(range(200_000), {})).collect()

        assert sorted(found[CONTACT]) == persons[:2]
        assert (none.height, none.schema) == (0, event_schema({}))
        assert many.height == 3

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            pytest.param(FieldType.TEXT, ["12", "12.5", "true", "t"], id="text"),
            pytest.param(FieldType.NUMBER, [12.0, 12.5, None, None], id="number"),
            pytest.param(FieldType.BOOLEAN, [None, None, True, None], id="boolean"),
        ],
    )
    async def test_a_value_of_another_type_is_its_text_or_null(
        self, state: State, kind: FieldType, expected: list[object]
    ) -> None:
        values: list[Value] = [12, 12.5, True, "t"]
        async with state.write() as tx:
            subject = await subject_of(tx, *(await people(tx)))
            events = [
                (subject, an_event(f"e{index}", odd=value)) for index, value in enumerate(values)
            ]
            await tx.events.save("crm", events, T)

        assert (await _frame(state, odd=kind))["odd"].to_list() == expected

    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    async def test_any_text_may_be_in_an_event(self, state: State, text: str) -> None:
        event = an_event(text, kind=f"custom.{text}", url=text, sku=text * 1000)
        async with state.write() as tx:
            subject = await subject_of(tx, *(await people(tx)))
            await tx.events.save("crm", [(subject, event)], T)
            again = await tx.events.save("crm", [(subject, event)], T)

        row = (await _frame(state, sku=FieldType.TEXT)).row(0, named=True)
        readable = text.replace("\ud83d", "\ufffd")
        assert again.corrected == 0
        assert (row[EVENT_ID], row["url"], row["sku"]) == (readable, readable, readable * 1000)
