"""Webhooks: proved, stored, answered; and what strangers get instead."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from connector.domain.ledger import Inbound
from connector.errors import StateUnreachable
from connector.ports.control import Job
from connector.ports.webhook import MOST_BYTES
from connector.web import receiver
from tests.unit.web.house import PATH, House


async def test_a_proved_call_is_stored_and_taken_in_soon() -> None:
    house = House()
    body, proof = house.call("k1")

    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=proof)
    await house.app.state.intake.aclose()

    (stored,) = await house.inbound()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (stored.platform, stored.body) == ("crm", body)
    assert stored.received_at == house.world.clock.now()
    assert house.jobs == [Job(lane="crm", task="inbound")]
    assert house.counted == {("crm", "stored"): 1}


async def test_a_call_without_a_proof_is_refused_and_not_stored() -> None:
    house = House()
    body, proof = house.call("k1")

    async with house.client() as client:
        without = await client.post(PATH, content=body)
        changed = await client.post(PATH, content=body + b" ", headers=proof)

    assert [without.status_code, changed.status_code] == [401, 401]
    assert without.json() == {
        "error": "the call does not prove where it comes from",
        "problems": [],
    }
    assert await house.inbound() == []
    assert house.counted == {("crm", "refused"): 2}


async def test_a_call_signed_too_long_ago_is_refused() -> None:
    house = House()
    body, proof = house.call("k1")
    house.world.clock.advance(timedelta(minutes=6))

    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=proof)

    assert answer.status_code == 401
    assert await house.inbound() == []


async def test_the_same_items_in_another_order_are_the_same_call() -> None:
    house = House()
    calls = [house.call("a", "b"), house.call("b", "a"), house.call("a", "b")]

    async with house.client() as client:
        answers = [await client.post(PATH, content=body, headers=head) for body, head in calls]

    assert [each.status_code for each in answers] == [200, 200, 200]
    assert len(await house.inbound()) == 1


async def test_a_proved_call_that_cannot_be_read_is_kept_for_a_look() -> None:
    house = House()
    body = b"\xff no JSON"

    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=house.proof(body))

    assert answer.status_code == 200
    assert [call.body for call in await house.inbound()] == [body]


async def test_no_secret_of_a_call_is_kept() -> None:
    house = House()
    body, proof = house.call("k1")
    given = {"authorization": "Bearer x", "cookie": "a=b", "x-topic": "order", **proof}

    async with house.client() as client:
        await client.post(PATH, content=body, headers=given)

    (stored,) = await house.inbound()
    assert stored.headers == {"x-topic": "order", "memory-timestamp": proof["memory-timestamp"]}


@pytest.mark.parametrize("name", ["nobody", "", "crm/more", "CRM", "%00"])
async def test_a_platform_that_nobody_has_is_not_found(name: str) -> None:
    house = House()

    async with house.client() as client:
        answer = await client.post(f"/webhooks/{name}", content=b"{}")

    assert answer.status_code == 404
    assert answer.json() == {"error": "not found", "problems": []}
    assert house.counted == {("", "unknown"): 1}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_platform_may_ask_whether_we_are_here(method: str) -> None:
    house = House()

    async with house.client() as client:
        answer = await client.request(method, PATH)

    assert answer.status_code == 200


async def test_other_methods_are_refused() -> None:
    house = House()

    async with house.client() as client:
        answer = await client.put(PATH, content=b"{}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, GET, HEAD")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    house = House()
    body = b"x" * (MOST_BYTES + 1)

    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=house.proof(body))

    assert answer.status_code == 413
    assert await house.inbound() == []


async def test_a_platform_that_sends_large_batches_may(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    parser = type(house.world.platforms["crm"].webhook_parser)
    monkeypatch.setattr(parser, "most_bytes", 2 * MOST_BYTES)
    body = b" " * MOST_BYTES + b'{"items": []}'

    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=house.proof(body))

    assert answer.status_code == 200


async def test_what_a_long_call_tells_is_looked_for_in_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    threads: list[bool] = []
    call_of = receiver.call_of

    def noted(*given: Any) -> Inbound:  # noqa: ANN401 - whatever it is given
        threads.append(threading.current_thread() is threading.main_thread())
        return call_of(*given)

    monkeypatch.setattr(receiver, "call_of", noted)
    body = b'{"padding": "' + b"x" * receiver.AT_ONCE + b'"}'

    async with house.client() as client:
        for each in (b"{}", body):
            answer = await client.post(PATH, content=each, headers=house.proof(each))
            assert answer.status_code == 200

    assert threads == [True, False]
    assert len(await house.inbound()) == 2


async def test_calls_that_come_together_are_stored_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    sizes: list[int] = []
    store = house.world.state.store_calls

    async def storing(calls: list[Inbound]) -> int:
        sizes.append(len(calls))
        await asyncio.sleep(0)
        return await store(calls)

    monkeypatch.setattr(house.world.state, "store_calls", storing)
    async with house.client() as client:
        calls = [house.call(f"k{n}") for n in range(50)]
        posts = [client.post(PATH, content=body, headers=head) for body, head in calls]
        answers = await asyncio.gather(*posts)

    assert {each.status_code for each in answers} == {200}
    assert len(await house.inbound()) == sum(sizes) == 50
    assert len(sizes) <= 5


async def test_what_cannot_be_stored_is_answered_as_the_platform_wants_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    body, proof = house.call("k1")

    async def failing(_calls: list[Inbound]) -> int:
        raise StateUnreachable

    monkeypatch.setattr(house.world.state, "store_calls", failing)
    async with house.client() as client:
        answer = await client.post(PATH, content=body, headers=proof)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert house.counted == {("crm", "unavailable"): 1}


async def test_who_fails_again_and_again_is_not_listened_to_for_a_minute() -> None:
    house = House()
    good, proof = house.call("k1")

    async with house.client("203.0.113.9") as client:
        for _ in range(receiver.ALLOWED):
            await client.post(PATH, content=b"{}")
        limited = await client.post(PATH, content=good, headers=proof)
        async with house.client("203.0.113.10") as other:
            elsewhere = await other.post(PATH, content=good, headers=proof)
        house.world.clock.advance(timedelta(seconds=61))
        later = await client.post(PATH, content=good, headers=proof)

    assert (limited.status_code, limited.headers["retry-after"]) == (429, "60")
    assert [elsewhere.status_code, later.status_code] == [200, 200]


async def test_strangers_cannot_silence_a_platform_whose_address_they_share() -> None:
    house = House()
    good, proof = house.call("k1")

    async with house.client("203.0.113.9") as client:
        await client.post(PATH, content=good, headers=proof)
        for _ in range(2 * receiver.ALLOWED):
            await client.post(PATH, content=b"{}")
        answer = await client.post(PATH, content=good, headers=proof)

    assert answer.status_code == 200


async def test_the_public_address_is_what_a_call_was_sent_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    for public in (None, "https://heat.example.com/in"):
        house = House(public_url=public)
        parser = type(house.world.platforms["crm"].webhook_parser)
        monkeypatch.setattr(parser, "verify", lambda _self, request: seen.append(request.url))
        async with house.client(host="localhost:8080") as client:
            await client.post(f"{PATH}?a=%2Fb", content=b"{}")

    assert seen == [
        "http://localhost:8080/webhooks/crm?a=%2Fb",
        "https://heat.example.com/in/webhooks/crm?a=%2Fb",
    ]


@pytest.mark.parametrize(("address", "scheme"), [("127.0.0.1", "https"), ("203.0.113.9", "http")])
async def test_a_proxy_of_ours_says_by_which_scheme_it_was_called(
    monkeypatch: pytest.MonkeyPatch, address: str, scheme: str
) -> None:
    house, seen = House(), list[str]()
    parser = type(house.world.platforms["crm"].webhook_parser)
    monkeypatch.setattr(parser, "verify", lambda _self, request: seen.append(request.url))

    async with house.client(address, host="heat.example.com") as client:
        await client.post(PATH, content=b"{}", headers={"x-forwarded-proto": "https"})

    assert seen == [f"{scheme}://heat.example.com/webhooks/crm"]


async def test_an_adapter_that_stumbles_over_a_call_refuses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    parser = type(house.world.platforms["crm"].webhook_parser)
    monkeypatch.setattr(parser, "verify", lambda _self, _request: 1 / 0)

    async with house.client() as client:
        answer = await client.post(PATH, content=b"{}")

    assert answer.status_code == 401
    assert await house.inbound() == []
