"""Ask every platform of a configuration whether it is ready, and the database what it has seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from connector.config.hints import did_you_mean
from connector.config.lint.subject import Seen
from connector.errors import PlatformError, Problem, StateError
from connector.runtime.bootstrap import connect, opened_state
from connector.runtime.clock import SystemClock
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.domain.attributes import Attribute
    from connector.ports.platform import Platform


async def check_platforms(configuration: Configuration) -> dict[str, list[Problem]]:
    """Return, per platform, what keeps it from working; nothing is written anywhere."""
    troubles: dict[str, list[Problem]] = {}
    clock = SystemClock()
    attributes = configuration.attributes
    for entry in configuration.platforms:
        platform = connect(entry, clock)
        try:
            found = await platform.check()
            troubles[entry.name] = [
                *found,
                *([] if found else await _missing(platform, attributes)),
            ]
        except PlatformError as error:
            troubles[entry.name] = [Problem(message=str(error), path=entry.name)]
        finally:
            await platform.aclose()
    return troubles


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


async def _missing(platform: Platform, attributes: Mapping[str, Attribute]) -> Sequence[Problem]:
    """Return a problem for each field that the configuration reads and the platform lacks."""
    if platform.fields is None:
        return ()
    known = {each.name for each in await platform.fields.fields()}
    return [
        Problem(
            path=f"attributes.{name}.{platform.name}",
            message=f"{platform.name} has no field {theirs}: the attribute stays empty",
            hint=did_you_mean(theirs, known),
        )
        for name, attribute in attributes.items()
        if (theirs := attribute.sources.get(platform.name)) and theirs not in known
    ]
