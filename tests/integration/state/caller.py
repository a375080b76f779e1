"""A program that makes requests until it is killed, and says so before each."""

from __future__ import annotations

import asyncio
import sys

from connector.ports.budget import Bucket
from state.opening import open_state
from state.pacing.budget import open_budget
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.state.pacing.accounts import DAY, HOUR

BUCKETS = (
    Bucket(name="few", limit=900, window=HOUR),
    Bucket(name="many", limit=100_000, window=HOUR),
    Bucket(name="daily", limit=1_000_000, window=DAY, is_daily=True),
)


async def main(url: str) -> None:
    """Go on from where the last one was killed."""
    state = await open_state(url)
    budget = await open_budget("crm", BUCKETS, percent=50, clock=FakeClock(T), ledger=state.ledger)
    while True:
        async with budget.spend("few", "many", "daily"):
            sys.stdout.write("sent\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
