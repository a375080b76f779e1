"""The courier of the deed `notify`: it tells people of a contact, by Apprise.

Nobody at the other end knows a key, so a message that may have arrived is not sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.notify.addresses import Addresses, End
from adapters.notify.wording import body_of, title_of
from connector.domain.changes import Outcome
from connector.domain.ledger import lane_of
from connector.errors import PlatformUnavailable, RejectedByPlatform, UnsupportedByPlatform
from connector.ports.courier import Courier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from connector.domain.changes import Action

KIND = "notify"
_OPERATION = "tell people"


def notify_courier(name: str, *, addresses: SecretStr, variable: str) -> Courier:
    """Return who tells the people behind `addresses`, which `variable` holds.

    Raises ConfigError when one of them is no Apprise address.
    """
    lane = lane_of(KIND, name)
    teller = Teller(lane=lane, addresses=Addresses(addresses, variable=variable))
    return Courier(kind=KIND, name=name, actions=teller, knows_keys=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Keeps the part `actions` of the contract."""

    lane: str
    addresses: Addresses

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Tell of each action in a message of its own; other kinds are refused unasked."""
        return [await self._perform(each) for each in actions]

    async def _perform(self, action: Action) -> Outcome:
        if action.kind != KIND:
            text = f"there is no action `{action.kind}`"
            error = UnsupportedByPlatform(text, platform=self.lane, operation=_OPERATION)
            return Outcome(error=error)
        ends = await self.addresses.tell(title_of(action), body_of(action))
        told, unseen = ends.count(End.TOLD), ends.count(End.UNSEEN)
        if told:
            is_whole = told == len(ends)
            return Outcome(remark=None if is_whole else f"{told} of {len(ends)} addresses told")
        if unseen:
            text = f"{self.lane}: it took too long: it may have arrived, and is not sent twice"
            return Outcome(error=RejectedByPlatform(text, platform=self.lane, operation=_OPERATION))
        text = f"{self.lane}: the message was not taken"
        return Outcome(error=PlatformUnavailable(text, platform=self.lane, operation=_OPERATION))
