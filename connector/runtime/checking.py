"""Ask every platform of a configuration whether it is ready, and the database what it has seen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.config.lint.subject import Seen
from connector.errors import PlatformError, Problem, StateError
from connector.runtime.bootstrap import opened_state
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import connected
from connector.sync.setting_up.provisioning import Lacking, lacking, provide
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one platform was found to be."""

    problems: Sequence[Problem] = ()
    """What keeps it from working."""
    missing: Lacking = field(default_factory=Lacking)
    """What of that can be made."""
    advice: Sequence[Problem] = ()
    """What is worth a look, and keeps nothing from working."""


async def check_platforms(
    configuration: Configuration, settings: Settings | None = None
) -> dict[str, Examined]:
    """Return how each platform was found; nothing is written on any.

    What that takes of their limits is counted in the database of `settings`, where there is one.
    """
    found = {}
    clock = SystemClock()
    for entry in configuration.platforms:
        try:
            async with connected(entry, clock, settings, configuration) as platform:
                found[entry.name] = await _examined(platform, configuration)
        except PlatformError as error:
            found[entry.name] = Examined(problems=[_failure(entry.name, error)])
    return found


async def provide_missing(
    configuration: Configuration,
    missing: Mapping[str, Lacking],
    settings: Settings | None = None,
) -> dict[str, list[Problem]]:
    """Make on each platform what it lacks; return, per platform, what kept it from getting it."""
    failures: dict[str, list[Problem]] = {}
    clock = SystemClock()
    for name, each in missing.items():
        try:
            async with connected(configuration.platform(name), clock, settings) as platform:
                failures[name] = list(await provide(platform, each))
        except PlatformError as error:
            failures[name] = [_failure(name, error)]
    return failures


async def seen_so_far(settings: Settings) -> Seen | None:
    """Return what the database knows of the past; None where there is none to be read.

    Nothing is written: a database that is not there yet is not made.
    """
    try:
        if not await asyncio.to_thread(is_current, settings.database_url.get_secret_value()):
            return None
        async with opened_state(settings) as state, state.read() as tx:
            return Seen(types=await tx.events.types(), models=await tx.scores.models())
    except StateError:
        return None


async def _examined(platform: Platform, configuration: Configuration) -> Examined:
    said = await platform.check()
    found = [each for each in said if not each.is_advice]
    try:
        missing = await lacking(platform, configuration)
    except PlatformError:
        if not found:
            raise
        # What the platform said of itself is why it could not be asked.
        missing = Lacking()
    advice = [each for each in said if each.is_advice]
    return Examined(problems=[*found, *missing.problems], missing=missing, advice=advice)


def _failure(name: str, error: PlatformError) -> Problem:
    return Problem(message=str(error).removeprefix(f"{name}: "), path=name)
