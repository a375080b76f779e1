"""The day before: heatsync has been here since yesterday, so that there is a today to tell of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.runtime.bootstrap import opened_workspace
from connector.sync.cycle import Steps, run_cycle

if TYPE_CHECKING:
    from connector.config.settings import Settings

_AGO = timedelta(hours=24)


async def begin_yesterday(settings: Settings) -> None:
    """Read everything for the first time, and score everybody as of a day ago.

    It is what `heatsync sync --at` does, but for the push: today's scores are written today.
    """
    async with opened_workspace(settings, is_telling=False) as workspace:
        at = workspace.clock.now() - _AGO
        await run_cycle(workspace, Steps(command="sync", pushes=False), at)
