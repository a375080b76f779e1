"""Have platforms call this installation, and stop them; for those that let us manage that."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from connector.config.settings import variable
from connector.errors import ConfigError, NotFound, Problem
from connector.ports.platform import Part
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from connector.config.configuration import Configuration, PlatformEntry
    from connector.config.settings import Settings
    from connector.ports.platform import RemoteWebhook, Webhooks
    from connector.ports.progress import Progress


def address_of(settings: Settings, platform: str) -> str:
    """Return where `platform` is to call us; raises ConfigError when nobody said where we are."""
    if settings.public_url is None:
        message = "platforms cannot call this installation: nobody said where it is reached"
        hint = f"set {variable('public_url')} to its public address, as https://heat.example.com"
        raise ConfigError([Problem(message=message, hint=hint)])
    return f"{settings.public_url}/webhooks/{platform}"


async def registered(
    configuration: Configuration,
    settings: Settings,
    only: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Sequence[RemoteWebhook]]:
    """Return all webhooks of the platforms that let us see them, or of the one named `only`."""
    found = {}
    for entry in _managed(configuration, only):
        async with _webhooks(entry, settings, progress) as part:
            found[entry.name] = tuple(await part.webhooks())
    return found


async def register(
    configuration: Configuration,
    settings: Settings,
    only: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Sequence[RemoteWebhook]]:
    """Make platforms call us for all we can use; return the webhooks that do so."""
    made = {}
    for entry in _managed(configuration, only):
        address = address_of(settings, entry.name)
        async with _webhooks(entry, settings, progress) as part:
            made[entry.name] = tuple(await part.register(address))
    return made


async def remove(
    configuration: Configuration,
    settings: Settings,
    only: str | None = None,
    remote_id: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Sequence[RemoteWebhook]]:
    """Remove the webhooks that call us, or the one with `remote_id`; return what was removed.

    Raises NotFound when no platform has a webhook of that id.
    """
    removed = {}
    for entry in _managed(configuration, only):
        async with _webhooks(entry, settings, progress) as part:
            given = [
                each
                for each in await part.webhooks()
                if (
                    each.remote_id == remote_id
                    if remote_id
                    else each.url == address_of(settings, entry.name)
                )
            ]
            for each in given:
                await part.remove(each.remote_id)
            removed[entry.name] = tuple(given)
    if remote_id and not any(removed.values()):
        msg = f"there is no webhook {remote_id}"
        raise NotFound(msg)
    return removed


def _managed(configuration: Configuration, only: str | None) -> Sequence[PlatformEntry]:
    """Return the platforms whose webhooks can be managed; raises ConfigError when there is none."""
    entries = [
        each
        for each in configuration.platforms
        if Part.WEBHOOKS in each.adapter.capabilities.parts and only in {None, each.name}
    ]
    if entries:
        return entries
    message = "no platform of the configuration lets its webhooks be managed from here"
    if only is not None:
        known = [each.name for each in configuration.platforms]
        message = f"{only} does not let its webhooks be managed from here"
        if only not in known:
            message = f"there is no platform {only}; known: {', '.join(known) or 'none'}"
            raise ConfigError([Problem(message=message)])
    raise ConfigError([Problem(message=message, hint="set them up there")])


@asynccontextmanager
async def _webhooks(
    entry: PlatformEntry, settings: Settings, progress: Progress | None
) -> AsyncIterator[Webhooks]:
    opening = connected(entry, SystemClock(), settings, progress=progress)
    async with opening as platform:
        if platform.webhooks is None:
            message = f"{entry.name} does not let its webhooks be managed from here"
            raise ConfigError([Problem(message=message)])
        yield platform.webhooks
