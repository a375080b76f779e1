"""A server that answers pages of made-up contacts as fast as it can, and takes what is written.

It stands for a platform that is never what one waits for: every page is made before the first
request, and handed out as it is. Writes are answered after a time one may choose, row by row with
what was sent.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from urllib.parse import parse_qs, urlsplit

PAGE = 100
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_NONE = b'{"total": 0, "results": []}'
"""The answer to whatever else is asked: nothing was deleted, nothing changed meanwhile."""
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_DISTINCT = 1_000
"""Pages made; those behind them are the same with other ids."""


def contact(number: int) -> dict[str, object]:
    """Return one contact, as the platform's documentation shows them."""
    instant = f"2026-{1 + number % 9:02}-{1 + number % 28:02}T10:{number % 60:02}:00.000Z"
    return {
        "id": str(number),
        "properties": {
            "age": str(18 + number % 70) if number % 5 else None,
            "company": f"Company {number % 4_999}",
            "country": ("FR", "DE", "BE", "CH")[number % 4],
            "createdate": instant,
            "email": f"person{number}@mail{number % 997}.example.com",
            "firstname": f"First {number % 1_009}",
            "hs_additional_emails": None,
            "hs_email_optout": None,
            "hs_merged_object_ids": None,
            "hs_object_id": str(number),
            "jobtitle": ("CEO", "Marketing manager", "Buyer")[number % 3],
            "lastmodifieddate": instant,
        },
        "createdAt": instant,
        "updatedAt": instant,
        "archived": False,
    }


def page(after: int, total: int) -> bytes:
    """Return the page behind the contact `after`."""
    last = min(after + PAGE, total)
    body: dict[str, object] = {"results": [contact(each) for each in range(after + 1, last + 1)]}
    if last < total:
        body["paging"] = {"next": {"after": str(last), "link": "?"}}
    content = json.dumps(body).encode()
    return _HEAD % len(content) + content


def written(body: bytes) -> bytes:
    """Return the answer to a batch: every row as it was sent."""
    rows = json.loads(body)["inputs"]
    content = json.dumps({"status": "COMPLETE", "results": rows}).encode()
    return _HEAD % len(content) + content


async def serve(total: int, latency: float) -> None:
    """Answer on a free port of this machine, which is printed, until the process is ended."""
    pages = {after: page(after, total) for after in range(0, min(total, _DISTINCT * PAGE), PAGE)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if b"/batch/update" in head:
                    await asyncio.sleep(latency)
                    writer.write(written(body))
                    continue
                query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
                if head.startswith(b"POST") or query.get("archived") == ["true"]:
                    writer.write(_HEAD % len(_NONE) + _NONE)
                else:
                    after = int(query.get("after", ["0"])[0])
                    writer.write(pages.get(after) or page(after, total))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
