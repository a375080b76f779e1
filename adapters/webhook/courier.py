"""The courier of the deed `webhook`: it calls an address with what a trigger takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.webhook.config import web_address
from adapters.webhook.endpoint import Endpoint
from adapters.webhook.writer import WebhookWriter
from connector.domain.ledger import lane_of
from connector.errors import ConfigError, Problem
from connector.ports.budget import Unlimited
from connector.ports.courier import Courier

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from pydantic import SecretStr

    from connector.ports.clock import Clock

KIND = "webhook"


def webhook_courier(
    name: str,
    *,
    url: SecretStr,
    secrets: Sequence[SecretStr],
    clock: Clock,
    allows_private: bool,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Courier:
    """Return who calls `url` for triggers; raises ConfigError when that is no address.

    `transport` takes the place of the network.
    """
    lane = lane_of(KIND, name)
    try:
        web_address(url.get_secret_value())
    except ValueError as error:
        raise ConfigError([Problem(message=f"the address of {lane} {error}")]) from None
    endpoint = Endpoint(
        name=lane,
        url=url,
        secrets=secrets,
        clock=clock,
        budget=Unlimited(),
        allows_private=allows_private,
        transport=transport,
    )
    writer = WebhookWriter(endpoint=endpoint, batch=1, kinds=frozenset({KIND}))
    return Courier(kind=KIND, name=name, actions=writer, close=endpoint.aclose)
