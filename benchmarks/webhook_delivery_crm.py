"""A platform that answers at once, in the process that looks at the clock.

It stands for a platform that is never what one waits for. It knows its contacts by number, tells
of each how often somebody visited, and notes when a score was brought.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages_server import PAGE, contact
from connector.domain.instants import iso
from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

VISIT = 1_000
"""Points of a visit: more than all else can make up, so that a score tells of how many it knows."""
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_NOTHING: dict[str, Any] = {"total": 0, "results": [], "events": [], "hasMore": False}


@dataclass(slots=True)
class Crm:
    """An account of so many contacts, numbered from 1."""

    size: int
    url: str = ""
    visits: Counter[int] = field(default_factory=Counter)
    changed_at: dict[int, str] = field(default_factory=dict)
    brought: dict[tuple[int, int], float] = field(default_factory=dict)
    """When a score first came that knows of so many visits, by contact and visits."""
    requests: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    """Scores that were brought."""
    latest: float = 0.0
    """When the last one was."""
    asked: float = 0.0
    """When the last request came, whatever it was about."""

    def visit(self, number: int) -> int:
        """Let somebody visit; return how often they did by now."""
        self.visits[number] += 1
        self.changed_at[number] = iso(SystemClock().now())
        return self.visits[number]

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Answer on a free port of this machine while the block runs."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                content = json.dumps(self._found(head, body)).encode()
                writer.write(_HEAD % len(content) + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    def _found(self, head: bytes, body: bytes) -> dict[str, Any]:
        self.asked = time.perf_counter()
        method, target, _ = head.decode().split(" ", 2)
        path = urlsplit(target).path
        for name, act in (("batch/update", self._update), ("batch/read", self._read)):
            if path.endswith(f"contacts/{name}"):
                self.requests[name] += 1
                return {"status": "COMPLETE", "results": act(json.loads(body)["inputs"])}
        self.requests["other"] += 1
        query = parse_qs(urlsplit(target).query)
        if method == "GET" and path.endswith("/contacts") and query.get("archived") != ["true"]:
            return self._page(int(query.get("after", ["0"])[0]))
        return _NOTHING

    def _update(self, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        self.latest = time.perf_counter()
        self.rows += len(rows)
        for row in rows:
            known = int(float(row["properties"].get("heat_score") or 0)) // VISIT
            self.brought.setdefault((int(row["id"]), known), self.latest)
        return rows

    def _read(self, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        return [self._contact(int(row["id"])) for row in rows]

    def _page(self, after: int) -> dict[str, Any]:
        last = min(after + PAGE, self.size)
        found: dict[str, Any] = {
            "results": [self._contact(each) for each in range(after + 1, last + 1)]
        }
        if last < self.size:
            found["paging"] = {"next": {"after": str(last), "link": "?"}}
        return found

    def _contact(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = contact(number)
        properties = {**found["properties"], "visits": str(self.visits[number])}
        if number in self.changed_at:
            properties["lastmodifieddate"] = found["updatedAt"] = self.changed_at[number]
        return {**found, "properties": properties}
