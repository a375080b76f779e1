"""What is written before others: told apart, leased alone, and over once it is settled."""

from __future__ import annotations

from connector.domain.ledger import Firing, FiringState
from connector.domain.outbound import DeliveryState, Settlement
from connector.ports.store import State
from tests.conformance.store_world import HOUR, StoreWorld, T, an_outbound, people

LEASE = T + HOUR


class UrgencyPromises(StoreWorld):
    async def test_what_is_urgent_is_listed_and_leased_alone(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            await tx.outbox.save([an_outbound(one), an_outbound(two, is_urgent=True)])
            await tx.outbox.save([an_outbound(three, is_urgent=True)])

            listed = await tx.outbox.list(platform="crm", urgent=True)
            leased = await tx.outbox.lease(
                "crm", owner="a", now=T, until=LEASE, limit=9, after=two, urgent=True
            )

        assert [row.contact for row in listed] == [two, three]
        assert [row.contact for row in leased] == [three]
        assert leased[0].is_urgent

    async def test_whether_something_urgent_is_leased_is_known_until_its_lease_ends(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.outbox.save([an_outbound(one), an_outbound(two, is_urgent=True)])
            assert not await tx.outbox.is_urgent_in_hand("crm", T)

            await tx.outbox.lease("crm", owner="a", now=T, until=LEASE, limit=1)
            assert not await tx.outbox.is_urgent_in_hand("crm", T)
            await tx.outbox.lease("crm", owner="a", now=T, until=LEASE, limit=9)

            assert await tx.outbox.is_urgent_in_hand("crm", T)
            assert not await tx.outbox.is_urgent_in_hand("mail", T)
            assert not await tx.outbox.is_urgent_in_hand("crm", LEASE)
            # A push that goes on may have it in hand still: it is nobody else's in a hurry.
            for urgent, count in ((True, 0), (False, 2)):
                leased = await tx.outbox.lease(
                    "crm", owner="b", now=LEASE, until=LEASE + HOUR, limit=9, urgent=urgent
                )
                assert len(leased) == count

    async def test_marks_tell_whether_a_row_is_as_it_was_leased(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.outbox.save([an_outbound(one), an_outbound(two, revision=4)])
            before = await tx.outbox.marks("crm", [one, two, 999])
            assert before == {one: (f"r{one}", 1, 0), two: (f"r{two}", 4, 0)}

            await tx.outbox.lease("crm", owner="a", now=T, until=LEASE, limit=1)
            await tx.outbox.save([an_outbound(two, revision=5)])

            after = await tx.outbox.marks("crm", [one, two])
            assert after == {one: (f"r{one}", 1, 1), two: (f"r{two}", 5, 0)}
            assert await tx.outbox.marks("mail", [one]) == {}

    async def test_what_is_settled_is_urgent_no_more_unless_it_was_decided_anew(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            one, two = await people(tx, 2)
            await tx.outbox.save([an_outbound(one, is_urgent=True), an_outbound(two)])
            leased = await tx.outbox.lease("crm", owner="a", now=T, until=LEASE, limit=9)
            await tx.outbox.save([an_outbound(two, revision=2, is_urgent=True)])

            await tx.outbox.settle(
                [
                    Settlement(
                        row=row,
                        confirmed=row.desired,
                        adopted=row.adopted,
                        state=DeliveryState.PENDING,
                        error="busy",
                    )
                    for row in leased
                ],
                now=T,
            )

            assert [row.contact for row in await tx.outbox.list(urgent=True)] == [two]

    async def test_what_fired_last_is_leased_first_where_that_is_wanted(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            at = {"old": T - HOUR, "b": T, "a": T}
            await tx.triggers.add(
                [
                    Firing(
                        key=key,
                        contact=person,
                        trigger="call",
                        kind="notify",
                        destination="SALES",
                        at=instant,
                        state=FiringState.PENDING,
                    )
                    for key, instant in at.items()
                ]
            )

            leased = await tx.triggers.lease(
                "SALES", owner="a", now=T, until=LEASE, limit=2, latest_first=True
            )

        assert [each.key for each in leased] == ["a", "b"]
