"""Promises about jobs that are asked for: each once, none missed, all apart from one another."""

from __future__ import annotations

from datetime import timedelta

from connector.ports.control import Job, Tick
from tests.conformance.plane_world import SCORE, UPKEEP, PlanePromises, PlaneWorld, Worker

PUSH = Job(lane="crm", task="push")
PULL = Job(lane="crm", task="pull", subject="contacts")
LANE = [Tick(job=PULL, every=timedelta(hours=1), is_eager=False)]


class JobPromises(PlanePromises):
    async def test_a_job_that_is_asked_for_is_done_once(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving():
            await world.plane.defer(SCORE)
            await world.until(lambda: worker.ended[SCORE] == 1)
            await world.rest()

        assert worker.begun[SCORE] == 1

    async def test_what_was_asked_for_before_is_done_when_it_serves(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.defer(SCORE)

        async with worker.serving():
            await world.until(lambda: worker.ended[SCORE] == 1)

    async def test_one_that_waits_stands_for_all(self, world: PlaneWorld, worker: Worker) -> None:
        for _ in range(5):
            await world.plane.defer(SCORE)

        async with worker.serving():
            await world.until(lambda: worker.ended[SCORE] >= 1)
            await world.rest()

        assert worker.begun[SCORE] == 1

    async def test_one_asked_for_while_it_is_under_way_is_done_once_more(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving():
            await worker.hold(SCORE)
            for _ in range(3):
                await world.plane.defer(SCORE)
            await world.rest()
            begun = worker.begun[SCORE]
            worker.held.clear()
            await world.until(lambda: worker.ended[SCORE] == 2)
            await world.rest()

        assert (begun, worker.begun[SCORE], worker.most[SCORE]) == (1, 2, 1)

    async def test_one_that_was_done_may_be_asked_for_again(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving():
            await world.plane.defer(SCORE)
            await world.until(lambda: worker.ended[SCORE] == 1)
            await world.plane.defer(SCORE)

            await world.until(lambda: worker.ended[SCORE] == 2)

    async def test_different_jobs_are_under_way_side_by_side(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        worker.held.update({SCORE, UPKEEP})

        async with worker.serving():
            await world.plane.defer(SCORE)
            await world.plane.defer(UPKEEP)

            await world.until(lambda: worker.inside[SCORE] == worker.inside[UPKEEP] == 1)

    async def test_different_jobs_of_a_lane_are_under_way_side_by_side(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        worker.held.update({PULL, PUSH})
        await world.plane.schedule(LANE)

        async with worker.serving():
            await world.plane.defer(PULL)
            await world.plane.defer(PUSH)

            await world.until(lambda: worker.inside[PULL] == worker.inside[PUSH] == 1)

    async def test_a_job_of_a_lane_is_performed_by_who_holds_it(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.schedule(LANE)

        async with worker.serving():
            await worker.hold(PUSH)

            assert world.plane.holds(PUSH.lane)

    async def test_no_lane_is_held_after_closing(self, world: PlaneWorld, worker: Worker) -> None:
        await world.plane.schedule(LANE)
        async with worker.serving():
            await world.until(lambda: world.plane.holds(PUSH.lane))

        await world.plane.aclose()

        assert not world.plane.holds(PUSH.lane)

    async def test_a_job_that_waits_can_be_cancelled(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.defer(SCORE)
        await world.plane.cancel(SCORE)
        await world.plane.defer(UPKEEP)

        async with worker.serving():
            await world.until(lambda: worker.ended[UPKEEP] == 1)
            await world.rest()

        assert worker.begun[SCORE] == 0

    async def test_a_job_under_way_goes_on_when_it_is_cancelled(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        async with worker.serving():
            await worker.hold(SCORE)
            await world.plane.defer(SCORE)
            await world.plane.cancel(SCORE)
            worker.held.clear()
            await world.until(lambda: worker.ended[SCORE] == 1)
            await world.rest()

        assert (worker.begun[SCORE], worker.cancelled[SCORE]) == (1, 0)

    async def test_cancelling_what_nobody_asked_for_is_nothing(self, world: PlaneWorld) -> None:
        await world.plane.cancel(SCORE)

    async def test_a_job_that_fails_ends_alone(self, world: PlaneWorld, worker: Worker) -> None:
        worker.failing.add(SCORE)

        async with worker.serving() as serving:
            await worker.hold(UPKEEP)
            await world.plane.defer(SCORE)
            await world.until(lambda: worker.begun[SCORE] == 1 and not worker.inside[SCORE])
            worker.held.clear()
            await world.until(lambda: worker.ended[UPKEEP] == 1)

            assert not serving.done()

    async def test_a_job_that_failed_may_be_asked_for_again(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        worker.failing.add(SCORE)
        async with worker.serving():
            await world.plane.defer(SCORE)
            await world.until(lambda: worker.begun[SCORE] == 1 and not worker.inside[SCORE])
            worker.failing.clear()
            await world.plane.defer(SCORE)

            await world.until(lambda: worker.ended[SCORE] == 1)

    async def test_it_tells_what_is_under_way(self, world: PlaneWorld, worker: Worker) -> None:
        async with worker.serving():
            before = list(world.plane.under_way())
            await worker.hold(SCORE)
            during = list(world.plane.under_way())
            worker.held.clear()
            await world.until(lambda: not world.plane.under_way())

        assert (before, during) == ([], [SCORE])
