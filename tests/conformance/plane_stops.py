"""Promises about the end: nothing begins, what is under way may end, and then must."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from connector.ports.control import Tick
from tests.conformance.plane_world import SCORE, UPKEEP, PlanePromises, PlaneWorld, Worker

LONG = timedelta(hours=1)


class StopPromises(PlanePromises):
    async def test_stopping_waits_for_what_is_under_way(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving() as serving:
            await worker.hold(SCORE)
            stopping = asyncio.create_task(world.plane.stop(LONG))
            await world.rest()
            was_waiting = not stopping.done()
            worker.held.clear()
            await world.until(lambda: stopping.done() and serving.done())

        assert was_waiting
        assert (worker.ended[SCORE], worker.cancelled[SCORE]) == (1, 0)

    async def test_what_does_not_end_in_time_is_cancelled(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving() as serving:
            await worker.hold(SCORE)

            await world.plane.stop(world.every)

            assert (worker.cancelled[SCORE], worker.inside[SCORE]) == (1, 0)
            await world.until(serving.done)
        assert not world.plane.under_way()

    async def test_a_second_stop_shortens_the_wait(self, world: PlaneWorld, worker: Worker) -> None:
        async with worker.serving():
            await worker.hold(SCORE)
            patient = asyncio.create_task(world.plane.stop(LONG))
            await world.rest()

            await world.plane.stop(timedelta())
            await world.until(patient.done)

        assert worker.cancelled[SCORE] == 1

    async def test_nothing_begins_after_stopping(self, world: PlaneWorld, worker: Worker) -> None:
        await world.plane.schedule([Tick(job=SCORE, every=world.every)])
        async with worker.serving():
            await world.until(lambda: worker.ended[SCORE] >= 2)
            await world.plane.stop(LONG)
            begun = worker.begun[SCORE]
            await world.plane.defer(SCORE)
            await world.plane.defer(UPKEEP)
            await world.rest()

        assert (worker.begun[SCORE], worker.begun[UPKEEP]) == (begun, 0)

    async def test_nothing_begins_while_it_waits_for_the_end(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving():
            await worker.hold(SCORE)
            stopping = asyncio.create_task(world.plane.stop(LONG))
            await world.rest()
            await world.plane.defer(SCORE)
            await world.plane.defer(UPKEEP)
            await world.rest()
            worker.held.clear()
            await world.until(stopping.done)

        assert (worker.begun[SCORE], worker.begun[UPKEEP]) == (1, 0)

    async def test_serving_ends_when_it_is_stopped(self, world: PlaneWorld, worker: Worker) -> None:
        async with worker.serving() as serving:
            await world.plane.defer(SCORE)
            await world.until(lambda: worker.ended[SCORE] == 1)

            await world.plane.stop(LONG)

            await world.until(serving.done)
            assert serving.exception() is None

    async def test_what_was_stopped_before_never_begins(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.defer(SCORE)
        await world.plane.stop(LONG)
        await world.plane.stop(LONG)

        async with worker.serving() as serving:
            await world.until(serving.done)

        assert worker.begun[SCORE] == 0

    async def test_what_is_under_way_ends_with_who_serves(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving() as serving:
            await worker.hold(SCORE)
            serving.cancel()
            await world.until(serving.done)

            assert serving.cancelled()
        assert (worker.cancelled[SCORE], worker.inside[SCORE]) == (1, 0)

    async def test_closing_ends_what_is_under_way(self, world: PlaneWorld, worker: Worker) -> None:
        async with worker.serving():
            await worker.hold(SCORE)

            await world.plane.aclose()

            assert (worker.cancelled[SCORE], worker.inside[SCORE]) == (1, 0)
