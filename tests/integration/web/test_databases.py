"""The web over real databases: what is answered is on disk, and no text upsets them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from connector.web import intake
from state.opening import DatabaseState, open_state
from tests.unit.web.house import PATH, House

ODD = ("a\x00b", "\ud800", "crm:\x00", "\ud800@example.com", "\U0001f525", "x" * 500, "%", "'")


class WebOverDatabase:
    """Promises that every database has to keep."""

    @pytest.fixture
    async def house(self, state: DatabaseState) -> House:
        house = House()
        house.world.state = cast("Any", state)
        return house

    async def test_a_call_that_is_answered_is_seen_by_others(self, house: House, url: str) -> None:
        body, proof = house.call("k1")

        async with house.client() as client:
            answers = [await client.post(PATH, content=body, headers=proof) for _ in range(2)]
            other = await open_state(url)
            async with other.read() as tx:
                stored = await tx.inbound.list()
            await other.aclose()

        assert [each.status_code for each in answers] == [200, 200]
        assert [call.body for call in stored] == [body]

    async def test_calls_and_events_with_odd_texts_are_kept(self, house: House) -> None:
        body, proof = house.call(*ODD)
        events = [
            {"contact": f"{number}", "type": "demo.held", "occurred_at": 0, "title": text}
            for number, text in enumerate(ODD)
            if text.isprintable()
        ]

        async with house.client() as client:
            call = await client.post(PATH, content=body, headers=proof)
            handed_over = await client.post("/api/v1/events", json=events)

        assert call.status_code == 200
        assert handed_over.json()["stored"] == len(events)

    @pytest.mark.parametrize("text", ODD)
    async def test_nobody_is_known_by_an_odd_text(self, house: House, text: str) -> None:
        asked = json.dumps({"contact": text, "score": "heat"}).encode()
        as_json = {"content-type": "application/json"}

        async with house.client() as client:
            overriding = await client.post(
                "/api/v1/contacts/clear-override", content=asked, headers=as_json
            )
            looking = await client.get(
                "/api/v1/contacts", params={"search": text.encode(errors="replace").decode()}
            )

        assert overriding.status_code in {404, 422}
        assert looking.json() == {"contacts": []}

    async def test_the_web_is_ready_while_the_database_answers(self, house: House) -> None:
        async with house.client() as client:
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.get("/api/v1/status")).status_code == 200


class TestSqlite(WebOverDatabase):
    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url

    @pytest.fixture
    async def state(self, url: str) -> AsyncIterator[DatabaseState]:
        state = await open_state(url)
        yield state
        await state.aclose()

    async def test_while_somebody_writes_for_long_calls_have_to_come_again(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(intake, "PATIENCE", 0.05)
        body, proof = house.call("k1")

        async with house.client() as client:
            async with house.world.state.write():
                busy = await client.post(PATH, content=body, headers=proof)
            later = await client.post(PATH, content=body, headers=proof)

        assert (busy.status_code, later.status_code) == (503, 200)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(WebOverDatabase):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    async def state(self, url: str) -> AsyncIterator[DatabaseState]:
        state = await open_state(url)
        yield state
        await state.aclose()

    async def test_calls_are_stored_while_somebody_else_writes_for_long(self, house: House) -> None:
        body, proof = house.call("k1")

        async with house.client() as client, house.world.state.write(), asyncio.timeout(20):
            answer = await client.post(PATH, content=body, headers=proof)

        assert answer.status_code == 200
