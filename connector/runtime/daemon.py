"""The daemon: everything that `heatsync run` starts, and how it ends."""

from __future__ import annotations

import asyncio
import ipaddress
import resource
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from connector.config.settings import variable
from connector.errors import ConfigError, Problem, StateError
from connector.runtime.assembling import assembled
from connector.runtime.bootstrap import read_configuration
from connector.runtime.jobs import ticks_of
from connector.runtime.process import spare_the_collector
from connector.runtime.reloading import Reloading
from connector.runtime.signals import heard
from connector.runtime.simulating.trials import ProcessTrials
from connector.runtime.telemetry import setup_logging
from connector.sync.deciding.in_force import take_up
from connector.sync.pulling.remap import remap
from connector.sync.pushing.push import take_back
from connector.sync.tasks import PULL, SCORE
from connector.web.app import make_app
from connector.web.desk import Desk
from connector.web.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.runtime.assembling import Parts
    from connector.runtime.signals import Signals

LAST_JOBS = timedelta(seconds=5)
"""What jobs under way have at the end; then what they had in hand is given back."""

_log = structlog.get_logger("heatsync")


async def run_daemon(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run until the process is told to stop; `announce` is told the address once all is ready.

    Raises ConfigError for a configuration or a setting that is wrong, StateBusy when another
    process owns the cycles on a database of one.
    """
    _refuse_an_open_door(settings)
    configuration = read_configuration(settings)
    with heard() as signals:
        async with assembled(settings, configuration) as parts:
            await _Daemon(parts=parts).run(signals, announce)


@dataclass(slots=True, kw_only=True)
class _Daemon:
    """The parts at work."""

    parts: Parts
    reloading: Reloading = field(init=False)
    trials: ProcessTrials = field(init=False)
    unready: str | None = "the daemon is starting"
    """Why it cannot work; None: it can."""

    def __post_init__(self) -> None:
        self.reloading = Reloading(
            self.parts.settings, read=read_configuration, apply=self._put_in_force, tell=self._look
        )
        self.trials = ProcessTrials(self.parts.settings, self.parts.clock)
        self.parts.service.when_erased = self.trials.let_go
        self.parts.watcher.is_broken = lambda: bool(self.reloading.problems)

    async def run(self, signals: Signals, announce: Callable[[str], None]) -> None:
        """Serve until told to stop, then let what is under way end."""
        app = make_app(self._desk())
        if self.parts.settings.dashboard:
            # It takes half a second and 20 MB, which nothing else is to pay for.
            from connector.web.dashboard.mounting import mount  # noqa: PLC0415 - as said

            mount(app)
        async with (
            aclosing(self.trials),
            serving(app, self.parts.settings.host, self.parts.settings.port) as address,
            self.parts.state.own_cycles(
                self._owner(), is_shared=self.parts.is_shared, address=address
            ),
        ):
            beginning = asyncio.create_task(self._begin())
            told = asyncio.create_task(signals.stop.wait())
            await asyncio.wait([beginning, told], return_when=asyncio.FIRST_COMPLETED)
            if not told.done():
                await beginning
                self.unready = None
                _log.info("ready", address=address, process=self.parts.process)
                announce(address)
                await self._serve(signals, told)
            beginning.cancel()
            _log.info("stopped")

    def _owner(self) -> str:
        """Return what others are told of this process; of replicas it is known since when."""
        now = self.parts.clock.now()
        since = "" if self.parts.is_shared else f", since {now:%Y-%m-%d %H:%M} UTC"
        return f"heatsync run ({self.parts.process}{since})"

    async def _begin(self) -> None:
        """Take back what a dead process had in hand, and take up an edited configuration.

        Where others work too, who takes a lane takes back what was in hand there.
        """
        if not self.parts.is_shared:
            async with self.parts.state.write() as tx:
                await take_back(tx)
        await self._take_up()
        await self.parts.plane.schedule(list(ticks_of(self.parts.installation.workspace)))

    async def _take_up(self) -> None:
        """Let the present configuration decide who people are, and who is hot."""
        await remap(self.parts.installation.workspace)
        await take_up(self.parts.installation.workspace)

    async def _serve(self, signals: Signals, told: asyncio.Task[object]) -> None:
        serving_jobs = asyncio.create_task(self.parts.plane.serve(self.parts.service.perform))
        following = asyncio.create_task(self.reloading.follow(signals.reload))
        try:
            # Neither of the two ends by itself: when one does, that is why the daemon does.
            await asyncio.wait([told, serving_jobs, following], return_when=asyncio.FIRST_COMPLETED)
            for ended in (serving_jobs, following):
                if ended.done():
                    ended.result()
        finally:
            following.cancel()
            # Whoever spreads calls over several has others take them.
            self.unready = "the daemon is stopping"
            under_way = [str(job) for job in self.parts.plane.under_way()]
            _log.info("stopping", jobs=under_way)
            await self.parts.plane.stop(LAST_JOBS)
            await asyncio.gather(serving_jobs, following, return_exceptions=True)

    async def _look(self) -> None:
        """Tell operators at once what has changed, and not when the minute is over."""
        async with self.parts.installation.in_use() as workspace:
            try:
                await self.parts.watcher.look(workspace)
            except StateError as error:
                _log.warning("not looked at", reason=str(error))

    async def _put_in_force(self, configuration: Configuration, settings: Settings) -> None:
        """Work by another configuration from now on."""
        # Another key must not be told either, nor the one that it takes the place of.
        setup_logging(settings, before=self.parts.settings)
        self.parts.watcher.renew(settings)
        self.trials.renew(settings)
        await self.parts.installation.configure(configuration, settings)
        await self._take_up()
        ticks = list(ticks_of(self.parts.installation.workspace))
        await self.parts.plane.schedule(ticks)
        # Another rule, or another field to be read, is seen at once and not when its turn comes.
        for tick in ticks:
            if tick.job.task in {PULL, SCORE}:
                await self.parts.plane.defer(tick.job)

    def _desk(self) -> Desk:
        return Desk(
            workspace=lambda: self.parts.installation.workspace,
            settings=self.parts.settings,
            clock=self.parts.clock,
            defer=self.parts.plane.defer,
            metrics=lambda: self.parts.metrics.exposition(self.parts.installation.workspace),
            readiness=self._readiness,
            count=self.parts.metrics.webhook_call,
            trials=self.trials,
        )

    def _readiness(self) -> Sequence[Problem]:
        return (Problem(message=self.unready),) if self.unready else ()


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
