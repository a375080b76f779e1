"""What there is to be told of: read from the state, without a word about any person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.sync.looking.lags import lags
from connector.sync.looking.standing import given_up
from connector.sync.troubles import troubles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.sync.looking.lags import Lag
    from connector.sync.troubles import Trouble
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """How an installation stands, as far as anybody may have to act."""

    troubles: Sequence[Trouble] = ()
    lags: Sequence[Lag] = ()
    dead: Mapping[str, int] = field(default_factory=dict)
    """Per platform or other receiver: what was given up, outbound and inbound."""
    oldest: Mapping[str, datetime] = field(default_factory=dict)
    """Per platform whose webhook calls wait: when the first of them came."""
    is_broken: bool = False
    """Whether the configuration on disk cannot be used, so that an older one goes on."""


async def read_signals(workspace: Workspace, *, is_broken: bool = False) -> Signals:
    """Return how `workspace` stands now."""
    async with workspace.state.read() as tx:
        calls = await tx.inbound.backlog()
        return Signals(
            troubles=await troubles(tx, [*workspace.order, *workspace.couriers]),
            lags=await lags(tx, workspace),
            dead=await given_up(tx, await tx.outbox.unfinished(), calls),
            # Nobody takes in the calls of a platform that is no part of the installation any more.
            oldest={
                name: each.oldest
                for name, each in calls.items()
                if each.oldest and name in workspace.order
            },
            is_broken=is_broken,
        )
