"""Over a real socket: senders that are slow, that never end, or that speak no HTTP."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from connector.errors import ConfigError
from connector.ports.webhook import MOST_BYTES
from connector.web import protocol, server
from connector.web.server import serving
from tests.integration.web.wire import Door, a_post
from tests.unit.web.house import PATH, House


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let deadlines pass soon."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(protocol, "MESSAGE_SECONDS", 0.3)
    monkeypatch.setattr(server, "_EVERY", 0.05)


async def test_a_call_is_stored_whether_it_comes_whole_in_chunks_or_byte_by_byte(
    house: House, door: Door
) -> None:
    whole, proof = house.call("whole")
    chunked, chunked_proof = house.call("chunked")
    dripping, dripping_proof = house.call("dripping")
    lines = [f"{name}: {value}\r\n".encode() for name, value in chunked_proof.items()]

    async with door.line() as line:
        await line.send(a_post(PATH, whole, proof))
        first = await line.answer()
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n".encode()
        chunks = [b"%x\r\n%s\r\n" % (1, bytes([each])) for each in chunked]
        await line.send(head, *lines, b"\r\n", *chunks, b"0\r\n\r\n")
        second = await line.answer()
        request = a_post(PATH, dripping, dripping_proof)
        await line.send(*(bytes([each]) for each in request))
        third = await line.answer()

    assert [each[0] for each in (first, second, third)] == [200, 200, 200]
    assert {call.body for call in await house.inbound()} == {whole, chunked, dripping}


async def test_calls_sent_without_waiting_are_answered_in_order(house: House, door: Door) -> None:
    calls = [house.call(f"k{number}") for number in range(20)]

    async with door.line() as line:
        bad = a_post(PATH, b"{}")
        await line.send(b"".join(a_post(PATH, *each) + bad for each in calls))
        answers = [(await line.answer())[0] for _ in range(40)]

    assert answers == [200, 401] * 20
    assert len(await house.inbound()) == 20


async def test_an_oversized_body_is_refused_by_its_head_alone(house: House, door: Door) -> None:
    async with door.line() as line:
        await line.send(a_post(PATH, b"", length=10 * MOST_BYTES))
        status, headers, body = await line.answer()

    assert status == 413
    assert json.loads(body)["error"] == "the body is too large"
    assert headers["x-content-type-options"] == "nosniff"


async def test_chunks_without_end_are_refused_and_the_line_is_cut(house: House, door: Door) -> None:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"

    async with door.line() as line:
        await line.send(b"POST /webhooks/crm HTTP/1.1\r\nHost: x\r\n")
        await line.send(b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):
            await line.send(*[chunk] * 10_000)

    assert house.counted == {("crm", "too_large"): 1}


async def test_a_client_that_sends_too_much_learns_why(house: House, door: Door) -> None:
    async with httpx.AsyncClient(base_url=f"http://{door.host}:{door.port}") as client:
        answer = await client.post(PATH, content=b"x" * (2 * MOST_BYTES))
        again = await client.get("/healthz")

    assert (answer.status_code, again.status_code) == (413, 200)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("path", [PATH, "/api/v1/events"])
async def test_a_body_that_comes_too_slowly_is_not_waited_for(house: House, path: str) -> None:
    async with Door.of(house) as door, door.line() as line:
        await line.send(a_post(path, b'[{"con', length=100))
        status, headers, _ = await line.answer()
        rest = await line.rest()

    assert (status, headers["connection"], rest) == (408, "close", b"")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "sent", [b"", b"POST /web", b"POST / HTTP/1.1\r\nHost: x\r\n", b"\r\n\r\n", b"\r\n"]
)
async def test_a_head_that_does_not_come_is_not_waited_for(house: House, sent: bytes) -> None:
    async with Door.of(house) as door, door.line() as line:
        await line.send(sent)
        assert await line.rest() == b""


@pytest.mark.usefixtures("hurried")
async def test_a_body_that_nobody_reads_any_more_is_not_waited_for(house: House) -> None:
    async with Door.of(house) as door, door.line() as line:
        await line.send(a_post(PATH, b"", length=10 * MOST_BYTES))
        status, _, _ = await line.answer()
        await line.send(b"x" * 100)

        assert (status, await line.rest()) == (413, b"")


@pytest.mark.parametrize("lines", [1, 2_000])
async def test_a_flood_of_headers_is_refused(house: House, door: Door, lines: int) -> None:
    size = 3 * protocol.MOST_HEAD // lines
    header = b"".join(b"x-%d: %s\r\n" % (number, b"y" * size) for number in range(lines))

    async with door.line() as line:
        await line.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + header[: 2 * protocol.MOST_HEAD])
        try:
            await line.send(header[2 * protocol.MOST_HEAD :] + b"\r\n")
            rest = await line.rest()
        except ConnectionError:
            rest = b""

    assert rest == b"" or b"431" in rest.split(b"\r\n")[0]


async def test_a_head_that_is_a_little_too_large_is_told_so(door: Door) -> None:
    header = b"x-long: %s\r\n" % (b"y" * (protocol.MOST_HEAD + 1))

    async with door.line() as line:
        await line.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n")
        status, headers, body = await line.answer()

    assert (status, headers["connection"]) == (431, "close")
    assert json.loads(body)["problems"] == []


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello \r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /webhooks/crm HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhooks/crm HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /webhooks/crm HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_and_the_next_caller_is_served(
    door: Door, sent: bytes
) -> None:
    async with door.line() as line, door.line() as other:
        await line.send(sent)
        status, _, _ = await line.answer()
        await other.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        served, _, _ = await other.answer()

    assert 400 <= status < 500
    assert served == 200


async def test_when_there_are_too_many_lines_the_one_that_idles_longest_makes_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)

    async with Door.of(house) as door, door.line() as oldest, door.line(), door.line():
        async with door.line() as newest:
            await newest.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            status, _, _ = await newest.answer()
        assert (await oldest.rest(), status) == (b"", 200)


async def test_at_the_end_what_is_under_way_is_answered_and_nothing_more_is_accepted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, begun, go_on = house.world.state.store_calls, asyncio.Event(), asyncio.Event()

    async def storing(calls: list[object]) -> int:
        begun.set()
        await go_on.wait()
        return await store(calls)  # type: ignore[arg-type]

    monkeypatch.setattr(house.world.state, "store_calls", storing)
    async with Door.of(house) as door:
        idle, busy = door.line(), door.line()
        waiting, line = await idle.__aenter__(), await busy.__aenter__()
        await line.send(a_post(PATH, *house.call("k1")))
        await begun.wait()
        asyncio.get_running_loop().call_later(0.2, go_on.set)

    status, headers, _ = await line.answer()
    assert (status, headers["connection"]) == (200, "close")
    assert await waiting.rest() == b""
    with pytest.raises(ConnectionRefusedError):
        async with door.line():
            pass
    for each in (idle, busy):
        await each.__aexit__(None, None, None)


async def test_an_address_that_is_taken_is_told(door: Door, house: House) -> None:
    with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1, port {door.port}: "):
        async with serving(house.app, door.host, door.port):
            pass
