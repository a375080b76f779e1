"""When we last changed who is in a list: what was read before then says nothing about that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Settlement
    from connector.ports.store import Transaction


async def note_list_moves(
    tx: Transaction, platform: str, settlements: Sequence[Settlement], at: datetime
) -> None:
    """Remember the lists that `settlements` confirm to be moved, as moved until `at`."""
    moved = {
        name
        for each in settlements
        for name, is_member in each.confirmed.lists.items()
        if is_member is not each.row.confirmed.lists.get(name)
    }
    if not moved:
        return
    known: dict[str, int] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    await tx.notes.put(
        _note(platform), json.dumps({**known, **dict.fromkeys(sorted(moved), to_micros(at))})
    )


async def list_moves(tx: Transaction, platform: str) -> Mapping[str, datetime]:
    """Return when each list of a platform was last moved by us."""
    known: dict[str, int] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    return {name: from_micros(micros) for name, micros in known.items()}


def _note(platform: str) -> str:
    return f"lists moved:{platform}"
