"""Tell operators once when something is amiss, and once when it is well again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.errors import PlatformError, PlatformUnavailable
from connector.sync.alerting.alarms import stream_of
from connector.sync.alerting.differences import differences, without_strangers
from connector.sync.alerting.ledger import keep_ledger, read_ledger
from connector.sync.alerting.signals import read_signals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.ports.notifier import Notifier
    from connector.sync.alerting.differences import Message
    from connector.sync.alerting.ledger import Ledger
    from connector.sync.alerting.signals import Signals
    from connector.sync.workspace import Workspace

SENDING = timedelta(minutes=2)
"""So long one look may take to tell all there is."""
CLAIMED = timedelta(minutes=5)
"""So long nobody else tells it: whoever has not ended by then is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What one look came to."""

    told: Sequence[Message] = ()
    error: PlatformError | None = None
    """Why not all of it could be told; it is tried again at the next look."""


async def watch(
    workspace: Workspace,
    notifier: Notifier | None,
    at: datetime,
    *,
    is_broken: bool = False,
    moved: timedelta | None = None,
) -> Watched:
    """Look at how `workspace` stands at `at`, and tell what is another than was told.

    For every minute, by any process: what was told is known to all of them. `is_broken` is
    whether this process goes on with an older configuration than the one on disk, `moved` by how
    much it found its clock moved. Without a notifier what there is to tell counts as told.
    """
    signals = await read_signals(workspace, is_broken=is_broken)
    messages = await _claim(workspace, signals, at, moved)
    if not messages:
        return Watched()
    told, error = await _tell(notifier, messages)
    async with workspace.state.write() as tx:
        await keep_ledger(tx, _after(await read_ledger(tx), told))
    return Watched(told=told, error=error)


async def _claim(
    workspace: Workspace, signals: Signals, at: datetime, moved: timedelta | None
) -> Sequence[Message]:
    """Return what this look is to tell, and let nobody else tell it meanwhile."""
    unread = [str(stream_of(lag)) for lag in signals.lags if lag.completed_at is None]
    async with workspace.state.write() as tx:
        ledger = (await read_ledger(tx)).watched(at, unread)
        receivers = [*workspace.order, *workspace.couriers]
        ledger = without_strangers(ledger, receivers, at)
        if moved is not None:
            ledger = replace(ledger, moves={**ledger.moves, at: moved})
        messages: Sequence[Message] = ()
        # One that lies further ahead than it can was made before the clock was set back.
        until = ledger.sending_until
        if until is None or not at < until <= at + CLAIMED:
            messages = differences(ledger, signals, at=at, process=workspace.process)
            ledger = replace(ledger, sending_until=at + CLAIMED if messages else None)
        await keep_ledger(tx, ledger)
    return messages


async def _tell(
    notifier: Notifier | None, messages: Sequence[Message]
) -> tuple[Sequence[Message], PlatformError | None]:
    """Return what could be told, and why the rest could not."""
    if notifier is None:
        return messages, None
    told: list[Message] = []
    try:
        async with asyncio.timeout(SENDING.total_seconds()):
            for message in messages:
                await notifier.notify(message.title, message.body, message.severity)
                told.append(message)
    except PlatformError as error:
        return told, error
    except TimeoutError:
        return told, PlatformUnavailable("alert: too slow", platform="alert", operation="notify")
    return told, None


def _after(ledger: Ledger, told: Sequence[Message]) -> Ledger:
    """Return what is known once these were told; nobody is telling anything any more."""
    known, moves = dict(ledger.told), dict(ledger.moves)
    for message in told:
        if message.moved_at is not None:
            moves.pop(message.moved_at, None)
        elif message.after is None:
            known.pop(message.subject, None)
        else:
            known[message.subject] = message.after
    return replace(ledger, told=known, moves=moves, sending_until=None)
