"""Ways to a simulated Brevo on which every exchange is held against the OpenAPI file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from adapters.simulation.front import read_request
from tests.openapi.contract import Asked, Mismatch

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from adapters.brevo.simulator import BrevoSimulator


class ValidatingApp:
    """A simulator as an ASGI application that raises Mismatch where an exchange is wrong.

    Answers that a fault spoilt are let through. Over a socket a caller sees a 500, and `mismatch`
    says why.
    """

    def __init__(self, simulator: BrevoSimulator) -> None:
        self.mismatch: Mismatch | None = None
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = await read_request(scope, receive)
        asked = Asked(request)
        sent: list[Message] = []

        async def once() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def keep(message: Message) -> None:
            sent.append(message)

        try:
            asked.check()
            await self._simulator.app(scope, once, keep)
            if sent and self._simulator.trace.exchanges[-1].fault is None:
                asked.check_answer(sent[0]["status"], sent[1]["body"])
        except Mismatch as mismatch:
            self.mismatch = mismatch
            raise
        for message in sent:
            await send(message)


class ValidatingTransport(httpx.ASGITransport):
    """Reaches a simulator in this process through a `ValidatingApp`."""

    def __init__(self, simulator: BrevoSimulator) -> None:
        super().__init__(app=ValidatingApp(simulator))
