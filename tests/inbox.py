"""Somebody on this machine who is told by Apprise: each message is a POST of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.simulation.server import Server


@dataclass
class Inbox:
    """An ASGI application that keeps what it is told, or refuses it."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What the next calls are answered; 200 after that."""
    address: str = ""
    """As Apprise has it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.messages.append(json.loads(body))
        await Response(status_code=status)(scope, receive, send)


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """Give an inbox that listens while the block runs."""
    inbox = Inbox()
    with Server(inbox) as server:
        inbox.address = server.url.replace("http://", "json://")
        yield inbox
