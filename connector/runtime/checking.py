"""Ask every platform of a configuration whether it is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import PlatformError, Problem
from connector.runtime.bootstrap import connect
from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from connector.config.configuration import Configuration


async def check_platforms(configuration: Configuration) -> dict[str, list[Problem]]:
    """Return, per platform, what keeps it from working; nothing is written anywhere."""
    troubles: dict[str, list[Problem]] = {}
    clock = SystemClock()
    for entry in configuration.platforms:
        platform = connect(entry, clock)
        try:
            troubles[entry.name] = list(await platform.check())
        except PlatformError as error:
            troubles[entry.name] = [Problem(message=str(error), path=entry.name)]
        finally:
            await platform.aclose()
    return troubles
