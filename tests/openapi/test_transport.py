"""The contract tells a right exchange from a wrong one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.simulation.faults import Fault
from adapters.simulation.messages import Reply, json_reply
from tests.openapi.contract import Mismatch
from tests.openapi.transport import ValidatingTransport

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def brevo() -> BrevoSimulator:
    return BrevoSimulator(now=lambda: NOW)


@pytest.fixture
async def client(brevo: BrevoSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=ValidatingTransport(brevo),
        base_url="https://brevo.test/v3",
        headers={"api-key": brevo.account.key},
    ) as client:
        yield client


async def test_what_is_in_the_file_passes(client: httpx.AsyncClient) -> None:
    answer = await client.post("/contacts", json={"email": "ann@example.com"})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", "/contacts?limit=1001", None, id="parameter-out-of-range"),
        pytest.param("GET", "/people", None, id="unknown-path"),
        pytest.param("POST", "/contacts/lists", {"name": "a"}, id="missing-field"),
        pytest.param(
            "POST", "/contacts/lists/1/contacts/add", {"ids": [*range(151)]}, id="too-many"
        ),
        pytest.param(
            "POST", "/contacts/lists/1/contacts/add", {"ids": [1], "emails": ["a@b.cd"]}, id="both"
        ),
    ],
)
async def test_a_request_that_is_not_in_the_file_is_told(
    client: httpx.AsyncClient, method: str, path: str, body: object
) -> None:
    with pytest.raises(Mismatch, match=method):
        await client.request(method, path, json=body)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(json_reply({"contacts": []}), id="without-a-field"),
        pytest.param(json_reply({"contacts": [{"id": "x"}], "count": 1}), id="wrong-type"),
        pytest.param(Reply(status=204), id="unknown-status"),
        pytest.param(json_reply({"error": "no"}, 400), id="error-of-another-kind"),
    ],
)
async def test_an_answer_that_is_not_in_the_file_is_told(
    client: httpx.AsyncClient,
    brevo: BrevoSimulator,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
) -> None:
    # The simulator never gives these: only a patch can.
    monkeypatch.setattr(brevo.app._vendor, "answer", lambda request: reply)

    with pytest.raises(Mismatch, match="/v3/contacts"):
        await client.get("/contacts")


async def test_an_answer_that_a_fault_spoilt_is_let_through(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    brevo.faults.play(Fault.HTML_PAGE)

    answer = await client.get("/contacts")

    assert "html" in answer.text
