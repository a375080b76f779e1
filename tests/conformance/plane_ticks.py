"""Promises about ticks: at their intervals, never doubled, made up for by one."""

from __future__ import annotations

from datetime import timedelta

from connector.ports.control import Job, Tick
from tests.conformance.plane_world import SCORE, PlanePromises, PlaneWorld, Worker

PULL = Job(task="pull", subject="contacts")
SELDOM = timedelta(hours=1)


class TickPromises(PlanePromises):
    async def test_a_tick_comes_again_and_again(self, world: PlaneWorld, worker: Worker) -> None:
        await world.plane.schedule([Tick(job=PULL, every=world.every)])

        async with worker.serving():
            await world.until(lambda: worker.ended[PULL] >= 3)

    async def test_the_first_turn_of_an_eager_tick_is_at_once(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.schedule([Tick(job=PULL, every=SELDOM)])

        async with worker.serving():
            await world.until(lambda: worker.ended[PULL] == 1)

    async def test_the_first_turn_of_another_is_after_an_interval(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        seldom = Tick(job=PULL, every=SELDOM, is_eager=False)
        often = Tick(job=SCORE, every=world.every, is_eager=False)
        await world.plane.schedule([seldom, often])

        async with worker.serving():
            await world.until(lambda: worker.ended[SCORE] >= 2)

        assert worker.begun[PULL] == 0

    async def test_jitter_keeps_no_tick_from_coming(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        tick = Tick(job=PULL, every=world.every, jitter=world.every / 2)
        await world.plane.schedule([tick])

        async with worker.serving():
            await world.until(lambda: worker.ended[PULL] >= 3)

    async def test_a_tick_never_overtakes_itself(self, world: PlaneWorld, worker: Worker) -> None:
        worker.held.add(PULL)
        await world.plane.schedule([Tick(job=job, every=world.every) for job in (PULL, SCORE)])

        async with worker.serving():
            await world.until(lambda: worker.ended[SCORE] >= 6)
            begun = worker.begun[PULL]
            worker.held.clear()
            await world.until(lambda: worker.ended[PULL] >= 3)

        assert (begun, worker.most[PULL]) == (1, 1)

    async def test_turns_missed_are_made_up_for_by_one(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        missed, later = 12, 3
        worker.held.add(PULL)
        await world.plane.schedule([Tick(job=job, every=world.every) for job in (PULL, SCORE)])

        async with worker.serving():
            await world.until(lambda: worker.begun[PULL] == 1 and worker.ended[SCORE] >= missed)
            worker.held.clear()
            seen = worker.ended[SCORE]
            await world.until(lambda: worker.ended[SCORE] >= seen + later)

            # The first, the one that makes up, and those since; the two ticks may be a turn apart.
            assert worker.begun[PULL] <= 1 + 1 + (worker.ended[SCORE] - seen) + 2

    async def test_a_tick_that_fails_comes_again(self, world: PlaneWorld, worker: Worker) -> None:
        worker.failing.add(PULL)
        await world.plane.schedule([Tick(job=PULL, every=world.every)])

        async with worker.serving():
            await world.until(lambda: worker.begun[PULL] >= 3)

    async def test_ticks_may_begin_while_it_serves(self, world: PlaneWorld, worker: Worker) -> None:
        async with worker.serving():
            await world.plane.schedule([Tick(job=PULL, every=world.every)])

            await world.until(lambda: worker.ended[PULL] >= 2)

    async def test_a_tick_that_is_left_out_ends(self, world: PlaneWorld, worker: Worker) -> None:
        pull, score = (Tick(job=job, every=world.every) for job in (PULL, SCORE))
        await world.plane.schedule([pull, score])

        async with worker.serving():
            await world.until(lambda: worker.ended[PULL] >= 2)
            await world.plane.schedule([score])
            await world.rest()
            begun, seen = worker.begun[PULL], worker.ended[SCORE]
            await world.until(lambda: worker.ended[SCORE] >= seen + 4)

        assert worker.begun[PULL] == begun

    async def test_a_tick_that_is_left_out_waits_no_more(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        worker.held.add(PULL)
        await world.plane.schedule([Tick(job=job, every=world.every) for job in (PULL, SCORE)])

        async with worker.serving():
            await world.until(lambda: worker.begun[PULL] == 1 and worker.ended[SCORE] >= 4)
            await world.plane.schedule([])
            worker.held.clear()
            await world.until(lambda: worker.ended[PULL] == 1)
            await world.rest()

        assert worker.begun[PULL] == 1

    async def test_another_interval_holds_from_now_on(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        await world.plane.schedule([Tick(job=PULL, every=SELDOM, is_eager=False)])

        async with worker.serving():
            await world.plane.schedule([Tick(job=PULL, every=world.every)])

            await world.until(lambda: worker.ended[PULL] >= 3)

    async def test_who_was_there_has_no_first_turn_again(
        self, world: PlaneWorld, worker: Worker
    ) -> None:
        ticks = [Tick(job=PULL, every=SELDOM)]
        await world.plane.schedule(ticks)

        async with worker.serving():
            await world.until(lambda: worker.ended[PULL] == 1)
            await world.plane.schedule(ticks)
            await world.rest()

        assert worker.begun[PULL] == 1

    async def test_who_was_there_keeps_its_time(self, world: PlaneWorld, worker: Worker) -> None:
        ticks = [Tick(job=PULL, every=3 * world.every, is_eager=False)]
        await world.plane.schedule(ticks)

        async with worker.serving():
            for _ in range(100):
                if worker.begun[PULL]:
                    break
                await world.let_pass(world.every)
                await world.plane.schedule(ticks)

        assert worker.begun[PULL]
