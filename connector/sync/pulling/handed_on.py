"""Events that are another record's now: whose they were is read before they are taken in.

Records that are merged hand on what they did, perhaps before anything is heard of the merge. Taken
for news of somebody else it would be done to them as well what was done because of it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from connector.errors import PlatformError
from connector.sync.outbox.just_read import reading_of, take_contacts, watched
from connector.sync.outbox.second_look import SecondLook, may_not_be_asked

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact
    from connector.domain.events import Event
    from connector.domain.pages import Page
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

ASKED = 100
"""Records asked for at once."""


async def merged_first(
    workspace: Workspace, name: str, drift: Counter[str], page: Page[Event]
) -> Page[Event]:
    """Return a page of events of the platform `name`, after records they moved between were read.

    What of ours turns out to be changed on those is added to `drift`.

    Where those may not be read, the events are taken in as they are. Raises PlatformError where it
    may pass that they cannot.
    """
    lookup = workspace.platforms[name].lookup
    if lookup is None or not (ids := await _moved(workspace, name, page)):
        return page
    look = SecondLook(workspace=workspace, name=name, target=watched(workspace, name))
    async with workspace.state.read() as tx:
        await look.recall(tx)
    reading = look.without_paused(reading_of(workspace, name))
    for start in range(0, len(ids), ASKED):
        since, some = workspace.clock.now(), ids[start : start + ASKED]
        try:
            read = await workspace.patience(name)(partial(lookup.fetch, some, reading))
            found = await look.at_present(read)
        except PlatformError as error:
            if not may_not_be_asked(error):
                raise
            break
        drift += await workspace.state.transact(partial(_take, workspace, name, found, since))
    return page


async def _moved(workspace: Workspace, name: str, page: Page[Event]) -> Sequence[str]:
    """Return the records that events are known of, and those they are told of instead."""
    if not page.items:
        return ()
    async with workspace.state.read() as tx:
        before = await tx.events.refs(name, [each.id for each in page.items])
        moved = [each for each in page.items if before.get(each.id, each.subject) != each.subject]
        refs = {ref for each in moved for ref in (each.subject, before[each.id])}
        return sorted(await tx.contacts.named(name, refs)) if refs else ()


async def _take(
    workspace: Workspace, name: str, found: Sequence[Contact], since: datetime, tx: Transaction
) -> Counter[str]:
    return (await take_contacts(tx, workspace, name, found, since=since)).drift
