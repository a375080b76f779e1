"""What was to be done about records that are gone is done about those they became."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.ledger import FiringState
from connector.errors import Recovery
from connector.sync.records.missing import look_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.ledger import Firing
    from connector.sync.workspace import Workspace


async def still_missing(
    workspace: Workspace, name: str, firings: Sequence[Firing], tried: Mapping[str, str]
) -> Collection[str]:
    """Look for the records that were `tried`, and return the keys of whom none is found instead.

    All are given back before, as a merge hands on, or drops, only what nobody has in hand. Raises
    PlatformError where the records cannot be looked for now: they are left to a later run.
    """
    free = [replace(each, state=FiringState.PENDING) for each in firings]
    await workspace.state.transact(lambda tx: tx.triggers.settle(free))
    failure = await look_for(workspace, name, sorted(set(tried.values())))
    if failure is not None:
        if failure.recovery is not Recovery.SKIP:
            raise failure
        return tried.keys()
    contacts = {each.contact for each in firings}
    async with workspace.state.read() as tx:
        open_ = {each.key: each.contact for each in await tx.triggers.unfinished(contacts)}
        to = await tx.contacts.addressees(name, contacts)
    return {
        key
        for key, remote_id in tried.items()
        if key in open_ and ((here := to.get(open_[key])) is None or here.remote_id == remote_id)
    }
