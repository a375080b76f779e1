"""The platform of the benchmarks: a local server, and an account of it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.hubspot.adapter import connect
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.limits import BURST, ROLLING, buckets_of
from benchmarks.kept import HERE
from benchmarks.mappings import configuration_of
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.runtime.clock import SystemClock
from connector.sync.workspace import Workspace
from state.opening import open_state
from state.pacing.budget import open_budget
from state.pacing.kept import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from connector.ports.budget import RateBudget

MAPPINGS = HERE / "contacts"
NAME = "crm"


@contextmanager
def served(count: int, *, latency: float = 0.0) -> Iterator[str]:
    """Give the address of a server with so many contacts; writes take `latency` seconds."""
    command = [sys.executable, str(HERE / "pages_server.py"), str(count), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own
        try:
            port = int(server.stdout.readline()) if server.stdout else 0
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def dictated_seconds(requests: int) -> float:
    """Return how long so many requests take at least within the limit of an account."""
    (most,) = [each.limit for each in buckets_of("pro") if each.name == BURST]
    return ((requests - 1) // most) * ROLLING.total_seconds()


async def limited() -> RateBudget:
    """Return the limits of such an account, none of which is used up."""
    ledger, clock = MemoryLedger(), SystemClock()
    return await open_budget(NAME, buckets_of("pro"), percent=100, clock=clock, ledger=ledger)


@asynccontextmanager
async def account(
    url: str, path: Path, *, budget: RateBudget | None = None
) -> AsyncIterator[Workspace]:
    """Give a workspace with the account at `url`, and a store in a file."""
    clock = SystemClock()
    platform = connect(
        PlatformContext(
            name=NAME,
            config=HubspotConfig(adapter="hubspot", url=url),
            folder=MAPPINGS,
            clock=clock,
            budget=budget or Unlimited(),
            secrets={"access_token": SecretStr("none")},
            event_types=frozenset(),
        )
    )
    state = await open_state(f"sqlite:///{path}")
    try:
        async with state.own_cycles("benchmark"):
            yield Workspace(
                state=state,
                platforms={NAME: platform},
                configuration=configuration_of(MAPPINGS),
                clock=clock,
            )
    finally:
        await platform.aclose()
        await state.aclose()
