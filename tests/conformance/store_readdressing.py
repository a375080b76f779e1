"""A row whose person is written to under another record meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.domain.outbound import DeliveryState, Desired, Outbound, Settlement
from connector.ports.store import State, Transaction
from tests.conformance.store_world import HOUR, StoreWorld, T, an_outbound, people

HOT = Desired(lists={"hot": True})


async def _wanted(tx: Transaction, remote_id: str) -> int:
    (person,) = await people(tx)
    await tx.outbox.save([an_outbound(person, desired=HOT, remote_id=remote_id)])
    return person


async def _lease(state: State, owner: str = "a") -> Sequence[Outbound]:
    async with state.write() as tx:
        return await tx.outbox.lease("crm", owner=owner, now=T, until=T + HOUR, limit=9)


async def _row(state: State, contact: int) -> Outbound:
    async with state.read() as tx:
        return (await tx.outbox.rows("crm", [contact]))[contact]


def _done(row: Outbound) -> Settlement:
    return Settlement(
        row=row, state=DeliveryState.CLEAN, confirmed=row.desired, adopted=row.adopted
    )


class ReaddressingPromises(StoreWorld):
    async def test_what_became_of_another_record_is_not_taken_for_this_one(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            person = await _wanted(tx, "merged away")
        (row,) = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.save([replace(row, remote_id="winner", state=DeliveryState.PENDING)])
            assert await tx.outbox.settle([_done(row)], now=T) == 0

        found = await _row(state, person)
        assert (found.remote_id, found.state, found.confirmed) == (
            "winner",
            DeliveryState.PENDING,
            Desired(),
        )
        assert [each.contact for each in await _lease(state, "b")] == [person]

    async def test_nor_where_the_row_was_dropped_and_made_anew_meanwhile(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            person = await _wanted(tx, "deleted")
        (row,) = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.drop("crm", [person])
            await tx.outbox.save(
                [replace(row, remote_id="new", fence=0, state=DeliveryState.PENDING)]
            )
        await _lease(state, "b")
        async with state.write() as tx:
            assert await tx.outbox.settle([_done(row)], now=T) == 0
            await tx.outbox.release([row])

        assert (await _row(state, person)).state is DeliveryState.IN_FLIGHT
