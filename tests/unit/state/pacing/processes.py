"""Several processes that ask one account at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

from connector.ports.budget import Bucket
from tests.unit.state.pacing.accounts import AccountUse


def beside(first: AccountUse) -> AccountUse:
    """Return another process that asks the same account."""
    use = AccountUse(
        *first.buckets.values(), percent=first.percent, clock=first.clock, ledger=first.ledger
    )
    use.requests, use.limits, use.unsaid = first.requests, first.limits, first.unsaid
    return use


async def some_processes(
    *buckets: Bucket, count: int = 2, percent: int = 100
) -> Sequence[AccountUse]:
    first = AccountUse(*buckets, percent=percent)
    uses = [first, *(beside(first) for _ in range(count - 1))]
    for use in uses:
        await start(use)
    return uses


async def start(use: AccountUse) -> None:
    await use.start()
    use.unsaid.add(use.process)


async def in_time(
    uses: Sequence[AccountUse], *work: Coroutine[None, None, None], lasts: timedelta
) -> None:
    """Let all of it happen; fail where it takes longer."""
    done: asyncio.Future[Any] = asyncio.gather(*work)
    end: asyncio.Future[Any] = asyncio.ensure_future(uses[0].clock.sleep(lasts))
    await asyncio.wait([done, end], return_when=asyncio.FIRST_COMPLETED)
    assert done.done(), "they wait for each other"
    end.cancel()
    await done
