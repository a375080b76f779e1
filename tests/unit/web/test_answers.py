"""What holds for every answer: one shape of refusals, headers, nothing of what went wrong."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from structlog.testing import capture_logs

from connector.errors import AccessRefused, ConfigError, Problem, StateBusy, StateUnreachable
from connector.sync.looking.standing import Standing
from connector.web.routes import standing
from tests.unit.web.house import PATH, House

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/api/v1/status", 200),
        ("POST", PATH, 401),
        ("POST", "/webhooks/nobody", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/v1/status", 405),
        ("GET", "/api/v1/top?limit=many", 422),
    ],
)
async def test_every_answer_has_the_headers_that_browsers_heed(
    method: str, path: str, status: int
) -> None:
    async with House().client() as client:
        answer = await client.request(method, path)

    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/api/v1/nowhere"),
        ("DELETE", "/api/v1/status"),
        ("GET", "/api/v1/top?limit=many"),
        ("GET", "/api/v1/top?score=none"),
        ("GET", "/api/v1/contacts/nobody@example.com"),
        ("GET", "/api/v1/explain/nobody@example.com"),
        ("POST", "/api/v1/events"),
    ],
)
async def test_refusals_have_one_shape(method: str, path: str) -> None:
    async with House().client() as client:
        answer = await client.request(method, path)

    told = answer.json()
    assert answer.status_code >= 400
    assert set(told) == {"error", "problems"}
    assert all(set(each) == {"message", "path", "hint"} for each in told["problems"])


async def test_a_refusal_says_where_and_never_what_was_sent() -> None:
    async with House().client() as client:
        answer = await client.get("/api/v1/top", params={"limit": "ada@example.com"})

    (problem,) = answer.json()["problems"]
    assert problem["path"] == "query.limit"
    assert "ada" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StateBusy(), 503),
        (StateUnreachable(), 503),
        (ConfigError([Problem(message="no")]), 422),
        (AccessRefused(platform="crm", operation="ask"), 502),
    ],
)
async def test_errors_of_ours_are_answered_by_what_can_be_done(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def failing(_workspace: object) -> Standing:
        raise error

    monkeypatch.setattr(standing, "standing", failing)
    async with House().client() as client:
        answer = await client.get("/api/v1/status")

    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_what_nobody_foresaw_is_an_empty_answer_and_a_log_line_without_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def failing(_workspace: object) -> Standing:
        raise RuntimeError("ada@example.com was not expected")

    monkeypatch.setattr(standing, "standing", failing)
    with capture_logs() as logged:
        async with House().client() as client:
            answer = await client.get("/api/v1/status")

    (line,) = logged
    assert (answer.status_code, answer.content) == (500, b"")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (line["event"], line["error"]) == ("request failed", "RuntimeError")
    assert "failing" in str(line["where"])
    assert "ada" not in str(line)


async def test_ready_means_that_the_process_can_work() -> None:
    house = House()
    house.problems.append(Problem(message="the daemon starts"))

    async with house.client() as client:
        starting = await client.get("/readyz")
        house.problems.clear()
        ready = await client.get("/readyz")

    assert (starting.status_code, ready.status_code) == (503, 200)
    assert starting.json()["problems"][0]["message"] == "the daemon starts"


async def test_ready_means_that_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()

    def failing() -> None:
        raise StateUnreachable("postgresql://db.internal is away")

    monkeypatch.setattr(house.world.state, "read", failing)
    async with house.client() as client:
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")

    assert (ready.status_code, ready.json()["error"]) == (503, "the database does not answer")
    assert alive.status_code == 200


async def test_the_database_is_asked_once_for_all_who_want_to_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    read, asked = house.world.state.read, Counter[str]()

    def counting() -> object:
        asked.update(["read"])
        return read()

    monkeypatch.setattr(house.world.state, "read", counting)
    async with house.client() as client:
        answers = await asyncio.gather(*(client.get("/readyz") for _ in range(20)))

    assert {each.status_code for each in answers} == {200}
    assert asked == {"read": 1}


async def test_the_guide_tells_of_every_path_and_needs_nothing_from_afar() -> None:
    house = House()

    async with house.client() as client:
        page = await client.get("/api/docs")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert all(path in page.text for path in house.app.openapi()["paths"])
    assert "<script" not in page.text
    assert "src=" not in page.text


async def test_the_guide_names_each_field_of_a_body_and_whether_it_is_needed() -> None:
    async with House().client() as client:
        page = (await client.get("/api/docs")).text

    assert "$ref" not in page
    assert "<td><code>reason</code></td><td>string, needed</td>" in page
    assert "<td><code>contact.email</code></td><td>string or null</td>" in page
