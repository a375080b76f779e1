"""Who waits for one limit and has a place of another keeps nobody waiting for ever, or for long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from tests.unit.state.pacing.accounts import HOUR, SECOND, AccountUse, a_bucket
from tests.unit.state.pacing.processes import in_time, some_processes, start

MINUTE = timedelta(minutes=1)


async def test_who_needs_a_place_in_two_limits_gets_both_however_few_there_are() -> None:
    buckets = (a_bucket(1, MINUTE, "minute"), a_bucket(1, 10 * SECOND, "burst"))
    uses = await some_processes(*buckets, count=5)

    async def some_times(use: AccountUse, *names: str) -> None:
        for _ in range(4):
            await use.ask(0, *names)

    both = [some_times(use) for use in uses[:3]]
    one = [some_times(use, "burst") for use in uses[3:] for _ in range(6)]
    await uses[0].clock.run(in_time(uses, *both, *one, lasts=30 * MINUTE))

    uses[0].check()
    assert len(uses[0].requests) == 12 + 48


async def test_who_read_other_sizes_of_the_same_limits_waits_for_nobody_in_vain() -> None:
    one, other = a_bucket(1, 10 * SECOND, "one"), a_bucket(1, 10 * SECOND, "other")
    running = AccountUse(one, other)
    await start(running)
    edited = replace(one, limit=2)
    running.budget.restate([edited, other], 100)
    running.limits["one"] = 2
    command = AccountUse(edited, other, clock=running.clock, ledger=running.ledger)
    command.requests, command.limits, command.unsaid = running.requests, running.limits, set()
    await start(command)

    async def some_times(use: AccountUse, number: int) -> None:
        for _ in range(10):
            await use.clock.sleep(number * SECOND / 3)
            await use.ask()

    work = [some_times(use, number) for use in (running, command) for number in range(4)]
    await running.clock.run(in_time([running], *work, lasts=HOUR))

    assert len(running.requests) == 80


async def test_who_waits_long_for_one_limit_keeps_nobody_from_another() -> None:
    waiting, other = await some_processes(a_bucket(5, 10 * SECOND), a_bucket(2000, HOUR, "hour"))

    async def live() -> timedelta:
        await waiting.budget.refused("hour", wait=4.5 * MINUTE)
        long = asyncio.ensure_future(waiting.ask_all(12))
        await other.clock.sleep(3 * SECOND)
        began = other.clock.now()
        await other.ask(0, "all")
        took = other.clock.now() - began
        await long
        return took

    assert await waiting.clock.run(live()) < MINUTE / 2
    waiting.check()
