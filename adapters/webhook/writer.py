"""The parts of the contract that write: each change is told in a message, or several in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.together import ask_each
from adapters.webhook.messages import (
    CONTACTS_UPDATED,
    TRIGGERS_FIRED,
    firing_of,
    together,
    update_of,
)
from connector.domain.changes import Outcome
from connector.errors import PlatformError, Recovery, UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.webhook.endpoint import Endpoint
    from adapters.webhook.messages import Change, Message
    from connector.domain.changes import (
        Action,
        AttributeChange,
        ListChange,
        StageChange,
        TagChange,
    )

DONE = Outcome()
_UPDATE, _ACT = "tell what changed", "tell of a trigger"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookWriter:
    """Tells an endpoint what changed, at most `batch` contacts at once."""

    endpoint: Endpoint
    batch: int
    kinds: frozenset[str]
    """The actions it tells of."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Tell of values."""
        return await self._update(changes)

    async def read_attributes(
        self,
        remote_ids: Sequence[str],  # noqa: ARG002 - nothing can be read
        names: Sequence[str],  # noqa: ARG002 - as above
    ) -> Mapping[str, Mapping[str, object]]:
        """Return nothing: who is told does not tell."""
        return {}

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Tell of members that come and go."""
        return await self._update(changes)

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Tell of tags."""
        return await self._update(changes)

    async def stages(self) -> None:
        """Return nothing: whoever is told takes any stage."""

    async def write_stages(self, changes: Sequence[StageChange]) -> Sequence[Outcome]:
        """Tell of stages."""
        return await self._update(changes)

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Tell what triggers want done; other kinds are refused unasked."""
        known = [action for action in actions if action.kind in self.kinds]
        told = iter(await self._act([firing_of(each) for each in known]) if known else ())
        return [
            next(told) if action.kind in self.kinds else self._unsupported(action)
            for action in actions
        ]

    async def _update(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        messages = [update_of(self.endpoint.name, each) for each in changes]
        return await self._send(messages, CONTACTS_UPDATED, _UPDATE)

    async def _act(self, messages: Sequence[Message]) -> Sequence[Outcome]:
        return await self._send(messages, TRIGGERS_FIRED, _ACT)

    async def _send(
        self, messages: Sequence[Message], kind: str, operation: str
    ) -> Sequence[Outcome]:
        """Send messages, several calls at once; raises the first error where none was taken."""
        parts = [
            messages[start : start + self.batch] for start in range(0, len(messages), self.batch)
        ]
        ends = await ask_each(parts, lambda part: self._told(part, kind, operation))
        return [
            outcome
            for part, end in zip(parts, ends, strict=True)
            for outcome in (_all_of(part, end) if isinstance(end, PlatformError) else end)
        ]

    async def _told(self, part: Sequence[Message], kind: str, operation: str) -> Sequence[Outcome]:
        """Send messages in one call; one that is too large is halved down to what is refused."""
        message = part[0] if self.batch == 1 else together(kind, part)
        half = len(part) // 2
        try:
            await self.endpoint.send(message, operation)
        except PlatformError as error:
            if error.recovery is not Recovery.SKIP or not half:
                raise
        else:
            return [DONE] * len(part)
        outcomes: list[Outcome] = []
        for some in (part[:half], part[half:]):
            try:
                outcomes += await self._told(some, kind, operation)
            except PlatformError as error:
                outcomes += _all_of(some, error)
        return outcomes

    def _unsupported(self, action: Action) -> Outcome:
        text = f"there is no action `{action.kind}`"
        name = self.endpoint.name
        return Outcome(error=UnsupportedByPlatform(text, platform=name, operation="perform"))


def _all_of(part: Sequence[Message], error: PlatformError) -> Sequence[Outcome]:
    return [Outcome(error=error)] * len(part)
