"""Which contacts are read of a platform, and what is made of those just read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.mapping.attributes import reading_for
from connector.sync.outbox.drift import fields_of, notice_values
from connector.sync.records.ingest import ingest_contacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Reading
    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What taking in contacts came to, beside what is known of them now."""

    drift: Counter[str]
    """What somebody changed of ours on them."""
    forgotten: int
    """How many were left out, since they were forgotten on request."""
    erased: int = 0
    """How many persons are erased here, since the platform erased them for privacy."""


def watched(workspace: Workspace, name: str) -> Target | None:
    """Return what is kept true on the platform `name`, where others may change it as well."""
    targets = workspace.configuration.model.targets
    return None if name in workspace.ours else targets.get(name)


def reading_of(workspace: Workspace, name: str) -> Reading:
    """Return what is read of each contact of the platform `name`."""
    configuration = workspace.configuration
    target = watched(workspace, name)
    return reading_for(
        name,
        configuration.attributes,
        configuration.watched_lists,
        fields_of(target) if target else None,
    )


async def take_contacts(
    tx: Transaction,
    workspace: Workspace,
    name: str,
    contacts: Sequence[Contact],
    *,
    since: datetime | None = None,
) -> Taken:
    """Store contacts of the platform `name`, the reading of which began at `since`."""
    now = workspace.clock.now()
    done = await ingest_contacts(tx, name, contacts, workspace.naming, now, since=since)
    target = watched(workspace, name)
    if target is None or not (target.attributes or target.copies):
        return Taken(drift=Counter(), forgotten=done.forgotten)
    # Of whom nobody knew yet, nothing was ever written.
    met = [each for each in contacts if each.remote_id in done.known]
    drift = await notice_values(tx, target, met, now, since=since)
    return Taken(drift=Counter(drift), forgotten=done.forgotten)
