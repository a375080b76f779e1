"""Records, persons, staleness, subjects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from connector.domain.changes import Addressee
from connector.domain.frames import CONTACT, CREATED_AT, contact_schema
from connector.domain.records import Person, RecordChange
from connector.domain.values import FieldType, Stored, to_stored
from connector.ports.store import State
from tests.conformance.store_world import (
    AWKWARD,
    HOUR,
    MODEL,
    StoreWorld,
    T,
    a_record,
    a_score,
    called,
    decide,
    people,
)


class RecordPromises(StoreWorld):
    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    async def test_a_record_comes_back_as_it_was(self, state: State, text: str) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            record = a_record(
                text,
                person,
                emails=("b@x.fr", "a@x.fr"),
                attributes={"job": text, "age": 0.1 + 0.2, "vip": True, "born": -1, "big": 1e300},
                stamps={"job": 1_700_000_000_000_001},
                changed_at=T + timedelta(microseconds=1),
                created_at=T - 9000 * HOUR,
                removed_at=T,
                merged_into="other",
                opted_out=True,
            )
            await tx.contacts.save_records([record, a_record("other", person)])

        async with state.read() as tx:
            assert await tx.contacts.records("crm", [text, "unknown"]) == {text: record}
            assert await tx.contacts.records("mail", [text]) == {}

    async def test_a_saved_record_replaces_the_one_before_with_its_addresses(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_records([a_record("1", person, emails=("old@x.fr", "b@x.fr"))])
            after = a_record("1", person, emails=("new@x.fr",), attributes={"age": 3.0})
            await tx.contacts.save_records([after])

        async with state.read() as tx:
            assert await tx.contacts.records_of([person]) == [after]
            assert await tx.contacts.records_by_email(["old@x.fr", "b@x.fr"]) == []
            assert await tx.contacts.records_by_email(["new@x.fr"]) == [after]
            assert await tx.contacts.carrying(["old@x.fr", "new@x.fr"]) == {
                "new@x.fr": after.contact
            }
            named = await tx.contacts.named(after.platform, [after.remote_id, "unknown"])
            assert named == {after.remote_id: after.contact}

    async def test_of_two_equal_records_in_one_batch_the_last_counts(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            first = a_record("1", person, emails=("a@x.fr",))
            last = a_record("1", person, emails=("b@x.fr",))
            await tx.contacts.save_records([first, last])

        async with state.read() as tx:
            assert await tx.contacts.records_of([person]) == [last]

    async def test_live_ids_leave_out_what_was_removed(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            gone = a_record("2", person, removed_at=T)
            elsewhere = a_record("3", person, platform="mail")
            await tx.contacts.save_records([a_record("1", person), gone, elsewhere])

        async with state.read() as tx:
            assert await tx.contacts.live_ids("crm", limit=9) == ["1"]
            assert await tx.contacts.count_live("crm") == 1
            assert set(await tx.contacts.records("crm", ["1", "2"])) == {"1", "2"}

    async def test_live_ids_come_in_pages_ordered_by_their_bytes(self, state: State) -> None:
        ids = ["10", "9", "é", "a", "\U0001f600", "\uffff"]
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_records([a_record(each, person) for each in ids])

        async with state.read() as tx:
            first = await tx.contacts.live_ids("crm", limit=4)
            then = await tx.contacts.live_ids("crm", after=first[-1], limit=4)
        assert [*first, *then] == ["10", "9", "a", "é", "\uffff", "\U0001f600"]
        assert len(first) == 4

    async def test_a_person_is_written_to_under_the_lowest_live_id(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            await tx.contacts.save_persons([Person(contact=two, key="p1", email="shown@x.fr")])
            await tx.contacts.save_records(
                [
                    a_record("10", one, emails=("ten@x.fr", "other@x.fr")),
                    a_record("9", one),
                    a_record("1", one, removed_at=T),
                    a_record("7", two),
                    a_record("5", three, platform="mail"),
                ]
            )

        async with state.read() as tx:
            found = await tx.contacts.addressees("crm", [one, two, three])
        assert found == {
            one: Addressee(remote_id="10", email="ten@x.fr"),
            two: Addressee(remote_id="7", email="shown@x.fr"),
        }

    async def test_history_is_kept_in_order_and_follows_the_records(self, state: State) -> None:
        changes = [
            RecordChange(
                platform="crm",
                remote_id="1",
                what="attribute",
                name=f"a{number}",
                before=None,
                after='"\\u0000"',
                recorded_at=T,
            )
            for number in range(3)
        ]
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.contacts.save_records([a_record("1", one)])
            await tx.contacts.log(changes[:2])
            await tx.contacts.log(changes[2:])
            await tx.contacts.save_records([a_record("1", two)])

        async with state.read() as tx:
            assert await tx.contacts.history(one) == []
            assert await tx.contacts.history(two) == changes

    async def test_a_batch_of_200_000_ids_is_no_trouble(self, state: State) -> None:
        async with state.write() as tx:
            persons = await people(tx, 3)
            await tx.contacts.save_records([a_record("5", persons[0], emails=("5@x.fr",))])
            ids = [str(number) for number in range(200_000)]

            assert set(await tx.contacts.records("crm", ids)) == {"5"}
            assert len(await tx.contacts.records_by_email([f"{each}@x.fr" for each in ids])) == 1
            assert set(await tx.contacts.persons(range(200_000))) == set(persons)
            assert (await tx.contacts.frame(range(200_000), {})).collect().height == 3


class PersonPromises(StoreWorld):
    async def test_numbers_come_in_the_order_of_the_ids_and_a_known_id_keeps_its_own(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            b, a = await tx.contacts.create(called("b", "a"))
            again = await tx.contacts.create(called("c", "a", "b", "c"))

        assert len({a, b, again[0]}) == 3
        assert again == [again[0], a, b, again[0]]

    async def test_a_person_comes_back_as_it_was(self, state: State) -> None:
        async with state.write() as tx:
            (number,) = await tx.contacts.create(called("k"))
            person = Person(
                contact=number,
                key="k",
                email="a@x.fr",
                attributes={"n": 5e-324, "t": "x\x00", "b": False, "at": 1},
                created_at=T,
            )
            await tx.contacts.save_persons([person])

        async with state.read() as tx:
            assert await tx.contacts.persons([number, number + 1]) == {number: person}

    @pytest.mark.parametrize("text", ["k0", "crm:1", "crm:old", " Ann@X.fr", "ann@x.fr"])
    async def test_a_person_is_found_by_id_record_and_address_through_merges(
        self, state: State, text: str
    ) -> None:
        async with state.write() as tx:
            lost, kept = await tx.contacts.create(called("k0", "k1"))
            await tx.contacts.save_records(
                [
                    a_record("old", lost, merged_into="1", removed_at=T),
                    a_record("1", kept, emails=("ann@x.fr",)),
                ]
            )
            await tx.contacts.save_persons([Person(contact=lost, key="k0", merged_into=kept)])

        async with state.read() as tx:
            found = await tx.contacts.find(text)
        assert found is not None
        assert found.contact == kept

    @pytest.mark.parametrize("text", ["", "nobody", "crm:9", "nobody@x.fr", "%", "\x00", ":"])
    async def test_nobody_is_found_by_what_names_nobody(self, state: State, text: str) -> None:
        async with state.write() as tx:
            await people(tx)

        async with state.read() as tx:
            assert await tx.contacts.find(text) is None

    async def test_who_was_merged_away_is_not_counted_nor_scored(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.contacts.touch([one, two])
            await tx.contacts.save_persons([Person(contact=one, key="p0", merged_into=two)])

        async with state.read() as tx:
            assert await tx.contacts.all_numbers() == [two]
            assert await tx.contacts.unmerged([two, one, 999]) == [two]
            assert await tx.contacts.count() == 1
            assert set(await tx.contacts.waiting(T, MODEL)) == {two}
            assert (await tx.contacts.frame(None, {})).collect()[CONTACT].to_list() == [two]

    async def test_a_person_never_scored_waits(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)

        async with state.read() as tx:
            assert await tx.contacts.waiting(T, MODEL) == {person: 0}

    async def test_nobody_waits_who_was_scored_and_has_no_news(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.touch([person])
            await decide(tx, a_score(person, 1.0), seen=await tx.contacts.waiting(T, MODEL))

        async with state.read() as tx:
            assert await tx.contacts.waiting(T + 9000 * HOUR, MODEL) == {}

    async def test_who_was_touched_after_being_read_stays_stale(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.touch([person])
            seen = await tx.contacts.waiting(T, MODEL)
            await tx.contacts.touch([person])
            await decide(tx, a_score(person, 1.0), seen=seen)

        async with state.read() as tx:
            assert (await tx.contacts.waiting(T, MODEL))[person] > seen[person]

    async def test_a_touch_has_a_number_that_never_was_before(self, state: State) -> None:
        numbers = []
        async with state.write() as tx:
            (person,) = await people(tx)
            for _ in range(3):
                await tx.contacts.touch([person])
                seen = await tx.contacts.waiting(T, MODEL)
                numbers.append(seen[person])
                await decide(tx, a_score(person, 1.0), seen=seen)

        assert sorted(set(numbers)) == numbers

    @pytest.mark.parametrize(
        ("at", "model", "waits"),
        [
            pytest.param(T + HOUR, MODEL, True, id="due"),
            pytest.param(T + HOUR - timedelta(microseconds=1), MODEL, False, id="not yet due"),
            pytest.param(T, "00", True, id="lower digest"),
            pytest.param(T, "zz", True, id="higher digest"),
        ],
    )
    async def test_time_and_another_model_make_wait(
        self, state: State, at: datetime, model: str, waits: bool
    ) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            await decide(tx, a_score(person, 1.0), next_change_at=T + HOUR)

        async with state.read() as tx:
            assert (person in await tx.contacts.waiting(at, model)) is waits
            assert (person in await tx.contacts.waiting(at, model, [person])) is waits

    async def test_of_those_who_wait_only_the_chosen_are_told(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)

        async with state.read() as tx:
            assert set(await tx.contacts.waiting(T, MODEL, [one, 999])) == {one}
            assert await tx.contacts.waiting(T, MODEL, []) == {}
            assert set(await tx.contacts.waiting(T, MODEL)) == {one, two}

    async def test_when_each_was_last_decided_is_known(self, state: State) -> None:
        async with state.write() as tx:
            one, two, gone = await people(tx, 3)
            await decide(tx, a_score(one, 1.0))
            await tx.contacts.save_persons([Person(contact=gone, key="p2", merged_into=two)])

        async with state.read() as tx:
            assert await tx.scores.decided_at([one, two, gone]) == {one: T, two: None}
            assert await tx.scores.decided_at([]) == {}


class ContactFramePromises(StoreWorld):
    TYPES: ClassVar = {
        "job": FieldType.TEXT,
        "age": FieldType.NUMBER,
        "vip": FieldType.BOOLEAN,
        "born": FieldType.DATETIME,
        "mail": FieldType.EMAIL,
    }

    async def _one(self, state: State, **attributes: Stored) -> dict[str, object]:
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_persons(
                [Person(contact=person, key="p0", attributes=attributes, created_at=T)]
            )
        async with state.read() as tx:
            frame = (await tx.contacts.frame(None, self.TYPES)).collect()
        assert frame.schema == contact_schema(self.TYPES)
        assert frame[CREATED_AT].to_list() == [T]
        return {name: frame[name][0] for name in self.TYPES}

    async def test_values_come_with_their_types(self, state: State) -> None:
        born = to_stored(T)

        row = await self._one(state, job="CEO", age=1 / 3, vip=True, born=born, mail="a@x.fr")

        assert row == {"job": "CEO", "age": 1 / 3, "vip": True, "born": T, "mail": "a@x.fr"}

    async def test_an_absent_value_is_null(self, state: State) -> None:
        assert set((await self._one(state)).values()) == {None}

    async def test_a_scalar_of_another_type_is_its_text_in_a_text_column(
        self, state: State
    ) -> None:
        assert (await self._one(state, job=12, mail=True))["job"] == "12"

    async def test_a_value_of_another_type_is_read_as_the_declared_one(self, state: State) -> None:
        row = await self._one(state, age="12", vip=1, born="2026-01-15", job=3.0)

        born = datetime(2026, 1, 15, tzinfo=UTC)
        assert row == {"job": "3", "age": 12.0, "vip": True, "born": born, "mail": None}

    async def test_a_value_that_does_not_fit_is_null(self, state: State) -> None:
        row = await self._one(state, age="twelve", vip="maybe", born="never", job="kept")

        assert row == {"job": "kept", "age": None, "vip": None, "born": None, "mail": None}

    async def test_one_misfit_spoils_no_other_row(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.contacts.save_persons(
                [
                    Person(contact=one, key="p0", attributes={"age": True, "job": 1.5}),
                    Person(contact=two, key="p1", attributes={"age": 2.0, "job": "x"}),
                ]
            )

        async with state.read() as tx:
            frame = (await tx.contacts.frame([two, one], self.TYPES)).collect().sort(CONTACT)
        assert frame["age"].to_list() == [None, 2.0]
        assert frame["job"].to_list() == ["1.5", "x"]

    async def test_without_persons_the_frame_has_its_columns(self, state: State) -> None:
        async with state.read() as tx:
            frame = (await tx.contacts.frame(None, self.TYPES, [("crm", "L")])).collect()

        assert frame.schema == contact_schema(self.TYPES, [("crm", "L")])
        assert frame.height == 0

    async def test_the_address_to_show_stands_in_for_an_attribute_called_email(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.contacts.save_persons(
                [
                    Person(contact=one, key="p0", email="shown@x.fr"),
                    Person(contact=two, key="p1", email="b@x.fr", attributes={"email": "won@x.fr"}),
                ]
            )

        async with state.read() as tx:
            frame = (await tx.contacts.frame(None, {"email": FieldType.EMAIL})).collect()
        assert frame.sort(CONTACT)["email"].to_list() == ["shown@x.fr", "won@x.fr"]
