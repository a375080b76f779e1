"""How often platforms called within the last hour, and what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.calls import STORED
from connector.domain.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.sync.workspace import Workspace

MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPulse:
    """The calls of one platform."""

    platform: str
    """Empty: calls to addresses of none."""
    last_at: datetime | None
    """The minute in which one was last taken; None: in the last seven days none was."""
    taken: Sequence[int]
    """How many in each minute, the present one last."""
    refused: Mapping[str, int]
    """How many of the hour were not taken, by the reason."""

    def to_json(self) -> dict[str, object]:
        """Return the calls as machines read them."""
        return {
            "platform": self.platform or None,
            "last_at": iso(self.last_at) if self.last_at else None,
            "taken": list(self.taken),
            "refused": dict(self.refused),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The calls of the last hour, of all processes together."""

    since: datetime
    """When the first of the minutes began."""
    platforms: Sequence[PlatformPulse]
    """Those that take webhooks, in the order of the configuration; then calls to none, if any."""

    def to_json(self) -> dict[str, object]:
        """Return the calls as machines read them."""
        return {"since": iso(self.since), "platforms": [each.to_json() for each in self.platforms]}


async def pulse(workspace: Workspace, now: datetime) -> Pulse:
    """Return how often each platform called in the hour before `now`.

    A call is told of some seconds after it came.
    """
    since = now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
    async with workspace.state.read() as tx:
        counts = await tx.pulse.since(since)
        callers = [
            entry.name
            for entry in workspace.configuration.platforms
            if workspace.platforms[entry.name].webhook_parser is not None
        ]
        last = {name: await tx.pulse.last(name) for name in callers}
    if any(not each.platform for each in counts):
        last[""] = None
    taken = {name: [0] * MINUTES for name in last}
    refused: dict[str, Counter[str]] = {name: Counter() for name in last}
    for each in counts:
        place = (each.minute - since) // timedelta(minutes=1)
        if each.platform not in last or place >= MINUTES:
            continue
        if each.outcome == STORED:
            taken[each.platform][place] += each.calls
        else:
            refused[each.platform][each.outcome] += each.calls
    return Pulse(
        since=since,
        platforms=[
            PlatformPulse(platform=name, last_at=at, taken=taken[name], refused=refused[name])
            for name, at in last.items()
        ],
    )
