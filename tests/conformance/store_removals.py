"""Which records of a platform were removed."""

from __future__ import annotations

from connector.ports.store import State
from tests.conformance.store_world import StoreWorld, T, a_record, people


class RemovalPromises(StoreWorld):
    async def test_removed_ids_are_those_of_one_platform_that_are_gone(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            gone = a_record("2", person, removed_at=T)
            elsewhere = a_record("3", person, platform="mail", removed_at=T)
            await tx.contacts.save_records([a_record("1", person), gone, elsewhere])

        async with state.read() as tx:
            assert await tx.contacts.removed_ids("crm", limit=9) == ["2"]

    async def test_removed_ids_come_in_pages_ordered_by_their_bytes(self, state: State) -> None:
        ids = ["10", "9", "é", "a"]
        async with state.write() as tx:
            (person,) = await people(tx)
            await tx.contacts.save_records([a_record(each, person, removed_at=T) for each in ids])

        async with state.read() as tx:
            first = await tx.contacts.removed_ids("crm", limit=3)
            then = await tx.contacts.removed_ids("crm", after=first[-1], limit=3)
        assert [*first] == ["10", "9", "a"]
        assert [*then] == ["é"]
