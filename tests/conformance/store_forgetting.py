"""Finding and erasing people, and knowing them again."""

from __future__ import annotations

from dataclasses import replace

from connector.domain.contacts import Membership
from connector.domain.forgetting import Traces, anywhere
from connector.domain.ledger import Firing, FiringState, Inbound, Override, TriggerState
from connector.domain.records import Person, RecordChange
from connector.ports.store import State, Transaction
from tests.conformance.store_world import (
    HOUR,
    StoreWorld,
    T,
    a_record,
    a_score,
    an_event,
    an_outbound,
    decide,
    people,
)

ADA, OLD, BOB = "ada@mail.example.com", "old@mail.example.com", "bob@mail.example.com"


async def two_people(tx: Transaction) -> tuple[int, int]:
    """Store Ada, of whom there is something of every kind, and Bob; return their numbers."""
    ada, bob = await people(tx, 2)
    records = [a_record("a", ada, emails=(ADA,)), a_record("b", bob, emails=(BOB,))]
    await tx.contacts.save_records(records)
    change = RecordChange(
        platform="crm",
        remote_id="a",
        what="emails",
        before=f'["{OLD}"]',
        after=f'["{ADA}"]',
        recorded_at=T,
    )
    await tx.contacts.log([change])
    subjects = await tx.contacts.add_subjects("crm", [("a", None, ada), ("b", None, bob)])
    events = [(subjects["a"].id, an_event("1")), (subjects["b"].id, an_event("2"))]
    await tx.events.save("crm", events, T)
    await tx.events.save("crm", [(subjects["a"].id, an_event("1", url="/x"))], T)
    await tx.outbox.save([an_outbound(ada, remote_id="a"), an_outbound(bob, remote_id="b")])
    await tx.triggers.save_states(
        [TriggerState(contact=ada, trigger="hot", is_active=True, since=T)]
    )
    await tx.triggers.add([_firing(ada), _firing(bob)])
    await tx.scores.override(Override(contact=ada, score="heat", value=9, reason="x", made_at=T))
    return ada, bob


def _firing(contact: int) -> Firing:
    return Firing(
        key=f"hot:{contact}",
        contact=contact,
        trigger="hot",
        kind="notify",
        destination="SALES",
        at=T,
        state=FiringState.DONE,
    )


class ForgettingPromises(StoreWorld):
    async def test_nobody_is_known_where_nobody_was_forgotten(self, state: State) -> None:
        async with state.read() as tx:
            assert not await tx.forgotten.anybody()
            assert await tx.forgotten.known([("crm", "1")]) == frozenset()

    async def test_names_are_known_again_and_no_others(self, state: State, twin: State) -> None:
        names = [("crm", "1"), anywhere(ADA), ("crm", "half\ud83d")]
        async with state.write() as tx:
            assert await tx.forgotten.remember(names, T) == 3
            assert await tx.forgotten.remember(names, T) == 0

        async with twin.read() as tx:
            others = [("mail", "1"), ("crm", "11"), ("crm", ADA), anywhere(BOB)]
            assert await tx.forgotten.anybody()
            assert await tx.forgotten.known([*names, *others]) == set(names)

    async def test_traces_are_all_names_of_a_person_and_of_whoever_became_them(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            ada, _ = await two_people(tx)
            merged = Person(contact=0, key="merged", email=BOB, merged_into=ada)
            (other,) = await tx.contacts.create([merged])

            found = await tx.forgotten.traces([ada])

        assert found.contacts == {ada, other}
        assert found.records == {("crm", "a")}
        # Bob's own address stays his, wherever else it stands.
        assert found.emails == {ADA, OLD}
        assert found.keys == {"p0", "merged"}

    async def test_whoever_somebody_became_is_found_by_them(self, state: State) -> None:
        async with state.write() as tx:
            ada, _ = await two_people(tx)
            (other,) = await tx.contacts.create([Person(contact=0, key="m", merged_into=ada)])

            assert (await tx.forgotten.traces([other])).contacts == {ada, other}

    async def test_everything_of_a_person_goes_and_nothing_of_another(self, state: State) -> None:
        async with state.write() as tx:
            ada, bob = await two_people(tx)
            traces = await tx.forgotten.traces([ada])

            counts = await tx.forgotten.erase(traces, T)

        kinds = {kind: count for kind, count in counts.items() if count}
        assert kinds == {
            "persons": 1,
            "records": 1,
            "addresses": 1,
            "changes": 1,
            "names": 1,
            "events": 2,
            "deliveries": 1,
            "triggers": 1,
            "actions": 1,
            "overrides": 1,
        }
        async with state.read() as tx:
            assert await tx.contacts.all_numbers() == [bob]
            assert await tx.contacts.history(ada) == []
            assert await tx.events.count() == 1
            assert [row.contact for row in await tx.outbox.list()] == [bob]
            assert await tx.scores.all_overrides(ada) == []
            assert await tx.triggers.states([ada]) == []
            assert await tx.forgotten.known(traces.names) == traces.names

    async def test_stages_are_counted_without_who_was_erased(self, state: State) -> None:
        async with state.write() as tx:
            ada, bob = await two_people(tx)
            await decide(tx, a_score(ada, 9, stage="hot"), a_score(bob, 1, stage="hot"))

            await tx.forgotten.erase(await tx.forgotten.traces([ada]), T)

            assert await tx.scores.stages() == {"lead": {"hot": 1}}
            assert await tx.scores.history(ada) == []

    async def test_what_waits_for_somebody_unknown_goes_with_their_name(self, state: State) -> None:
        async with state.write() as tx:
            subjects = await tx.contacts.add_subjects("crm", [(ADA, ADA, None), ("9", None, None)])
            events = [(subject.id, an_event(ref)) for ref, subject in subjects.items()]
            await tx.events.save("crm", events, T)
            traces = Traces(contacts=frozenset(), records=frozenset(), emails=frozenset({ADA}))

            counts = await tx.forgotten.erase(traces, T)

            assert counts["events"] == 1
            assert await tx.contacts.orphans() == {"crm": 1}

    async def test_what_calls_told_of_somebody_goes_with_their_names(self, state: State) -> None:
        theirs, others = {("VIP", "a"): T, ("", ADA): T}, {("VIP", "b"): T, ("VIP", BOB): T}
        member = Membership(list_name="VIP", remote_id=ADA, is_member=True)
        async with state.write() as tx:
            await tx.inbound.overtaken("crm", theirs | others, now=T)
            await tx.contacts.save_memberships("shop", [member, replace(member, remote_id=BOB)])
            traces = Traces(
                contacts=frozenset(), records=frozenset({("crm", "a")}), emails=frozenset({ADA})
            )

            counts = await tx.forgotten.erase(traces, T)

            assert (counts["moves"], counts["memberships"]) == (2, 1)
            assert await tx.contacts.members("shop", "VIP", [ADA, BOB]) == {BOB}
            before = dict.fromkeys(theirs | others, T - HOUR)
            assert await tx.inbound.overtaken("crm", before, now=T) == others.keys()

    async def test_a_processed_call_is_left_alone_and_one_about_them_loses_its_body(
        self, state: State
    ) -> None:
        calls = [
            Inbound(platform="crm", id="1", body=f'{{"to": "{ADA}"}}'.encode(), received_at=T),
            Inbound(platform="crm", id="2", body=b'{"to": "x"}', received_at=T),
        ]
        async with state.write() as tx:
            ada, _ = await two_people(tx)
            await tx.inbound.add(calls)

            counts = await tx.forgotten.erase(await tx.forgotten.traces([ada]), T)

            assert counts["calls"] == 1
            assert [each.id for each in await tx.inbound.list()] == ["2"]
            assert await tx.inbound.add(calls) == 0

    async def test_erasing_twice_is_as_erasing_once(self, state: State) -> None:
        async with state.write() as tx:
            ada, _ = await two_people(tx)
            traces = await tx.forgotten.traces([ada])
            await tx.forgotten.erase(traces, T)

            again = await tx.forgotten.erase(traces, T)

        assert not any(again.values())
