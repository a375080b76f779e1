"""Ask every platform of a configuration whether it is ready, and the database what it has seen."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.config.lint.subject import Seen
from connector.config.places import Report
from connector.errors import (
    PlatformError,
    PlatformUnavailable,
    Problem,
    RateLimited,
    StateError,
    StateForbidden,
    StateUnreachable,
)
from connector.runtime.bootstrap import opened_state
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import connected
from connector.sync.setting_up.provisioning import Lacking, lacking, provide
from state.versions import check_rights, is_current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.platform import Platform
    from connector.ports.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one platform was found to be."""

    said: Sequence[Problem] = ()
    """What it said of itself that keeps it from working."""
    missing: Lacking = field(default_factory=Lacking)
    """What it lacks of what the configuration names."""
    advice: Sequence[Problem] = ()
    """What is worth a look, and keeps nothing from working."""

    @property
    def problems(self) -> Sequence[Problem]:
        """Return all that keeps it from working."""
        return [*self.said, *self.missing.problems]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """How all platforms were found, by name."""

    examined: Mapping[str, Examined]
    made: Mapping[str, Lacking] = field(default_factory=dict)
    """What they lacked and were given."""


async def check_platforms(
    configuration: Configuration,
    settings: Settings | None = None,
    *,
    agrees: Callable[[Mapping[str, Lacking]], bool] | None = None,
    progress: Progress | None = None,
) -> Checkup:
    """Return how each platform was found.

    What they lack and can be given is made where `agrees`, which is handed all of it, says so;
    without it nothing is written on any. What is asked of them is counted in the database of
    `settings`, where there is one; `progress` shows for what is waited.
    """
    clock = SystemClock()
    found: dict[str, Examined] = {}
    platforms: dict[str, Platform] = {}
    async with AsyncExitStack() as stack:
        for entry in configuration.platforms:
            name = entry.name
            try:
                opening = connected(entry, clock, settings, configuration, progress)
                platforms[name] = await stack.enter_async_context(opening)
                found[name] = await _examined(platforms[name], configuration)
            except PlatformError as error:
                found[name] = Examined(said=[_failure(name, error, configuration)])
        missing = {name: each.missing for name, each in found.items() if each.missing}
        if not missing or agrees is None or not agrees(missing):
            return Checkup(examined=found)
        mended = {
            name: await _mended(platforms[name], found[name], configuration) for name in missing
        }
    made = {name: each.without(mended[name].missing) for name, each in missing.items()}
    return Checkup(
        examined=found | mended, made={name: each for name, each in made.items() if each}
    )


async def seen_so_far(settings: Settings) -> tuple[Seen | None, Sequence[Problem]]:
    """Return what the database knows of the past, and what keeps it from being used.

    None where there is none to be read. Nothing is written: a database that is not there yet is
    not made.
    """
    try:
        url = settings.database_url.get_secret_value()
        if not await asyncio.to_thread(is_current, url):
            await asyncio.to_thread(check_rights, url)
            return None, ()
        async with opened_state(settings) as state, state.read() as tx:
            seen = Seen(types=await tx.events.types(), models=await tx.scores.models())
            return seen, ()
    except (StateForbidden, StateUnreachable) as error:
        message = f"the database cannot be used: {error}"
        hint = "mend it, or name another one in HEATSYNC_DATABASE_URL"
        return None, [Problem(message=message, hint=hint, is_advice=True)]
    except StateError:
        return None, ()


async def _examined(platform: Platform, configuration: Configuration) -> Examined:
    said = [_placed(each, platform.name, configuration) for each in await platform.check()]
    found = [each for each in said if not each.is_advice]
    try:
        missing = await lacking(platform, configuration)
    except PlatformError:
        if not found:
            raise
        # What the platform said of itself is why it could not be asked.
        missing = Lacking()
    advice = [each for each in said if each.is_advice]
    return Examined(said=found, missing=missing, advice=advice)


async def _mended(platform: Platform, before: Examined, configuration: Configuration) -> Examined:
    """Make what is missing; return how the platform is found then."""
    try:
        failures = await provide(platform, before.missing)
        missing = await lacking(platform, configuration)
    except PlatformError as error:
        failure = _failure(platform.name, error, configuration)
        return replace(before, said=[failure, *before.said])
    return replace(before, said=[*failures, *before.said], missing=missing)


def _placed(problem: Problem, name: str, configuration: Configuration) -> Problem:
    """Return what a platform says of itself with the place of its entry."""
    steps = () if problem.path == name else (problem.path or "").split(".")[2:]
    place = Report(places=configuration.places).place(("platforms", name, *steps))
    return replace(problem, file=place.file, line=place.line) if place else problem


def _failure(name: str, error: PlatformError, configuration: Configuration) -> Problem:
    message, hint = str(error).removeprefix(f"{name}: "), None
    if isinstance(error, PlatformUnavailable):
        hint = (
            "try again; if it lasts, look whether this machine reaches it, and at its status page"
        )
    elif isinstance(error, RateLimited):
        hint = "nothing to do but to wait"
    return _placed(Problem(message=message, path=name, hint=hint), name, configuration)
