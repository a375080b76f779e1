"""Who does what triggers want done: a platform, or a courier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.ports.writing import Actions
    from connector.sync.workspace import Workspace

COURIERS_BATCH = 100
"""Deeds that a courier is handed together; one whose receiver knows no keys, one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """All that doing deeds needs to know of it."""

    name: str
    """Of its lane."""
    actions: Actions
    kinds: frozenset[str]
    """The deeds it does."""
    batch: int
    knows_keys: bool = True
    """Whether it can tell by its key that a deed was done already."""
    has_records: bool = True
    """Whether it knows contacts by records of its own; else by our id."""


def receiver_of(workspace: Workspace, name: str) -> Receiver | None:
    """Return who has the lane `name`; None where it does nothing for triggers."""
    if (courier := workspace.couriers.get(name)) is not None:
        return Receiver(
            name=name,
            actions=courier.actions,
            kinds=frozenset({courier.kind}),
            batch=COURIERS_BATCH if courier.knows_keys else 1,
            knows_keys=courier.knows_keys,
            has_records=False,
        )
    actions = workspace.platforms[name].actions
    if actions is None:
        return None
    able = workspace.configuration.platform(name).adapter.capabilities
    return Receiver(
        name=name,
        actions=actions,
        kinds=able.action_kinds,
        batch=able.action_batch,
        has_records=not able.is_sink,
    )
