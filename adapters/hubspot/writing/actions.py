"""Does what triggers ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.hubspot.writing.activities import NOTE, TASK, Activities
from adapters.hubspot.writing.mail import Mail
from connector.domain.changes import Outcome
from connector.errors import UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.hubspot.account import Account
    from connector.domain.changes import Action

EMAIL, PUSH = "email", "push"
ACTION_KINDS = frozenset({EMAIL, NOTE, TASK, PUSH})


@dataclass(frozen=True, slots=True)
class HubspotActions:
    """Keeps the part `actions` of the contract."""

    account: Account

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do actions, each with requests of its own; other kinds are refused unasked."""
        return [await self._one(each) for each in actions]

    async def _one(self, action: Action) -> Outcome:
        match action.kind:
            case "email":
                return await Mail(self.account).send(action)
            case "note" | "task":
                return await Activities(self.account).make(action)
            case "push":
                # The creator makes who is absent; whoever has a record is there.
                return Outcome(is_unchanged=True)
            case kind:
                text = f"there is no action `{kind}`"
                name = self.account.name
                error = UnsupportedByPlatform(text, platform=name, operation="perform")
                return Outcome(error=error)
