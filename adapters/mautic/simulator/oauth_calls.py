"""/oauth/v2/token: how a client proves itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from adapters.mautic.simulator.php import nested
from adapters.mautic.simulator.refusals import Refusal
from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.users import Client
    from adapters.simulation.messages import Reply, Request

PATH = "/oauth/v2/token"
NO_CLIENT = "The client credentials are invalid"


class TokenCalls:
    """Gives out tokens."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def give(self, request: Request) -> Reply:
        """Return a token for what a client shows; raises Refusal."""
        sent = _parameters(request)
        client = self._client(sent)
        keys = self._account.keys
        match sent.get("grant_type"):
            case "client_credentials" if self._account.release.grants_client_credentials:
                # What gets a token this way acts as the user who made the client, and no other.
                if client.user.rights is not None:
                    raise _grant("unauthorized_client", "The grant type is unauthorized for this")
                return json_reply(keys.give(client.user, is_refreshable=False))
            case "authorization_code":
                user = keys.codes.pop(sent.get("code", ""), None)
                if user is None:
                    raise _grant("invalid_grant", "Code doesn't exist or is invalid for the client")
                return json_reply(keys.give(user, is_refreshable=True))
            case "refresh_token":
                known = keys.refreshing.pop(sent.get("refresh_token", ""), None)
                if known is None:
                    raise _grant("invalid_grant", "Invalid refresh token")
                if known.expires_at <= self._account.now():
                    raise _grant("invalid_grant", "Refresh token has expired")
                return json_reply(keys.give(known.user, is_refreshable=True))
        message = "Invalid grant_type parameter or parameter missing"
        raise _grant(
            "unsupported_grant_type" if sent.get("grant_type") else "invalid_request", message
        )

    def _client(self, sent: dict[str, str]) -> Client:
        client = self._account.keys.clients.get(sent.get("client_id", ""))
        if client is None or client.client_secret != sent.get("client_secret"):
            raise _grant("invalid_client", NO_CLIENT)
        return client


def _grant(kind: str, message: str) -> Refusal:
    return Refusal(400, message, kind=kind)


def _parameters(request: Request) -> dict[str, str]:
    sent = nested([*request.params, *parse_qsl(request.body.decode(errors="replace"))])
    return {name: value for name, value in sent.items() if isinstance(value, str)}
