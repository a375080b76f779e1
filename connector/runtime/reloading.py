"""Take up an edited configuration while the daemon runs; a broken one changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from watchfiles import awatch

from connector.config.settings import ENV_FILE, read_settings, variable
from connector.errors import ConfigError, ConnectorError, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings

_log = structlog.get_logger("heatsync")

LOOK_EVERY = 5
"""Seconds after which files are looked at without being told of a change."""

_FIXED = (
    *("database_url", "cache", "mappings", "host", "port", "log_format", "log_level"),
    *("admin_token", "public_url", "trusted_proxies", "forget_key"),
)
"""Settings that are read once, when the process starts."""


class Reloading:
    """Reads the configuration again when it is told to, or when a file of it has changed."""

    def __init__(
        self,
        settings: Settings,
        *,
        read: Callable[[Settings], Configuration],
        apply: Callable[[Configuration, Settings], Awaitable[None]],
        tell: Callable[[], Awaitable[None]],
    ) -> None:
        """Take the settings in force, how a configuration is read, and who puts it in force.

        `tell` is called when it became known that the files are broken, or are not any more.
        """
        self._settings = settings
        self._written = _fixed(_read_again(settings))
        """The settings that need a new start as the environment has them: options may differ."""
        self._read = read
        self._apply = apply
        self._tell = tell
        self._seen = self._digest()
        self.problems: Sequence[Problem] = ()
        """What is wrong with the files, while an earlier configuration stays in force."""

    async def reload(self) -> bool:
        """Put the configuration that the files hold in force; return whether it is."""
        was_broken = bool(self.problems)
        is_in_force = await self._reload()
        # Broken before and in force now, or the other way round.
        if was_broken == is_in_force:
            await self._tell()
        return is_in_force

    async def _reload(self) -> bool:
        self._seen = await asyncio.to_thread(self._digest)
        try:
            settings = self._kept(await asyncio.to_thread(_read_again, self._settings))
            configuration = await asyncio.to_thread(self._read, settings)
            await self._apply(configuration, settings)
        except ConfigError as error:
            self.problems = error.problems
            for problem in error.problems:
                _log.error("configuration is broken, the running one stays", problem=str(problem))
            return False
        except ConnectorError as error:
            # Such as a database that does not answer: to be tried again at the next look.
            self._seen = ""
            _log.warning("configuration not taken up yet", reason=str(error))
            return False
        self._settings = settings
        self.problems = ()
        _log.info("configuration reloaded", model=configuration.model.digest[:12])
        return True

    async def follow(self, asked: asyncio.Event) -> None:
        """Reload whenever `asked` is set or a file changes, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._when_asked(asked))
            group.create_task(self._when_changed())

    async def _when_asked(self, asked: asyncio.Event) -> None:
        while True:
            await asked.wait()
            asked.clear()
            await self.reload()

    async def _when_changed(self) -> None:
        """Look whenever the folder tells of a change, and now and then without being told.

        The folder is watched and not its files, since editors and Kubernetes put others in their
        place. What tells of nothing (a network drive, `.env`, a folder made anew) is looked at.
        """
        while True:
            with suppress(OSError):
                async for _ in awatch(
                    self._settings.mappings,
                    watch_filter=None,
                    recursive=False,
                    rust_timeout=LOOK_EVERY * 1_000,
                    yield_on_timeout=True,
                ):
                    await self._look()
            await asyncio.sleep(LOOK_EVERY)
            await self._look()

    async def _look(self) -> None:
        if await asyncio.to_thread(self._digest) != self._seen:
            await self.reload()

    def _kept(self, settings: Settings) -> Settings:
        """Return new settings with those that hold until the process starts again."""
        written = _fixed(settings)
        changed = [name for name in _FIXED if written[name] != self._written[name]]
        if changed:
            named = [variable(each) for each in changed]
            _log.warning("settings take effect at the next start", settings=named)
        self._written = written
        return settings.model_copy(update=_fixed(self._settings))

    def _digest(self) -> str:
        """Return what tells whether any file of the configuration is another."""
        content = hashlib.blake2b(digest_size=16)
        for path in self._files():
            with suppress(OSError):
                content.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
        return content.hexdigest()

    def _files(self) -> Iterator[Path]:
        yield ENV_FILE
        yield from sorted(self._settings.mappings.glob("*.yaml"))


def _read_again(settings: Settings) -> Settings:
    return read_settings(mappings=settings.mappings)


def _fixed(settings: Settings) -> Mapping[str, object]:
    return {name: getattr(settings, name) for name in _FIXED}
