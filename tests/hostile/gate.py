"""The web as strangers meet it, knocked at without a network between."""

from __future__ import annotations

from typing import Any

from connector.ports.platform import NoParts
from connector.ports.webhook import WebhookParser
from tests.hostile.calls import BREVO, HUBSPOT, Sent
from tests.unit.sync.world import World
from tests.unit.web.house import House


class Caller(NoParts):
    """A platform of which only its calls are known."""

    def __init__(self, name: str, parser: WebhookParser) -> None:
        self.name = name
        self.webhook_parser = parser


def a_house() -> House:
    """Return an installation that HubSpot and Brevo call."""
    house = House(World())
    callers: Any = {"hubspot": Caller("hubspot", HUBSPOT), "brevo": Caller("brevo", BREVO)}
    house.world.platforms.update(callers)
    return house


async def knock(house: House, sent: Sent, caller: str = "203.0.113.1") -> int:
    """Return what a call is answered."""
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 - an ASGI message
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": sent.method,
        "scheme": "http",
        "path": sent.path.decode(),
        "raw_path": sent.path,
        "query_string": sent.query,
        "headers": list(sent.headers),
        "client": (caller, 50_000),
        "server": ("127.0.0.1", 80),
        "http_version": "1.1",
        "root_path": "",
    }
    await house.app(scope, receive, send)
    return status
