"""The webhooks of an instance: which there are, and those that call us.

A webhook that is answered 410, or a hundred times anything but 2xx, is not published any more:
Mautic says so to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.listing import all_of
from adapters.mautic.webhooks.parser import TRIGGERS
from connector.errors import ConfigError, Problem
from connector.ports.platform import RemoteWebhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from adapters.http import Json
    from adapters.mautic.account import Account, Row

NAME = "heatsync"
"""How a person who looks at the webhooks of the instance knows ours."""
_PATH = "/api/hooks"
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticRegistration:
    """Keeps the part `webhooks` of the contract."""

    account: Account
    secret: SecretStr | None
    """What calls are signed with."""

    async def webhooks(self) -> Sequence[RemoteWebhook]:
        """Return all webhooks."""
        return [_webhook(row) for row in await self.rows()]

    async def register(self, url: str) -> Sequence[RemoteWebhook]:
        """Make Mautic call `url` for all that we can use, and call again where it had given up.

        Each time the secret is told anew, so that one that was changed counts. Raises ConfigError
        without a secret: calls that nothing proves are not believed.
        """
        if self.secret is None:
            variable = f"HEATSYNC_PLATFORMS__{self.account.name.upper()}__WEBHOOK_SECRET"
            message = (
                f"{self.account.name}: webhooks need a secret that their calls are signed with"
            )
            raise ConfigError([Problem(message=message, hint=f"set {variable}")])
        body: Json = {
            "name": NAME,
            "webhookUrl": url,
            "secret": self.secret.get_secret_value(),
            "eventsOrderbyDir": "ASC",
            "isPublished": True,
            "triggers": list(TRIGGERS),
        }
        present = [row for row in await self.rows() if row.get("webhookUrl") == url]
        if present:
            path = f"{_PATH}/{quote(str(present[0].get('id')), safe='')}/edit"
            made = await self._send("change a webhook", "PATCH", path, body)
        else:
            made = await self._send("register a webhook", "POST", f"{_PATH}/new", body)
        return [RemoteWebhook(remote_id=str(made.get("id")), url=url, events=TRIGGERS)]

    async def remove(self, remote_id: str) -> None:
        """Remove a webhook; one that is gone is fine."""
        call = Call(
            operation="remove a webhook",
            method="DELETE",
            path=f"{_PATH}/{quote(remote_id, safe='')}/delete",
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        await self.account.send(call)

    async def rows(self) -> Sequence[Row]:
        """Return all webhooks, as Mautic tells of them."""
        return await all_of(self.account, "read webhooks", _PATH, "hooks")

    async def _send(self, operation: str, method: str, path: str, body: Json) -> Row:
        call = Call(operation=operation, method=method, path=path, body=body, buckets=(API,))
        answer = await self.account.send(call)
        made = answer.body.get("hook") if isinstance(answer.body, dict) else None
        if not isinstance(made, dict):
            raise self.account.unexpected(operation, "answered no webhook")
        return made


def _webhook(row: Row) -> RemoteWebhook:
    triggers = row.get("triggers")
    return RemoteWebhook(
        remote_id=str(row.get("id")),
        url=str(row.get("webhookUrl")),
        events=tuple(map(str, triggers)) if isinstance(triggers, list) else (),
    )
