"""Outbound rows: desired, confirmed, leased, settled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.domain.outbound import NOT_YET, DeliveryState, Desired, Outbound, Settlement
from connector.domain.values import Written
from connector.domain.waits import LONGEST_REST
from connector.ports.store import State, Transaction
from tests.conformance.store_world import AWKWARD, HOUR, StoreWorld, T, an_outbound, people

LEASE = T + HOUR
CLEAN, PENDING = DeliveryState.CLEAN, DeliveryState.PENDING
IN_FLIGHT, DEAD = DeliveryState.IN_FLIGHT, DeliveryState.DEAD
HOT = Desired(attributes={"HEAT": Decimal(80)}, lists={"hot": True, "cold": False})


async def _lease(
    state: State, owner: str = "a", *, now: datetime = T, limit: int = 100
) -> Sequence[Outbound]:
    async with state.write() as tx:
        return await tx.outbox.lease("crm", owner=owner, now=now, until=now + HOUR, limit=limit)


async def _row(state: State, contact: int) -> Outbound:
    async with state.read() as tx:
        return (await tx.outbox.rows("crm", [contact]))[contact]


async def _save(tx: Transaction, count: int = 1, **fields: object) -> list[int]:
    persons = await people(tx, count)
    await tx.outbox.save([an_outbound(person, **fields) for person in persons])
    return persons


def _settled(row: Outbound, state: DeliveryState = CLEAN, **fields: object) -> Settlement:
    values = {"confirmed": row.desired, "adopted": row.adopted, **fields}
    return Settlement(row=row, state=state, **values)  # type: ignore[arg-type]  # the caller names fields


class OutboxPromises(StoreWorld):
    async def test_a_row_comes_back_as_it_was(self, state: State) -> None:
        values: dict[str, Written] = {
            "A": Decimal("12.0"),
            "B": Decimal("1E+3"),
            "C": True,
            "D": None,
            "E": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
            "F": "true",
            **{f"T{index}": text for index, text in enumerate(AWKWARD)},
        }
        desired = Desired(
            attributes=values,
            lists=dict.fromkeys(AWKWARD, True),
            tags={"vip": False},
            stage="hot",
        )
        async with state.write() as tx:
            (person,) = await people(tx)
            row = an_outbound(
                person,
                email="a@x.fr",
                desired=desired,
                confirmed=HOT,
                adopted=frozenset({"b", "a"}),
                revision=7,
                attempts=2,
                not_before=T,
                last_error="no",
                decided_at=T,
                confirmed_at=T - HOUR,
            )
            await tx.outbox.save([row])

        found = await _row(state, person)
        assert found == row
        assert str(found.desired.attributes["A"]) == "12.0"

    async def test_pending_rows_are_leased_once(self, state: State, twin: State) -> None:
        async with state.write() as tx:
            persons = await _save(tx, 3)

        first = await _lease(state, "a", limit=2)
        second = await _lease(twin, "b")

        assert [row.contact for row in [*first, *second]] == persons
        assert {(row.state, row.fence) for row in first} == {(IN_FLIGHT, 1)}
        assert await _lease(state, "c") == []

    async def test_rows_behind_a_contact_are_leased_and_none_before(self, state: State) -> None:
        async with state.write() as tx:
            persons = await _save(tx, 4)

        async with state.write() as tx:
            rows = await tx.outbox.lease(
                "crm", owner="a", now=T, until=LEASE, limit=2, after=persons[0]
            )

        assert [row.contact for row in rows] == persons[1:3]

    async def test_two_workers_at_once_never_get_the_same_row(
        self, state: State, twin: State
    ) -> None:
        async with state.write() as tx:
            persons = await _save(tx, 40)

        parts = await asyncio.gather(
            *(_lease([state, twin][each % 2], f"w{each}", limit=7) for each in range(8))
        )

        assert sorted(row.contact for part in parts for row in part) == persons

    @pytest.mark.parametrize("at", [CLEAN, DEAD], ids=lambda each: each.value)
    async def test_what_is_clean_or_dead_is_not_work(self, state: State, at: DeliveryState) -> None:
        async with state.write() as tx:
            await _save(tx, state=at)

        assert await _lease(state) == []

    async def test_what_has_no_record_yet_is_not_work(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx, remote_id=NOT_YET)

        assert await _lease(state) == []

    async def test_a_row_waits_until_its_instant(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx, not_before=T + HOUR)

        assert await _lease(state, now=T) == []
        assert len(await _lease(state, now=T + HOUR)) == 1

    async def test_a_row_does_not_wait_for_an_instant_of_a_clock_that_was_wrong(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await _save(tx, not_before=T + LONGEST_REST + HOUR)

        async with state.read() as tx:
            assert await tx.outbox.is_due("crm", T)
            assert not await tx.outbox.is_due("crm", T + HOUR)
        assert len(await _lease(state, now=T)) == 1

    async def test_an_expired_lease_returns_to_work_with_a_new_fence(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx)
        (old,) = await _lease(state, "a", now=T)

        (new,) = await _lease(state, "b", now=LEASE)

        assert new.fence == old.fence + 1
        async with state.write() as tx:
            assert await tx.outbox.settle([_settled(old)], now=LEASE) == 0
            assert await tx.outbox.settle([_settled(new)], now=LEASE) == 1

    async def test_a_settlement_is_recorded(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await _save(tx, desired=HOT, last_error="before", attempts=4)
        (row,) = await _lease(state)

        async with state.write() as tx:
            settlement = _settled(row, adopted=frozenset({"hot"}))
            assert await tx.outbox.settle([settlement], now=T + HOUR) == 1

        found = await _row(state, person)
        assert (found.state, found.confirmed, found.adopted) == (
            CLEAN,
            HOT,
            frozenset({"hot"}),
        )
        assert (found.attempts, found.last_error, found.confirmed_at) == (0, None, T + HOUR)
        assert await _lease(state, now=T + 9 * HOUR) == []

    async def test_a_failure_comes_again_at_its_instant(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await _save(tx, desired=HOT)
        (row,) = await _lease(state)

        async with state.write() as tx:
            failed = _settled(
                row,
                PENDING,
                confirmed=Desired(),
                attempts=1,
                not_before=T + 5 * HOUR,
                error="busy",
            )
            await tx.outbox.settle([failed], now=T)

        found = await _row(state, person)
        assert (found.state, found.attempts, found.last_error) == (PENDING, 1, "busy")
        assert (found.confirmed, found.confirmed_at) == (Desired(), None)
        assert await _lease(state, now=T + 4 * HOUR) == []
        assert len(await _lease(state, now=T + 5 * HOUR)) == 1

    async def test_a_newer_desire_makes_any_settlement_pending(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await _save(tx, desired=HOT)
        (row,) = await _lease(state)
        newer = Desired(attributes={"HEAT": Decimal(90)})

        async with state.write() as tx:
            await tx.outbox.save([replace(row, desired=newer, state=PENDING, revision=2)])
            assert await tx.outbox.settle([_settled(row)], now=T) == 1

        found = await _row(state, person)
        assert (found.state, found.desired, found.confirmed) == (PENDING, newer, HOT)
        assert [each.revision for each in await _lease(state)] == [2]

    async def test_a_newer_desire_is_not_leased_while_the_older_is_in_flight(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await _save(tx)
        (row,) = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.save([replace(row, state=PENDING, revision=2, fence=99)])

        assert await _lease(state, "b", now=T) == []
        assert [each.fence for each in await _lease(state, "b", now=LEASE)] == [2]

    async def test_a_desire_taken_back_is_still_looked_at_after_its_lease(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            await _save(tx)
        (row,) = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.save([replace(row, state=CLEAN, revision=2)])

        assert len(await _lease(state, now=LEASE)) == 1

    async def test_whether_anything_is_due_is_what_a_lease_would_find(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await _save(tx, 2)
            await tx.outbox.save([an_outbound(two, not_before=T + 2 * HOUR)])

        async def is_due(at: datetime) -> bool:
            async with state.read() as tx:
                return await tx.outbox.is_due("crm", at) or await tx.outbox.is_due("mail", at)

        assert await is_due(T)
        (row,) = await _lease(state)
        assert not await is_due(T)
        assert await is_due(LEASE)
        async with state.write() as tx:
            await tx.outbox.settle([_settled(row)], now=T)
        assert (row.contact, await is_due(LEASE), await is_due(T + 2 * HOUR)) == (one, False, True)

    async def test_who_waits_for_a_record_is_due(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx, remote_id=NOT_YET)

        async with state.read() as tx:
            assert await tx.outbox.is_due("crm", T)

    async def test_a_released_row_is_work_again_at_once(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx)
        (row,) = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.release([row])

        (again,) = await _lease(state, "b")
        assert again == replace(row, fence=2)
        async with state.write() as tx:
            await tx.outbox.release([row])
        assert await _lease(state, "c") == []

    async def test_the_owner_of_the_cycles_reclaims_every_lease(self, state: State) -> None:
        async with state.write() as tx:
            await _save(tx, 3)
        await _lease(state, limit=2)

        async with state.write() as tx:
            assert await tx.outbox.reclaim("gone") == 2

        rows = await _lease(state, "b")
        assert sorted(str(row.last_error) for row in rows) == ["None", "gone", "gone"]

    async def test_who_takes_a_lane_reclaims_the_leases_of_its_platform(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await _save(tx)
            await tx.outbox.save([an_outbound(person, platform="mail")])
            for platform in ("crm", "mail"):
                await tx.outbox.lease(platform, owner="a", now=T, until=LEASE, limit=9)

        async with state.write() as tx:
            assert await tx.outbox.reclaim("gone", "crm") == 1

            assert len(await tx.outbox.lease("crm", owner="b", now=T, until=LEASE, limit=9)) == 1
            assert await tx.outbox.lease("mail", owner="b", now=T, until=LEASE, limit=9) == []

    async def test_a_dropped_row_is_gone_and_its_settlement_ignored(self, state: State) -> None:
        async with state.write() as tx:
            one, two = await _save(tx, 2)
        rows = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.drop("crm", [one])
            assert await tx.outbox.settle([_settled(row) for row in rows], now=T) == 1
            assert set(await tx.outbox.rows("crm", [one, two])) == {two}

    async def test_rows_are_counted_and_listed_in_order(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            rows = [
                an_outbound(two, platform="mail"),
                an_outbound(three, state=DEAD),
                an_outbound(one),
                an_outbound(two, state=CLEAN),
            ]
            await tx.outbox.save(rows)

        async with state.read() as tx:
            assert await tx.outbox.counts() == {
                "crm": {PENDING: 1, CLEAN: 1, DEAD: 1},
                "mail": {PENDING: 1},
            }
            assert await tx.outbox.counts("crm", PENDING) == {"crm": {PENDING: 1}}
            assert await tx.outbox.counts("mail") == {"mail": {PENDING: 1}}
            assert await tx.outbox.unfinished() == {
                "crm": {PENDING: 1, DEAD: 1},
                "mail": {PENDING: 1},
            }
            listed = [(row.platform, row.contact) for row in await tx.outbox.list()]
            behind = await tx.outbox.list(after=("crm", two), limit=1)
            dead = await tx.outbox.list(platform="crm", states=[DEAD, IN_FLIGHT])
        assert listed == [("crm", one), ("crm", two), ("crm", three), ("mail", two)]
        assert [row.contact for row in [*behind, *dead]] == [three, three]

    async def test_whoever_waits_for_a_record_is_counted_and_listed(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three, four = await people(tx, 4)
            rows = [
                an_outbound(one, remote_id=NOT_YET),
                an_outbound(two),
                an_outbound(three, remote_id=NOT_YET, platform="mail"),
                an_outbound(four, remote_id=NOT_YET, state=DEAD),
            ]
            await tx.outbox.save(rows)

        async with state.read() as tx:
            assert await tx.outbox.count_newcomers("crm") == 1
            listed = await tx.outbox.list(platform="crm", remote_id=NOT_YET)
        assert [row.contact for row in listed] == [one, four]

    async def test_members_are_counted_as_confirmed(self, state: State) -> None:
        async with state.write() as tx:
            one, two, three = await people(tx, 3)
            both = Desired(lists={"hot": True, "vip": True, "cold": False})
            await tx.outbox.save(
                [
                    an_outbound(one, confirmed=both),
                    an_outbound(two, desired=HOT),
                    an_outbound(three, confirmed=both, platform="mail"),
                ]
            )
        rows = await _lease(state)

        async with state.write() as tx:
            await tx.outbox.settle([_settled(rows[1])], now=T)
            assert await tx.outbox.members("crm") == {"hot": 2, "vip": 1}
