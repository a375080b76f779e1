"""The webhooks of an instance: what waits to be sent, and how it is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.values import at_text
from adapters.simulation.calls import OutgoingCall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.mautic.simulator.account import Account

SIGNATURE = "webhook-signature"
TRIGGERS = (
    "mautic.company_post_delete", "mautic.company_post_save", "mautic.email_on_open",
    "mautic.email_on_send", "mautic.form_on_submit", "mautic.lead_channel_subscription_changed",
    "mautic.lead_company_change", "mautic.lead_list_change", "mautic.lead_points_change",
    "mautic.lead_post_delete", "mautic.lead_post_save_new", "mautic.lead_post_save_update",
    "mautic.page_on_hit", "mautic.sms_on_send",
)  # fmt: skip
SEGMENT_CHANGE = "mautic.lead_list_change"
QUEUED_AT_ONCE = 10
"""The most events of one call where they are sent by a job."""
REMEMBERED = 100
"""How many calls decide on whether a webhook is switched off: where none of them was taken."""
SPARED = timedelta(days=2)
"""How long a webhook stays on, whatever happens, after somebody changed it."""
AGAIN_AFTER = timedelta(hours=1)
MOST_ATTEMPTS = 3
_TWICE = 20
"""One call in so many is made twice."""
_GONE = 410


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A call to be made."""

    hook: dict[str, Any]
    body: bytes
    not_before: datetime
    attempt: int = 1


class Hooks:
    """Tells webhooks what happened."""

    def __init__(self, account: Account) -> None:
        self.by_id: dict[int, dict[str, Any]] = {}
        self.is_queued = False
        """Whether a job sends what happened, ten at a time, and not the request itself."""
        self.lost: list[Delivery] = []
        """Calls that will not be made again."""
        self._account = account
        self._waiting: list[Delivery] = []
        self._queue: dict[int, deque[tuple[str, dict[str, Any]]]] = {}
        self._lately: dict[int, deque[bool]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._made = 0

    def triggers(self) -> Sequence[str]:
        """Return what can be told in this version."""
        knows = self._account.release.tells_of_segments
        return [each for each in TRIGGERS if knows or each != SEGMENT_CHANGE]

    def tell(self, trigger: str, payload: Mapping[str, Any]) -> None:
        """Let whoever asked for it know what happened."""
        at = self._account.now()
        for hook in self.by_id.values():
            if not hook["isPublished"] or trigger not in hook["triggers"]:
                continue
            told = {**payload, "timestamp": at_text(at)}
            if self.is_queued:
                self._queue.setdefault(hook["id"], deque()).append((trigger, told))
            else:
                self._send(hook, {trigger: [told]})

    def run_job(self) -> None:
        """Send what waits for the job of webhooks."""
        for hook_id, queue in self._queue.items():
            hook = self.by_id.get(hook_id)
            while queue:
                batch = [queue.popleft() for _ in range(min(QUEUED_AT_ONCE, len(queue)))]
                if hook is None or not hook["isPublished"]:
                    continue
                if hook["eventsOrderbyDir"] == "DESC":
                    batch.reverse()
                content: dict[str, list[Any]] = {}
                for trigger, told in batch:
                    content.setdefault(trigger, []).append(told)
                self._send(hook, content)

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls whose time has come; each has to be answered once."""
        now = self._account.now()
        due = [each for each in self._waiting if each.not_before <= now]
        self._waiting = [each for each in self._waiting if each.not_before > now]
        return [self._call(each) for each in due]

    def _send(self, hook: dict[str, Any], content: Mapping[str, object]) -> None:
        body = json.dumps(content).replace("/", "\\/").encode()
        delivery = Delivery(hook=hook, body=body, not_before=self._account.now())
        self._waiting.append(delivery)
        self._made += 1
        if self._account.quirks.webhooks_come_twice and self._made % _TWICE == 0:
            self._waiting.append(delivery)

    def _call(self, delivery: Delivery) -> OutgoingCall:
        hook = delivery.hook
        headers = {
            "content-type": "application/json",
            "x-origin-base-url": self._account.url,
        }
        if hook["secret"] is not None:
            key = str(hook["secret"]).encode()
            digest = hmac.new(key, delivery.body, hashlib.sha256).digest()
            headers[SIGNATURE] = base64.b64encode(digest).decode()
        return OutgoingCall(
            url=hook["webhookUrl"],
            headers=headers,
            body=delivery.body,
            answered=partial(self._answered, delivery),
        )

    def _answered(self, delivery: Delivery, status: int | None) -> None:
        hook = delivery.hook
        self._account.tables.add(
            "webhook_logs",
            webhook_id=hook["id"],
            status_code="N/A" if status is None else str(status),
            date_added=self._account.now(),
            runtime=0.1,
        )
        is_taken = status is not None and 200 <= status < 300  # noqa: PLR2004 - a success
        lately = self._lately[hook["id"]]
        if status is not None:
            lately.append(is_taken)
        if is_taken:
            return
        if status == _GONE or self._is_sick(hook):
            hook["isPublished"], hook["dateModified"] = False, self._account.now()
        if self._repeats(status) and delivery.attempt < MOST_ATTEMPTS:
            delivery.attempt += 1
            delivery.not_before = self._account.now() + AGAIN_AFTER
            self._waiting.append(delivery)
        else:
            self.lost.append(delivery)

    def _is_sick(self, hook: Mapping[str, Any]) -> bool:
        """Return whether nothing was taken lately, be it that only one call was made so far."""
        modified = hook["dateModified"]
        if modified is not None and modified >= self._account.now() - SPARED:
            return False
        lately = self._lately[hook["id"]]
        return bool(lately) and not any(lately)

    def _repeats(self, status: int | None) -> bool:
        """Return whether a call that was not taken is made again.

        Below 7 what waits for the job is deleted before anybody looks at the status: only where
        no answer came at all it waits on.
        """
        if self._account.release.repeats_webhooks or not self._account.quirks.webhooks_are_lost:
            return True
        return status is None and self.is_queued
