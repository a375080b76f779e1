"""The life cycle stage, which HubSpot moves forward only; pure but for looking at what is there.

Whoever is further than the stage that we want, or whose stage we would empty, is left there unless
the stage that stands there is the one that we wrote: a customer stays a customer, however cold.
Going back takes two writes, since HubSpot wants the property emptied first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from adapters.hubspot.asking import batch_read

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.definitions import Definitions
    from connector.domain.changes import AttributeChange
    from connector.domain.values import Written

STAGE = "lifecyclestage"


class Move(Enum):
    """What is to be done so that a contact has the stage that we want."""

    WRITE = auto()
    """Write it."""
    EMPTY_FIRST = auto()
    """Empty the property, then write it."""
    KEEP = auto()
    """Leave it to whoever decided otherwise."""
    NOTHING = auto()
    """It has that stage."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Decides how stages are written."""

    account: Account
    definitions: Definitions

    async def moves(self, changes: Sequence[AttributeChange]) -> Mapping[int, Move]:
        """Return what to do about those of `changes` that are about the stage, by their place.

        One that is not there any more is written like any other, and found to be gone.
        """
        places = [place for place, each in enumerate(changes) if STAGE in each.values]
        if not places:
            return {}
        order = await self._order({_text(changes[place].values[STAGE]) for place in places})
        ids = [changes[place].to.remote_id for place in places]
        rows = await batch_read(self.account, ids, [STAGE], kind="contacts")
        present = {str(row.get("id")): _shown(row) for row in rows}
        return {
            place: move(present[change.to.remote_id], change, order)
            if (change := changes[place]).to.remote_id in present
            else Move.WRITE
            for place in places
        }

    async def _order(self, wanted: Collection[str]) -> Sequence[str]:
        """Return the stages of the account from first to last; `wanted` may have been added."""
        known = await self.definitions.of([STAGE])
        if STAGE in known and not {*known[STAGE].options, ""} >= set(wanted):
            await self.definitions.all()
            known = await self.definitions.of([STAGE])
        return known[STAGE].options if STAGE in known else ()


def move(present: str, change: AttributeChange, order: Sequence[str]) -> Move:
    """Return how to come from the stage that is shown to the one that `change` wants.

    `order` is that of the stages in the account.
    """
    wanted = _text(change.values[STAGE])
    is_ours = STAGE in change.before and _text(change.before[STAGE]) == present
    if wanted == present:
        return Move.NOTHING
    if not wanted:
        return Move.WRITE if is_ours else Move.KEEP
    if not _is_back(present, wanted, order):
        return Move.WRITE
    return Move.EMPTY_FIRST if is_ours else Move.KEEP


def _is_back(present: str, wanted: str, order: Sequence[str]) -> bool:
    # A stage that the account does not list is refused by HubSpot, which knows better.
    if present not in order or wanted not in order:
        return False
    return order.index(wanted) < order.index(present)


def _shown(row: Mapping[str, object]) -> str:
    properties = row.get("properties")
    value = properties.get(STAGE) if isinstance(properties, dict) else None
    return value if isinstance(value, str) else ""


def _text(value: Written) -> str:
    return value if isinstance(value, str) else ""
