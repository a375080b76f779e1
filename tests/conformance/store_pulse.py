"""Webhook calls are counted minute by minute, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from connector.domain.calls import COUNTS_KEPT, STORED, CallCount
from connector.ports.store import State
from tests.conformance.store_world import StoreWorld, T

MINUTE = timedelta(minutes=1)


def some(
    calls: int, *, platform: str = "crm", outcome: str = STORED, minute: datetime = T
) -> CallCount:
    return CallCount(platform=platform, outcome=outcome, minute=minute, calls=calls)


class PulsePromises(StoreWorld):
    async def test_calls_of_a_minute_add_up(self, state: State) -> None:
        async with state.write() as tx:
            await tx.pulse.add([some(2), some(1, outcome="refused"), some(4, platform="mail")])
            await tx.pulse.add([some(3), some(1, minute=T - MINUTE), some(5, minute=T + MINUTE)])
            await tx.pulse.add([])

        async with state.read() as tx:
            assert await tx.pulse.since(T) == [
                some(1, outcome="refused"),
                some(5),
                some(5, minute=T + MINUTE),
                some(4, platform="mail"),
            ]

    async def test_only_a_call_that_is_stored_is_the_last(self, state: State) -> None:
        async with state.write() as tx:
            await tx.pulse.add([some(1), some(1, outcome="refused", minute=T + MINUTE)])

            assert await tx.pulse.last("crm") == T
            assert await tx.pulse.last("mail") is None

    async def test_what_is_long_past_is_forgotten(self, state: State) -> None:
        async with state.write() as tx:
            await tx.pulse.add([some(1), some(1, platform="mail", minute=T + MINUTE)])
            await tx.pulse.add([some(1, minute=T + COUNTS_KEPT + MINUTE)])

            assert [each.minute for each in await tx.pulse.since(T)] == [
                T + COUNTS_KEPT + MINUTE,
                T + MINUTE,
            ]
