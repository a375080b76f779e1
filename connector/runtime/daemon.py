"""The daemon: everything that `heatsync run` starts, and how it ends."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import resource
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from connector.config.settings import variable
from connector.errors import ConfigError, Problem, StateError
from connector.runtime.bootstrap import opened_state, read_configuration
from connector.runtime.clock import SystemClock
from connector.runtime.couriers import open_couriers
from connector.runtime.installation import Installation
from connector.runtime.jobs import ticks_of
from connector.runtime.lanes import Lanes
from connector.runtime.metrics import Metrics
from connector.runtime.planes.choosing import open_plane
from connector.runtime.planes.local import LocalPlane
from connector.runtime.process import spare_the_collector
from connector.runtime.reloading import Reloading
from connector.runtime.service import Service
from connector.runtime.signals import heard
from connector.runtime.telemetry import setup_logging
from connector.runtime.watching import Watcher, open_notifier
from connector.sync.pulling.remap import remap
from connector.sync.pushing.push import take_back
from connector.sync.tasks import PULL, SCORE
from connector.sync.upkeep.keeping import keep_up
from connector.web.app import make_app
from connector.web.desk import Desk
from connector.web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.control import ControlPlane
    from connector.runtime.signals import Signals
    from connector.sync.workspace import Workspace
    from state.opening import DatabaseState

LAST_JOBS = timedelta(seconds=6)
"""What jobs under way have at the end; then what they had in hand is given back."""

SHARES = 8
"""Into how many parts the scoring of many is split where replicas may share it."""

_log = structlog.get_logger("heatsync")


async def run_daemon(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run until the process is told to stop; `announce` is told the address once all is ready.

    Raises ConfigError for a configuration or a setting that is wrong, StateBusy when another
    process owns the cycles on a database of one.
    """
    _refuse_an_open_door(settings)
    configuration = read_configuration(settings)
    with heard() as signals:
        async with _assembled(settings, configuration) as daemon:
            await daemon.run(signals, announce)


@dataclass(slots=True, kw_only=True)
class _Daemon:
    """The parts, put together."""

    settings: Settings
    state: DatabaseState
    installation: Installation
    plane: ControlPlane
    service: Service
    metrics: Metrics
    watcher: Watcher
    process: str
    is_shared: bool
    """Whether other processes may work on the same database."""
    reloading: Reloading = field(init=False)
    is_ready: bool = False

    def __post_init__(self) -> None:
        self.reloading = Reloading(
            self.settings, read=read_configuration, apply=self._put_in_force, tell=self._look
        )
        self.watcher.is_broken = lambda: bool(self.reloading.problems)

    async def run(self, signals: Signals, announce: Callable[[str], None]) -> None:
        """Serve until told to stop, then let what is under way end."""
        app = make_app(self._desk())
        async with (
            serving(app, self.settings.host, self.settings.port) as address,
            self.state.own_cycles(self._owner(), is_shared=self.is_shared, address=address),
        ):
            beginning = asyncio.create_task(self._begin())
            told = asyncio.create_task(signals.stop.wait())
            await asyncio.wait([beginning, told], return_when=asyncio.FIRST_COMPLETED)
            if not told.done():
                await beginning
                self.is_ready = True
                _log.info("ready", address=address, process=self.process)
                announce(address)
                await self._serve(signals, told)
            beginning.cancel()
            _log.info("stopped")

    def _owner(self) -> str:
        """Return what others are told of this process; of replicas it is known since when."""
        now = self.installation.workspace.clock.now()
        since = "" if self.is_shared else f", since {now:%Y-%m-%d %H:%M} UTC"
        return f"heatsync run ({self.process}{since})"

    async def _begin(self) -> None:
        """Take back what a dead process had in hand, and take up an edited configuration.

        Where others work too, who takes a lane takes back what was in hand there.
        """
        if not self.is_shared:
            async with self.state.write() as tx:
                await take_back(tx)
        await remap(self.installation.workspace)
        await self.plane.schedule(list(ticks_of(self.installation.workspace)))

    async def _serve(self, signals: Signals, told: asyncio.Task[object]) -> None:
        serving_jobs = asyncio.create_task(self.plane.serve(self.service.perform))
        following = asyncio.create_task(self.reloading.follow(signals.reload))
        try:
            # Neither of the two ends by itself: when one does, that is why the daemon does.
            await asyncio.wait([told, serving_jobs, following], return_when=asyncio.FIRST_COMPLETED)
            for ended in (serving_jobs, following):
                if ended.done():
                    ended.result()
        finally:
            following.cancel()
            under_way = [str(job) for job in self.plane.under_way()]
            _log.info("stopping", jobs=under_way)
            await self.plane.stop(LAST_JOBS)
            await asyncio.gather(serving_jobs, following, return_exceptions=True)

    async def _look(self) -> None:
        """Tell operators at once what has changed, and not when the minute is over."""
        async with self.installation.in_use() as workspace:
            try:
                await self.watcher.look(workspace)
            except StateError as error:
                _log.warning("not looked at", reason=str(error))

    async def _put_in_force(self, configuration: Configuration, settings: Settings) -> None:
        """Work by another configuration from now on."""
        # Another key must not be told either, nor the one that it takes the place of.
        setup_logging(settings, before=self.settings)
        self.watcher.renew(settings)
        await self.installation.configure(configuration)
        await remap(self.installation.workspace)
        self.service.look_anew()
        ticks = list(ticks_of(self.installation.workspace))
        await self.plane.schedule(ticks)
        # Another rule, or another field to be read, is seen at once and not when its turn comes.
        for tick in ticks:
            if tick.job.task in {PULL, SCORE}:
                await self.plane.defer(tick.job)

    def _desk(self) -> Desk:
        return Desk(
            workspace=lambda: self.installation.workspace,
            settings=self.settings,
            clock=self.installation.workspace.clock,
            defer=self.plane.defer,
            metrics=lambda: self.metrics.exposition(self.installation.workspace),
            readiness=self._readiness,
            count=self.metrics.webhook_call,
        )

    def _readiness(self) -> Sequence[Problem]:
        return () if self.is_ready else (Problem(message="the daemon is starting"),)


@asynccontextmanager
async def _assembled(settings: Settings, configuration: Configuration) -> AsyncIterator[_Daemon]:
    """Give a daemon with everything open that it needs; nothing is begun yet."""
    clock = SystemClock()
    process = f"process {os.getpid()} on {socket.gethostname()}"
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(opened_state(settings))
        lanes = Lanes(state=state, clock=clock)
        plane = await open_plane(settings, clock=clock, process=process, on_taken=lanes.taken)
        stack.push_async_callback(plane.aclose)
        is_shared = not isinstance(plane, LocalPlane)
        installation = Installation(
            state=state,
            ledger=state.ledger,
            clock=clock,
            process=process,
            holds=plane.holds if is_shared else None,
            open_couriers=partial(open_couriers, settings, clock),
        )
        stack.push_async_callback(installation.aclose)
        await installation.configure(configuration)
        lanes.installation = installation
        metrics, watcher = Metrics(clock), Watcher(open_notifier(settings))
        service = Service(
            installation=installation,
            plane=plane,
            telemetry=metrics,
            upkeep=_keep_up,
            watch=watcher.look,
            shares=SHARES if is_shared else 1,
        )
        yield _Daemon(
            settings=settings,
            state=state,
            installation=installation,
            plane=plane,
            service=service,
            metrics=metrics,
            watcher=watcher,
            process=process,
            is_shared=is_shared,
        )


def prepare_process(settings: Settings) -> None:
    """Set up what belongs to the process and not to the daemon: logs, memory, no core dumps."""
    # A core holds every key and address that the process knows.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    setup_logging(settings)
    spare_the_collector()


def _refuse_an_open_door(settings: Settings) -> None:
    """Raise ConfigError rather than let everybody in."""
    if settings.admin_token is not None or _is_loopback(settings.host):
        return
    message = f"whoever reaches {settings.host} could see and change everything: set a token"
    hint = f"set {variable('admin_token')}, or {variable('host')} to 127.0.0.1"
    raise ConfigError([Problem(message=message, hint=hint)])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _keep_up(workspace: Workspace) -> None:
    """Delete what is older than it is kept, and say what came of it."""
    kept = await keep_up(workspace, workspace.clock.now())
    if any(kept.deleted.values()):
        _log.info("kept up", **{kind: count for kind, count in kept.deleted.items() if count})
    for problem in kept.problems:
        _log.warning("not kept up", problem=str(problem))
