"""Put together what a daemon consists of, whatever clock it goes by."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from connector.runtime.bootstrap import opened_state
from connector.runtime.clock import SystemClock
from connector.runtime.couriers import open_couriers
from connector.runtime.installation import Installation
from connector.runtime.lanes import Lanes
from connector.runtime.metrics import Metrics
from connector.runtime.planes.choosing import open_plane
from connector.runtime.planes.process import ProcessPlane
from connector.runtime.process import this_process
from connector.runtime.service import Service
from connector.runtime.watching import Watcher, open_notifier
from connector.sync.upkeep.keeping import keep_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.clock import Clock
    from connector.ports.control import ControlPlane
    from connector.sync.workspace import Workspace
    from state.opening import DatabaseState

SHARES = 8
"""Into how many parts the scoring of many is split where replicas may share it."""

_log = structlog.get_logger("heatsync")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a daemon consists of; nothing is begun yet."""

    settings: Settings
    clock: Clock
    state: DatabaseState
    plane: ControlPlane
    installation: Installation
    service: Service
    metrics: Metrics
    watcher: Watcher

    @property
    def process(self) -> str:
        """Return what people call this process."""
        return this_process()

    @property
    def is_shared(self) -> bool:
        """Return whether other processes may work on the same database."""
        return _is_shared(self.plane)


@asynccontextmanager
async def assembled(
    settings: Settings,
    configuration: Configuration,
    *,
    clock: Clock | None = None,
    plane: ControlPlane | None = None,
) -> AsyncIterator[Parts]:
    """Give the parts of a daemon, open, and let go of them at the end of the block.

    The clock is this machine's and the plane that of the database, unless others are given.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(opened_state(settings))
        lanes = Lanes(state=state, clock=clock)
        plane = plane or await open_plane(
            settings, clock=clock, process=this_process(), on_taken=lanes.taken
        )
        stack.push_async_callback(plane.aclose)
        installation = lanes.installation = Installation(
            state=state,
            ledger=state.ledger,
            clock=clock,
            process=this_process(),
            holds=plane.holds if _is_shared(plane) else None,
            open_couriers=partial(open_couriers, clock=clock),
        )
        stack.push_async_callback(installation.aclose)
        await installation.configure(configuration, settings)
        metrics, watcher = Metrics(clock), _watcher(settings, clock)
        yield Parts(
            settings=settings,
            clock=clock,
            state=state,
            plane=plane,
            installation=installation,
            service=_service(installation, plane, metrics, watcher),
            metrics=metrics,
            watcher=watcher,
        )


def _is_shared(plane: ControlPlane) -> bool:
    return not isinstance(plane, ProcessPlane)


def _watcher(settings: Settings, clock: Clock) -> Watcher:
    """Return who tells operators; simulated time is not held against that of the machine."""
    monotonic = time.monotonic if isinstance(clock, SystemClock) else None
    return Watcher(open_notifier(settings), monotonic)


def _service(
    installation: Installation,
    plane: ControlPlane,
    metrics: Metrics,
    watcher: Watcher,
) -> Service:
    return Service(
        installation=installation,
        plane=plane,
        telemetry=metrics,
        upkeep=_keep_up,
        watch=watcher.look,
        shares=SHARES if _is_shared(plane) else 1,
    )


async def _keep_up(workspace: Workspace) -> None:
    """Delete what is older than it is kept, and say what came of it."""
    kept = await keep_up(workspace, workspace.clock.now())
    if any(kept.deleted.values()):
        _log.info("kept up", **{kind: count for kind, count in kept.deleted.items() if count})
