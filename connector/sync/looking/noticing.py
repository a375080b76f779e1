"""Whether anything became another about a person: asked again and again, so it is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sync.looking.whom import person_named

if TYPE_CHECKING:
    from collections.abc import Hashable

    from connector.sync.workspace import Workspace

_ACTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What is another once something becomes another about a person."""

    standing: Hashable
    """Once they are scored, or somebody decides by hand."""
    told: Hashable
    """Once a platform is told or to be told of them, or anything is done for them."""


async def footprint(workspace: Workspace, text: str) -> Footprint:
    """Return what is another once something is decided, told or done about somebody.

    Events that are not scored yet make no difference. Reads indexes only. Raises NotFound.
    """
    model = workspace.configuration.model
    async with workspace.state.read() as tx:
        person = await person_named(tx, text)
        decided = await tx.scores.decided(person.contact)
        overrides = await tx.scores.all_overrides(person.contact)
        rows = [(await tx.outbox.rows(name, [person.contact])).values() for name in model.targets]
        actions = await tx.triggers.of(person.contact, _ACTIONS)
    made = tuple((each.score, each.made_at, each.cleared_at) for each in overrides)
    written = tuple((row.state, row.confirmed_at, row.attempts) for found in rows for row in found)
    done = tuple((each.key, each.state, each.attempts) for each in actions)
    return Footprint(standing=(model.digest, person.key, decided, made), told=(written, done))
