"""A client that sends calls of HubSpot, signed beforehand, over a number of connections."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters.hubspot.webhooks.signature import SIGNATURE, TIMESTAMP, sign
from connector.ports.webhook import WebhookRequest
from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "the secret of the account"  # noqa: S105 - of nobody
_END = b"\r\n\r\n"


def requests(port: int, path: str, count: int) -> list[bytes]:
    """Return so many calls as they go over the wire, each about another contact."""
    now = SystemClock().now()
    return [_request(port, path, number, now) for number in range(count)]


def _request(port: int, path: str, number: int, now: datetime) -> bytes:
    seen = {"propertyName": "lifecyclestage", "propertyValue": "lead"}
    return signed(port, path, now, eventId=number, objectId=1_000_000 + number, **seen)


def signed(port: int, path: str, now: datetime, **said: object) -> bytes:
    """Return a call about a contact as it goes over the wire at `now`; `said` is what it tells."""
    millis = int((now - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    item = {
        "subscriptionId": 7,
        "portalId": 62515,
        "appId": 1160452,
        "occurredAt": millis,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "changeSource": "CRM_UI",
        **said,
    }
    body = json.dumps([item]).encode()
    url = f"http://127.0.0.1:{port}{path}"
    call = WebhookRequest(method="POST", url=url, headers={}, body=body, received_at=now)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nuser-agent: HubSpot Connect 2.0\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"{TIMESTAMP}: {millis}\r\n{SIGNATURE}: {sign(SECRET, call, str(millis)).decode()}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class _Line(asyncio.Protocol):
    """One connection: sends a call as soon as the one before is answered."""

    calls: Iterator[bytes]
    done: asyncio.Event
    taken: list[float] = field(default_factory=list)
    refused: int = 0
    sent_at: float = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport: Any = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer; both servers send them without a body."""
        if not data.endswith(_END):
            return
        self.taken.append(time.perf_counter() - self.sent_at)
        self.refused += not data.startswith(b"HTTP/1.1 200")
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        """Be done."""
        self.done.set()

    def _next(self) -> None:
        call = next(self.calls, None)
        if call is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(call)


def drive(port: int, path: str, count: int, lines: int) -> dict[str, Any]:
    """Send so many calls over so many connections; return what they took."""
    return asyncio.run(_drive(port, requests(port, path, count), lines))


def _same(line: _Line) -> _Line:
    return line


async def _drive(port: int, calls: list[bytes], lines: int) -> dict[str, Any]:
    loop, left = asyncio.get_running_loop(), iter(calls)
    began = time.perf_counter()
    opened = [_Line(left, asyncio.Event()) for _ in range(lines)]
    for each in opened:
        await loop.create_connection(partial(_same, each), "127.0.0.1", port)
    await asyncio.gather(*(each.done.wait() for each in opened))
    taken = time.perf_counter() - began
    spans = [span for each in opened for span in each.taken]
    if len(spans) != len(calls) or any(each.refused for each in opened):
        raise RuntimeError("not every call was taken")
    cuts = statistics.quantiles(spans, n=100)
    return {
        "per_s": round(len(calls) / taken),
        "p50_ms": round(statistics.median(spans) * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
    }
