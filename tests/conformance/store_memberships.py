"""Who is in which list of a platform."""

from __future__ import annotations

import polars as pl

from connector.domain.contacts import Membership
from connector.domain.frames import CONTACT, in_list_column
from connector.domain.outbound import Desired, Outbound
from connector.ports.store import State
from tests.conformance.store_world import StoreWorld, T, a_record, an_outbound, people


class MembershipPromises(StoreWorld):
    async def test_only_memberships_that_are_news_are_told_as_such(self, state: State) -> None:
        ann, bob = (Membership(list_name="L'", remote_id=each) for each in ("1", "2"))
        gone = Membership(list_name="L'", remote_id="1", is_member=False)

        async with state.write() as tx:
            store = tx.contacts
            told = [await store.save_memberships("crm", each) for each in ([ann], [ann, bob])]
            told += [await store.save_memberships("crm", each) for each in ([gone], [gone, ann])]
            other = await store.save_memberships("mail", [ann, gone])

        assert [list(each) for each in told] == [[ann], [bob], [gone], [ann]]
        assert list(other) == []

    async def test_a_list_holds_who_has_a_live_record_that_is_reported_in_it(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            persons = await people(tx, 4)
            await tx.contacts.save_records(
                [a_record(str(number), person) for number, person in enumerate(persons)]
                + [a_record("3", persons[3], removed_at=T)]
            )
            members = [Membership(list_name="L'", remote_id=str(number)) for number in range(4)]
            await tx.contacts.save_memberships("crm", members)
            left = Membership(list_name="L'", remote_id="1", is_member=False)
            await tx.contacts.save_memberships("crm", [members[0], left])
            await tx.contacts.save_memberships("mail", [members[1]])

        async with state.read() as tx:
            frame = (await tx.contacts.frame(None, {}, [("crm", "L'"), ("crm", "M")])).collect()
        assert frame.sort(CONTACT)[in_list_column("crm", "L'")].to_list() == [
            True,
            False,
            True,
            False,
        ]
        assert frame.select(pl.col(in_list_column("crm", "M")).any()).item() is False

    async def test_members_among_some_are_told(self, state: State) -> None:
        joined = [Membership(list_name="L'", remote_id=each) for each in ("1", "2", "3")]
        async with state.write() as tx:
            await tx.contacts.save_memberships("crm", joined)
            await tx.contacts.save_memberships("mail", [Membership(list_name="M", remote_id="9")])

            found = await tx.contacts.members("crm", "L'", ["2", "3", "9"])
            elsewhere = await tx.contacts.members("mail", "L'", ["2", "9"])

        assert (set(found), set(elsewhere)) == ({"2", "3"}, set())

    async def test_rows_confirmed_in_a_list_and_not_reported_there_are_missing_from_it(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            persons = await people(tx, 5)
            await tx.outbox.save(
                [
                    _in_lists(person, str(number), "L'", "M")
                    for number, person in enumerate(persons[:4])
                ]
                + [_in_lists(persons[4], "4", "M"), _in_lists(persons[0], "0", "L'", of="mail")]
            )
            members = [Membership(list_name="L'", remote_id=each) for each in ("1", "4")]
            await tx.contacts.save_memberships("crm", members)
            await tx.contacts.save_memberships("mail", [Membership(list_name="L'", remote_id="0")])

        async with state.read() as tx:
            first = await tx.outbox.missing_from("crm", "L'", limit=2)
            rest = await tx.outbox.missing_from("crm", "L'", after=first[-1].contact, limit=2)
            unheard_of = await tx.outbox.missing_from("crm", "N", limit=2)
        assert [row.remote_id for row in [*first, *rest]] == ["0", "2", "3"]
        assert list(unheard_of) == []

    async def test_records_reported_in_a_list_and_confirmed_by_no_row_are_told(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            persons = await people(tx, 5)
            await tx.contacts.save_records(
                [a_record(str(number), person) for number, person in enumerate(persons)]
                + [
                    a_record("gone", persons[0], removed_at=T),
                    a_record("0", persons[0], platform="mail"),
                ]
            )
            await tx.outbox.save(
                [
                    _in_lists(persons[0], "0", "L'"),
                    _in_lists(persons[1], "1", "M"),
                    _in_lists(persons[2], "another", "L'"),
                ]
            )
            reported = ["0", "1", "2", "3", "gone", "nobody"]
            items = [Membership(list_name="L'", remote_id=each) for each in reported]
            await tx.contacts.save_memberships("crm", items)

        async with state.read() as tx:
            first = await tx.outbox.unconfirmed_in("crm", "L'", limit=2)
            rest = await tx.outbox.unconfirmed_in("crm", "L'", after=first[-1], limit=9)
            elsewhere = await tx.outbox.unconfirmed_in("mail", "L'", limit=9)
        assert [list(first), list(rest), list(elsewhere)] == [["1", "2"], ["3"], []]

    async def test_the_lists_of_a_platform_are_told_by_name(self, state: State) -> None:
        joined = [
            Membership(list_name=name, remote_id=str(number))
            for name in ("b", "é", "B", "a 'b'", "left")
            for number in range(3)
        ]
        gone = [Membership(list_name="left", remote_id=str(n), is_member=False) for n in range(3)]
        async with state.write() as tx:
            await tx.contacts.save_memberships("crm", joined)
            await tx.contacts.save_memberships("crm", gone)
            await tx.contacts.save_memberships("mail", [Membership(list_name="c", remote_id="9")])

            found = [
                list(await tx.contacts.lists(asked, limit=limit))
                for asked, limit in (("crm", 9), ("crm", 2), ("mail", 9), ("fax", 9))
            ]

        assert found == [["B", "a 'b'", "b", "é"], ["B", "a 'b'"], ["c"], []]

    async def test_the_platforms_of_persons_are_those_that_know_them_still(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            ann, bob, cy = await people(tx, 3)
            await tx.contacts.save_records(
                [
                    a_record("1", ann, platform="mail"),
                    a_record("2", ann),
                    a_record("3", ann),
                    a_record("4", bob),
                    a_record("4", bob, platform="mail", removed_at=T),
                    a_record("5", cy, removed_at=T),
                ]
            )

            found = await tx.contacts.platforms_of([ann, bob, cy])
            nobody = await tx.contacts.platforms_of([])

        assert {who: list(names) for who, names in found.items()} == {
            ann: ["crm", "mail"],
            bob: ["crm"],
        }
        assert dict(nobody) == {}


def _in_lists(contact: int, remote_id: str, *names: str, of: str = "crm") -> Outbound:
    confirmed = Desired(lists={**dict.fromkeys(names, True), "Out": False})
    return an_outbound(contact, platform=of, remote_id=remote_id, confirmed=confirmed)
