"""Records that something was to be done to, and that are not there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from connector.domain.contacts import Reading, Removal
from connector.errors import PlatformError
from connector.sync.records.ingest import ingest_removals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.contacts import Contact
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace


async def look_for(
    workspace: Workspace, name: str, remote_ids: Sequence[str]
) -> PlatformError | None:
    """Ask for records that a write did not find, and take note of those that are gone.

    Who they belong to is decided anew; returns what kept the platform from answering.
    """
    lookup = workspace.platforms[name].lookup
    if not remote_ids or lookup is None:
        return None
    try:
        found = await workspace.patience(name)(lambda: lookup.fetch(remote_ids, Reading()))
    except PlatformError as error:
        return error
    await workspace.state.transact(partial(_take_note, workspace, name, remote_ids, found))
    return None


async def _take_note(
    workspace: Workspace,
    name: str,
    remote_ids: Sequence[str],
    found: Sequence[Contact],
    tx: Transaction,
) -> None:
    present = {each.remote_id for each in found}
    winners = {old: each.remote_id for each in found for old in each.merged_ids}
    gone = [
        Removal(remote_id=each, merged_into=winners.get(each))
        for each in remote_ids
        if each not in present
    ]
    await ingest_removals(tx, name, gone, workspace.naming, workspace.clock.now())
