"""Notice that what was written to a place of ours alone is gone, as when a folder was deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.outbound import NOTHING, DeliveryState, Outbound
from connector.errors import PlatformError, Problem
from connector.sync.outbox.difference import is_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

SAMPLE = 100
PAGE = 5_000


async def write_lost_again(workspace: Workspace, target: Target) -> Sequence[Problem]:
    """Let everything be written again where nothing of it is left; return that it was so."""
    name = target.platform
    writer = workspace.platforms[name].attribute_writer
    # Nothing can be read back where everybody is only told.
    if name not in workspace.ours - workspace.sinks or writer is None:
        return ()
    async with workspace.state.read() as tx:
        clean = await tx.outbox.list(platform=name, states={DeliveryState.CLEAN}, limit=SAMPLE)
    expected = {row.remote_id: _values(row) for row in clean if _values(row)}
    names = sorted(set().union(*expected.values()))

    async def look() -> Mapping[str, Mapping[str, object]]:
        return await writer.read_attributes(list(expected), names)

    try:
        present = await workspace.patience(name)(look) if expected else {}
    except PlatformError:
        return ()  # whatever keeps it from answering keeps it from being written, and is told then
    if not expected or any(
        present.get(each, {}).get(name) is not None
        for each, values in expected.items()
        for name in values
    ):
        return ()
    await _forget_all(workspace, target)
    message = "what was written there is gone; all of it is written again"
    return [Problem(path=name, message=message)]


def _values(row: Outbound) -> set[str]:
    """Return the fields that are known to hold a value."""
    return {name for name, value in row.confirmed.attributes.items() if value is not None}


async def _forget_all(workspace: Workspace, target: Target) -> None:
    after: tuple[str, int] | None = None

    async def work(tx: Transaction) -> Sequence[Outbound]:
        rows = await tx.outbox.list(platform=target.platform, after=after, limit=PAGE)
        await tx.outbox.save([_anew(row, target) for row in rows])
        return rows

    while True:
        rows = await workspace.state.transact(work)
        if len(rows) < PAGE:
            return
        after = (rows[-1].platform, rows[-1].contact)


def _anew(row: Outbound, target: Target) -> Outbound:
    anew = replace(row, confirmed=NOTHING, revision=row.revision + 1, last_error=None)
    state = DeliveryState.PENDING if is_work(anew, target) else DeliveryState.CLEAN
    return replace(anew, state=state)
