"""Whom events name."""

from __future__ import annotations

from connector.domain.records import Subject
from connector.ports.store import State
from tests.conformance.store_world import (
    AWKWARD,
    StoreWorld,
    T,
    an_event,
    people,
    subject_of,
)


class SubjectPromises(StoreWorld):
    async def test_subjects_are_known_by_ref_and_a_known_one_stays(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            first = await tx.contacts.add_subjects("crm", [("1", None, one), ("a@x", "a@x", None)])
            again = await tx.contacts.add_subjects("crm", [("1", "z@z", two), ("2", None, two)])
            found = await tx.contacts.subjects("crm", ["1", "2", "3"])

        assert first["a@x"] == Subject(
            id=first["a@x"].id, platform="crm", ref="a@x", email="a@x", contact=None
        )
        assert again["1"] == first["1"]
        assert found == again

    async def test_any_text_may_name_a_subject(self, state: State) -> None:
        async with state.write() as tx:
            added = await tx.contacts.add_subjects("crm", [(text, None, None) for text in AWKWARD])

        assert set(added) == set(AWKWARD)
        async with state.read() as tx:
            assert await tx.contacts.subjects("crm", AWKWARD) == added

    async def test_subjects_are_found_by_record_address_and_person(self, state: State) -> None:
        async with state.write() as tx:
            (one,) = await people(tx)
            crm = await tx.contacts.add_subjects(
                "crm", [("1", None, None), ("a@x", "a@x", None), ("3", None, one)]
            )
            mail = await tx.contacts.add_subjects("mail", [("1", None, None)])

        async with state.read() as tx:
            by_record = await tx.contacts.subjects_named([("crm", "1"), ("mail", "9")], [])
            by_email = await tx.contacts.subjects_named([], ["a@x"])
            all_of_them = await tx.contacts.subjects_named(
                [("crm", "1"), ("mail", "1"), ("crm", "3")], ["a@x"], [one]
            )
            by_id = await tx.contacts.subjects_by_id([mail["1"].id])
        assert by_record == [crm["1"]]
        assert by_email == [crm["a@x"]]
        assert sorted(each.id for each in all_of_them) == sorted(
            each.id for each in [*crm.values(), *mail.values()]
        )
        assert by_id == [mail["1"]]

    async def test_linking_a_subject_gives_its_events_to_the_person(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            number = await subject_of(tx, None)
            await tx.events.save("crm", [(number, an_event("e1")), (number, an_event("e2"))], T)
            assert await tx.contacts.orphans() == {"crm": 2}
            assert (await tx.events.frame(None, {})).collect().height == 0
            await tx.contacts.link({number: one})

        async with state.write() as tx:
            assert await tx.contacts.orphans() == {}
            assert (await tx.events.frame([one], {})).collect().height == 2
            await tx.contacts.link({number: two})
            assert (await tx.events.frame([one], {})).collect().height == 0
            await tx.contacts.link({number: None})
            assert await tx.contacts.orphans() == {"crm": 2}
