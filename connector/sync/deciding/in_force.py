"""Which configuration decides, where several processes share a database: the one taken up last.

Two that decide by different rules would each find everybody scored by the other's, and score them
anew for ever; each flip would be a new entry into what triggers wait for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

NOTE = "model in force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseding:
    """That another process took up another configuration later."""

    since: str
    """When, ISO 8601."""
    by: str
    """What people call that process."""


async def take_up(workspace: Workspace) -> None:
    """Let the rules of `workspace` decide from now on, whoever else shares the database."""
    taken_up = {
        "digest": workspace.configuration.model.digest,
        "since": iso(workspace.clock.now()),
        "by": workspace.process,
    }
    async with workspace.state.write() as tx:
        await tx.notes.put(NOTE, json.dumps(taken_up))


async def superseded(workspace: Workspace) -> Superseding | None:
    """Return by whom other rules than those of `workspace` were put in force; None: these are."""
    async with workspace.state.read() as tx:
        known = await _known(tx)
    if not known or known["digest"] == workspace.configuration.model.digest:
        return None
    return Superseding(since=known["since"], by=known["by"])


async def is_in_force(tx: Transaction, digest: str) -> bool:
    """Return whether the rules with this digest decide; for whoever records a decision in `tx`."""
    known = await _known(tx)
    return not known or known["digest"] == digest


async def _known(tx: Transaction) -> Mapping[str, str]:
    known: Mapping[str, str] = json.loads(await tx.notes.get(NOTE) or "{}")
    return known
