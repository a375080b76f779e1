"""/webhooks: who is told of what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.mail import CALLS
from adapters.brevo.simulator.outbox import MOST_HOOKS, Hook
from adapters.brevo.simulator.payloads import MARKETING
from adapters.brevo.simulator.reading import is_ascending, object_of
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.messages import Request

EVENTS: Mapping[str, frozenset[str]] = {
    "transactional": frozenset(name for calls in CALLS.values() for name, _ in calls) | {"sent"},
    "marketing": frozenset(MARKETING) | {"listAddition", "contactUpdated", "contactDeleted"},
    "inbound": frozenset({"inboundEmailProcessed", "reply"}),
}


class WebhookCalls:
    """Registering webhooks, and removing them."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/webhooks", self.all)
        yield Route("POST", "/webhooks", self.create)
        yield Route("GET", "/webhooks/{webhook_id}", self.show)
        yield Route("PUT", "/webhooks/{webhook_id}", self.update)
        yield Route("DELETE", "/webhooks/{webhook_id}", self.delete)

    def all(self, request: Request) -> Reply:
        """Return every webhook, or those of a type."""
        kind = request.param("type")
        found = [each for each in self._account.outbox.hooks.values() if kind in {"", each.type}]
        rows = found if is_ascending(request) else found[::-1]
        return json_reply({"webhooks": [self._told(each) for each in rows]}, size=len(rows))

    def create(self, request: Request) -> Reply:
        """Register a webhook; another one for the same address is another one."""
        body = object_of(request)
        hooks = self._account.outbox.hooks
        if len(hooks) >= MOST_HOOKS:
            raise Refused(f"at most {MOST_HOOKS} webhooks", code="out_of_range")
        for name in ("url", "events"):
            if not body.get(name):
                raise missing(name)
        kind = body.get("type") or "transactional"
        now = self._account.now()
        hook = Hook(
            id=self._account.next_id(),
            url=_url(body["url"]),
            type=kind,
            events=_events(kind, body["events"]),
            channel=body.get("channel") or "email",
            is_batched=body.get("batched") is True,
            auth=body.get("auth"),
            headers=tuple(body.get("headers") or ()),
            description=str(body.get("description") or ""),
            created_at=now,
            modified_at=now,
        )
        hooks[hook.id] = hook
        return json_reply({"id": hook.id}, 201)

    def show(self, request: Request, webhook_id: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return one webhook."""
        return json_reply(self._told(self._found(webhook_id)))

    def update(self, request: Request, webhook_id: str) -> Reply:
        """Change a webhook."""
        found = self._found(webhook_id)
        body = object_of(request)
        self._account.outbox.hooks[found.id] = replace(
            found,
            url=_url(body.get("url") or found.url),
            events=_events(found.type, body.get("events") or found.events),
            is_batched=body.get("batched", found.is_batched) is True,
            auth=body.get("auth", found.auth),
            headers=tuple(body.get("headers", found.headers)),
            description=str(body.get("description", found.description)),
            modified_at=self._account.now(),
        )
        return Reply(status=204)

    def delete(self, request: Request, webhook_id: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Remove a webhook."""
        del self._account.outbox.hooks[self._found(webhook_id).id]
        return Reply(status=204)

    def _found(self, webhook_id: str) -> Hook:
        key = int(webhook_id) if webhook_id.isdigit() else 0
        found = self._account.outbox.hooks.get(key)
        if found is None:
            raise not_found("Webhook ID")
        return found

    def _told(self, hook: Hook) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "id": hook.id,
            "url": hook.url,
            "type": hook.type,
            "events": list(hook.events),
            "channel": hook.channel,
            "batched": hook.is_batched,
            "description": hook.description,
            "createdAt": self._account.told_at(hook.created_at),
            "modifiedAt": self._account.told_at(hook.modified_at),
            "headers": [dict(each) for each in hook.headers],
        }
        return told | ({"auth": dict(hook.auth)} if hook.auth else {})


def _url(given: str) -> str:
    if not given.startswith(("https://", "http://")):
        raise Refused("url is not valid")
    return given


def _events(kind: str, given: Sequence[str]) -> Sequence[str]:
    if kind not in EVENTS:
        raise Refused("type is not valid")
    if not set(given) <= EVENTS[kind]:
        raise Refused("events are not valid")
    return tuple(given)
