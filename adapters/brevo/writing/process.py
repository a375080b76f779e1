"""The process of an import: how it stands, as Brevo says, or as some of its contacts show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from adapters.brevo.limits import GENERAL
from adapters.brevo.writing.cost import READ_BACK
from adapters.brevo.writing.people import people_of
from adapters.http import Call
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.brevo.account import Account, Row
    from adapters.brevo.writing.imports import ImportRow

IsShown: TypeAlias = "Callable[[str, Row], bool]"
"""Whether a contact, by its id and as it was read, shows what was imported."""

MOST_UNTOLD = 3
"""Looks after which a process is left alone of which nothing is told, nor seen: 3 minutes."""
_LOOK = "look at an import"


class State(Enum):
    """How a process stands."""

    UNDER_WAY = auto()
    DONE = auto()
    FAILED = auto()
    UNKNOWN = auto()
    """Nothing is told of it, and none of its contacts shows anything."""


_STATES = {
    "completed": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.FAILED,
}


@dataclass(slots=True, kw_only=True)
class Process:
    """An import that was taken."""

    account: Account
    number: int
    part: Sequence[ImportRow] = field(repr=False)
    is_shown: IsShown = field(repr=False)
    trouble: PlatformError | None = None
    """Why nothing was told of it last."""
    _untold: int = 0
    """Looks of which nothing came."""
    _reached: int = 0
    """How many of those who are read showed it then."""

    async def look(self) -> State:
        """Return how it stands. Looks count in the tightest limit, and may be refused for long."""
        path = f"/processes/{self.number}"
        call = Call(operation=_LOOK, method="GET", path=path, buckets=(GENERAL,))
        try:
            answer = await self.account.session.send(call)
        except PlatformError as error:
            self.trouble = error
            return await self._as_shown()
        body = answer.body if isinstance(answer.body, dict) else {}
        return _STATES.get(str(body.get("status")), State.UNDER_WAY)

    async def _as_shown(self) -> State:
        """Return how it stands by some of its contacts, from all over it.

        It is done once all of them show it, or no more than at the look before: it may leave out
        some, whom reading back finds.
        """
        some = [each.remote_id for each in self.part[:: -(-len(self.part) // READ_BACK)]]
        try:
            people = await people_of(self.account, {*some[:-1], self.part[-1].remote_id})
        except PlatformError:
            people = {}
        reached = sum(self.is_shown(remote_id, row) for remote_id, row in people.items())
        before, self._reached = self._reached, max(reached, self._reached)
        if reached and reached in {before, len(people)}:
            return State.DONE
        self._untold += not reached
        return State.UNKNOWN if self._untold >= MOST_UNTOLD else State.UNDER_WAY
