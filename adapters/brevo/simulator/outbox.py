"""The webhooks of an account, and the calls that are waiting to be made to them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

MOST_HOOKS = 40
BATCH = 500
"""The most events of one call."""
BATCH_WINDOW = timedelta(minutes=5)
"""How long events are gathered before they are told together."""
RETRIES = tuple(timedelta(minutes=each) for each in (10, 60, 120, 480))
_ALIASES = {"request": "sent"}
"""Another name that an event is subscribed to with."""
_REFUSAL = 300
_TOO_MANY_REQUESTS = 429


@dataclass(slots=True, kw_only=True, eq=False)
class Hook:
    """A registered webhook."""

    id: int
    url: str
    type: str
    """`transactional`, `marketing` or `inbound`."""
    events: Sequence[str]
    """As they are subscribed to, such as `hardBounce`; payloads call it `hard_bounce`."""
    channel: str = "email"
    is_batched: bool = False
    auth: Mapping[str, str] | None = None
    headers: Sequence[Mapping[str, str]] = ()
    description: str = ""
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivery:
    """A call to be made: POST `body` to `url`."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    not_before: datetime
    attempt: int = 0


class Outbox:
    """Hooks, and what they are still to be told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.hooks: dict[int, Hook] = {}
        self.lost: list[Delivery] = []
        """Calls that will not be made again."""
        self._now = now
        self._waiting: list[Delivery] = []
        self._gathered: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        self._since: dict[int, datetime] = {}

    def add(self, hook: Hook) -> None:
        """Register a webhook."""
        self.hooks[hook.id] = hook

    def tell(self, kind: str, event: str, payload: Mapping[str, Any]) -> None:
        """Queue an event for every webhook that subscribed to it."""
        for hook in self.hooks.values():
            if hook.type != kind or not {event, _ALIASES.get(event)} & {*hook.events}:
                continue
            # What a payload calls `id` is the webhook's, not the event's: events have none.
            told = {"id": hook.id, **payload}
            if hook.is_batched:
                self._since.setdefault(hook.id, self._now())
                self._gathered[hook.id].append(told)
            else:
                self._waiting.append(self._delivery(hook, told))

    def due(self) -> list[Delivery]:
        """Return the calls whose time has come, and let go of them."""
        now = self._now()
        for hook_id, since in list(self._since.items()):
            if now - since >= BATCH_WINDOW or len(self._gathered[hook_id]) >= BATCH:
                self._waiting.extend(self._batches(hook_id))
        ready = [each for each in self._waiting if each.not_before <= now]
        self._waiting = [each for each in self._waiting if each.not_before > now]
        return ready

    def answered(self, delivery: Delivery, status: int | None) -> None:
        """Take what a call was answered; None is no answer.

        Only a call that timed out or came too soon is made again; any other refusal is the end of
        it, even one that says that the trouble is the other side's and will pass.
        """
        if status is not None and status < _REFUSAL:
            return
        may_repeat = status in {None, _TOO_MANY_REQUESTS}
        if not may_repeat or delivery.attempt >= len(RETRIES):
            self.lost.append(delivery)
            return
        later = self._now() + RETRIES[delivery.attempt]
        self._waiting.append(replace(delivery, not_before=later, attempt=delivery.attempt + 1))

    def _batches(self, hook_id: int) -> Iterator[Delivery]:
        del self._since[hook_id]
        rows = self._gathered.pop(hook_id)
        hook = self.hooks.get(hook_id)
        if hook is not None:
            for start in range(0, len(rows), BATCH):
                yield self._delivery(hook, rows[start : start + BATCH])

    def _delivery(self, hook: Hook, content: object) -> Delivery:
        headers = {"content-type": "application/json"}
        headers |= {each["key"].lower(): each["value"] for each in hook.headers}
        if hook.auth:
            headers["authorization"] = f"Bearer {hook.auth['token']}"
        body = json.dumps(content).encode()
        return Delivery(url=hook.url, headers=headers, body=body, not_before=self._now())
