"""Does what triggers ask for, each thing under its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.rest.language.writing import PUSH
from adapters.rest.writing.sending import Sender, of_contact
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.domain.instants import iso
from connector.errors import PlatformError, UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.rest.account import Account
    from adapters.rest.language.writing import ActionConfig
    from adapters.rest.writing.sending import Context, Taken
    from adapters.rest.writing.values import Spelling
    from connector.domain.changes import Action

_OPERATION = "do what a trigger asks for"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestActions:
    """Keeps the part `actions` of the contract."""

    account: Account
    configs: Mapping[str, ActionConfig]
    spelling: Spelling
    creates: bool = False
    """Whether contacts can be created."""

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do each action; other kinds are refused unasked."""
        known = [each for each in actions if each.kind in self.configs]
        ends: Sequence[Taken | PlatformError] = await ask_each(known, self._do) if known else ()
        done = iter(ends)
        return [
            _outcome(next(done)) if each.kind in self.configs else self._undone(each)
            for each in actions
        ]

    async def _do(self, action: Action) -> Taken | PlatformError:
        config = self.configs[action.kind]
        sender = Sender(account=self.account, operation=_OPERATION, config=config)
        return await sender.one(self._context(action))

    def _context(self, action: Action) -> Context:
        told: Mapping[str, Json] = {
            "key": action.key,
            "kind": action.kind,
            "trigger": action.trigger,
            "at": iso(action.at),
            "params": {name: self.spelling.of(each) for name, each in action.params.items()},
        }
        return {**of_contact(action.to), "action": told}

    def _undone(self, action: Action) -> Outcome:
        if action.kind == PUSH and self.creates:
            # The creator makes who is absent; whoever has a record is there.
            return Outcome(is_unchanged=True)
        text = f"there is no action `{action.kind}`"
        name = self.account.name
        return Outcome(error=UnsupportedByPlatform(text, platform=name, operation="perform"))


def _outcome(done: Taken | PlatformError) -> Outcome:
    return Outcome(error=done) if isinstance(done, PlatformError) else Outcome()
