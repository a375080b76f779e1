"""The webhooks of an account: which there are, and those that call us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.limits import GENERAL
from adapters.http import Call
from connector.errors import ConfigError, Problem
from connector.ports.platform import RemoteWebhook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from adapters.brevo.account import Account, Row
    from adapters.http import Json

EVENTS: Mapping[str, tuple[str, ...]] = {
    "transactional": (
        *("request", "delivered", "hardBounce", "softBounce", "blocked", "spam", "invalid"),
        *("deferred", "click", "opened", "unsubscribed"),
    ),
    "marketing": (
        *("delivered", "opened", "click", "hardBounce", "softBounce", "spam", "unsubscribed"),
        *("listAddition", "contactUpdated", "contactDeleted"),
    ),
}
"""What each type of webhook tells that we can use: a first opening (`uniqueOpened`) is told as
an opening too."""

_NOT_FOUND = 404
_DESCRIPTION = "heatsync"
"""How a person who looks at the webhooks of the account knows ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoRegistration:
    """Keeps the part `webhooks` of the contract."""

    account: Account
    token: SecretStr | None
    """What proves a call: Brevo signs none, and sends this along instead."""

    async def webhooks(self) -> Sequence[RemoteWebhook]:
        """Return all webhooks of the types that tell what we can use."""
        return [_webhook(row) for kind in EVENTS for row in await self._of(kind)]

    async def register(self, url: str) -> Sequence[RemoteWebhook]:
        """Make Brevo call `url`, in batches, for all that we can use.

        Each time the token is told anew, so that one that was changed counts. Raises ConfigError
        without a token: calls that nothing proves are not believed.
        """
        if self.token is None:
            variable = f"HEATSYNC_PLATFORMS__{self.account.name.upper()}__WEBHOOK_TOKEN"
            message = f"{self.account.name}: webhooks need a secret by which their calls are known"
            raise ConfigError([Problem(message=message, hint=f"set {variable}")])
        return [
            await self._registered(kind, events, url, self.token) for kind, events in EVENTS.items()
        ]

    async def remove(self, remote_id: str) -> None:
        """Remove a webhook; one that is gone is fine."""
        call = Call(
            operation="remove a webhook",
            method="DELETE",
            path=f"/webhooks/{remote_id}",
            buckets=(GENERAL,),
            reads=frozenset({_NOT_FOUND}),
        )
        await self.account.session.send(call)

    async def _registered(
        self, kind: str, events: Sequence[str], url: str, token: SecretStr
    ) -> RemoteWebhook:
        body: Json = {
            "url": url,
            "description": _DESCRIPTION,
            "events": list(events),
            "batched": True,
            "auth": {"type": "bearer", "token": token.get_secret_value()},
        }
        present = [row for row in await self._of(kind) if row.get("url") == url]
        if present:
            remote_id = str(present[0]["id"])
            await self._send("change a webhook", "PUT", f"/webhooks/{remote_id}", body)
        else:
            made = await self._send(
                "register a webhook", "POST", "/webhooks", {**body, "type": kind}
            )
            remote_id = str(made.get("id"))
        return RemoteWebhook(remote_id=remote_id, url=url, events=tuple(events))

    async def _of(self, kind: str) -> Sequence[Row]:
        operation = "read webhooks"
        call = Call(
            operation=operation,
            method="GET",
            path="/webhooks",
            params=[("type", kind)],
            buckets=(GENERAL,),
            # Nobody says how an account without any is told so; it may be as here.
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == _NOT_FOUND:
            return ()
        return self.account.rows(operation, answer.body, "webhooks")

    async def _send(self, operation: str, method: str, path: str, body: Json) -> Row:
        call = Call(operation=operation, method=method, path=path, body=body, buckets=(GENERAL,))
        answer = await self.account.session.send(call)
        return answer.body if isinstance(answer.body, dict) else {}


def _webhook(row: Row) -> RemoteWebhook:
    events = row.get("events")
    return RemoteWebhook(
        remote_id=str(row.get("id")),
        url=str(row.get("url")),
        events=tuple(map(str, events)) if isinstance(events, list) else (),
    )
