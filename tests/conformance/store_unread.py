"""Who waits for a scoring while platforms are read for the first time."""

from __future__ import annotations

from connector.ports.store import State
from tests.conformance.store_world import (
    MODEL,
    StoreWorld,
    T,
    a_record,
    a_score,
    decide,
    people,
    subject_of,
)


class UnreadPromises(StoreWorld):
    async def test_whoever_is_new_or_known_to_a_platform_being_read_waits_for_its_end(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            new, elsewhere, there, named = await people(tx, 4)
            await decide(tx, *(a_score(each, 1.0) for each in (elsewhere, there, named)))
            await tx.contacts.save_records(
                [a_record("1", elsewhere), a_record("2", there, platform="mail")]
            )
            await subject_of(tx, named, platform="mail")
            await tx.contacts.touch([new, elsewhere, there, named])

        async with state.read() as tx:
            assert set(await tx.contacts.waiting(T, MODEL, unread=["mail"])) == {elsewhere}
            everybody = [new, elsewhere, there, named]
            chosen = await tx.contacts.waiting(T, MODEL, everybody, unread=["mail", "shop"])
            assert set(chosen) == {elsewhere}
            assert set(await tx.contacts.waiting(T, MODEL)) == set(everybody)
