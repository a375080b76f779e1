"""Which events there are at all, noted now and then, since to count them takes looking at each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.config.lint.subject import Seen
from connector.domain.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

_NOTE = "types of events"


async def note_types(workspace: Workspace, at: datetime) -> None:
    """Note how many events there are of each type as of now, `at`."""
    async with workspace.state.read() as tx:
        types = await tx.events.types()
    told = [[platform, kind, count] for (platform, kind), count in sorted(types.items())]
    async with workspace.state.write() as tx:
        await tx.notes.put(_NOTE, json.dumps({"at": iso(at), "types": told}))


async def seen_of_late(tx: Transaction) -> tuple[Seen, str] | None:
    """Return what was noted last, with all models so far, and when (ISO); None: nothing yet."""
    noted = await tx.notes.get(_NOTE)
    if noted is None:
        return None
    told = json.loads(noted)
    types = {(platform, kind): count for platform, kind, count in told["types"]}
    return Seen(types=types, models=await tx.scores.models()), told["at"]
