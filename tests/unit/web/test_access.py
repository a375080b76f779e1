"""Who may ask: with a token, and on this machine without one."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from pydantic import SecretStr

from connector.web.door import WRONG_TOKENS
from tests.unit.web.house import House

TOKEN = "correct horse battery staple"
PAGES = ("/", "/api/docs", "/api/openapi.json")
GUARDED = ("/metrics", "/api/v1/status", "/api/v1/top", "/nowhere")


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def house() -> House:
    return House(admin_token=SecretStr(TOKEN))


def _as_browsers_do(token: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'me:{token}'.encode()).decode()}"}


@pytest.mark.parametrize("path", [*GUARDED, *PAGES])
async def test_without_the_token_nothing_but_health_is_told(house: House, path: str) -> None:
    async with house.client() as client:
        answer = await client.get(path)

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert answer.json()["error"] == "give the admin token as a bearer token"


@pytest.mark.parametrize("path", PAGES)
async def test_a_browser_asks_for_the_token_of_a_page_that_tells_of_nobody(
    house: House, path: str
) -> None:
    async with house.client() as client:
        asked = await client.get(path)
        shown = await client.get(path, headers=_as_browsers_do(TOKEN), follow_redirects=True)

    ways = asked.headers.get_list("www-authenticate")
    assert ways == ["Bearer", 'Basic realm="heatsync", charset="UTF-8"']
    assert (shown.status_code, "/api/v1/status" in shown.text) == (200, True)


@pytest.mark.parametrize("path", GUARDED)
async def test_what_a_browser_sends_by_itself_opens_nothing_that_tells_of_anybody(
    house: House, path: str
) -> None:
    async with house.client() as client:
        answer = await client.get(path, headers=_as_browsers_do(TOKEN))

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "given", ["Basic", "Basic ?", "Basic bm8gY29sb24=", "Basic /w==", f"Basic {TOKEN}"]
)
async def test_nonsense_for_a_password_is_refused(house: House, given: str) -> None:
    async with house.client() as client:
        answer = await client.get("/api/docs", headers={"authorization": given})

    assert answer.status_code == 401


async def test_what_a_browser_sends_by_itself_shuts_nobody_out(house: House) -> None:
    async with house.client() as client:
        for _ in range(2 * WRONG_TOKENS):
            await client.get("/api/v1/status", headers=_as_browsers_do(TOKEN))
        answer = await client.get("/api/v1/status", headers=_bearer(TOKEN))

    assert answer.status_code == 200


async def test_passwords_are_guessed_no_more_often_than_tokens(house: House) -> None:
    async with house.client() as client:
        for _ in range(WRONG_TOKENS):
            await client.get("/api/docs", headers=_as_browsers_do("guess"))
        right = await client.get("/api/docs", headers=_as_browsers_do(TOKEN))

    assert right.status_code == 429


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_told_to_anybody_by_whatever_name_they_ask(house: House, path: str) -> None:
    async with house.client("203.0.113.9", host="10.1.2.3:8080") as client:
        assert (await client.get(path)).status_code == 200
        assert (await client.head(path)).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
async def test_with_the_token_everything_is_told(house: House, scheme: str) -> None:
    async with house.client("203.0.113.9", host="heat.example.com") as client:
        answer = await client.get("/metrics", headers={"authorization": f"{scheme} {TOKEN}"})

    assert (answer.status_code, answer.text) == (200, "heat 1\n")


@pytest.mark.parametrize("given", [TOKEN[:-1], f"{TOKEN}x", "", "Basic abc", TOKEN.upper()])
async def test_another_token_is_refused(house: House, given: str) -> None:
    async with house.client() as client:
        answer = await client.get("/metrics", headers=_bearer(given))

    assert answer.status_code == 401


async def test_after_ten_wrong_tokens_in_a_minute_nobody_there_is_heard(house: House) -> None:
    async with house.client() as client:
        for _ in range(WRONG_TOKENS):
            await client.get("/metrics", headers=_bearer("guess"))
        right = await client.get("/metrics", headers=_bearer(TOKEN))
        health = await client.get("/healthz")
        async with house.client("203.0.113.9") as other:
            elsewhere = await other.get("/metrics", headers=_bearer(TOKEN))
        house.world.clock.advance(timedelta(seconds=61))
        later = await client.get("/metrics", headers=_bearer(TOKEN))

    assert (right.status_code, right.headers["retry-after"]) == (429, "60")
    assert [health.status_code, elsewhere.status_code, later.status_code] == [200, 200, 200]


async def test_asking_without_a_token_is_no_guess(house: House) -> None:
    async with house.client() as client:
        for _ in range(2 * WRONG_TOKENS):
            await client.get("/metrics")
        answer = await client.get("/metrics", headers=_bearer(TOKEN))

    assert answer.status_code == 200


async def test_behind_a_proxy_of_ours_the_caller_is_whom_it_names(house: House) -> None:
    mallory = {"x-forwarded-for": "203.0.113.66"}
    async with house.client("127.0.0.1") as client:
        for _ in range(WRONG_TOKENS):
            await client.get("/metrics", headers=_bearer("guess") | mallory)
        stopped = await client.get("/metrics", headers=_bearer(TOKEN) | mallory)
        another = await client.get(
            "/metrics", headers=_bearer(TOKEN) | {"x-forwarded-for": "203.0.113.67"}
        )

    assert [stopped.status_code, another.status_code] == [429, 200]


async def test_without_a_token_this_machine_is_answered() -> None:
    house = House()
    for address, host in (("127.0.0.1", "localhost:8080"), ("::1", "[::1]:8080")):
        async with house.client(address, host) as client:
            assert (await client.get("/metrics")).status_code == 200


@pytest.mark.parametrize(
    ("address", "host", "told"),
    [
        ("203.0.113.9", "localhost", {}),
        ("127.0.0.1", "rebound.example.com", {}),
        ("127.0.0.1", "localhost.example.com", {}),
        ("127.0.0.1", "localhost", {"x-forwarded-for": "203.0.113.9"}),
        ("127.0.0.1", "localhost", {"x-forwarded-for": "127.0.0.1, 203.0.113.9"}),
    ],
)
async def test_without_a_token_nobody_else_is_answered(
    address: str, host: str, told: dict[str, str]
) -> None:
    house = House()

    async with house.client(address, host) as client:
        answer = await client.get("/metrics", headers=told)

    assert answer.status_code == 403


async def test_a_page_from_elsewhere_changes_nothing_on_a_machine_without_a_token() -> None:
    house = House()
    event = [{"contact": "a@b.example", "type": "demo.held", "occurred_at": 0}]

    async with house.client() as client:
        elsewhere = {"origin": "https://evil.example.com"}
        foreign = await client.post("/api/v1/events", json=event, headers=elsewhere)
        form = await client.post(
            "/api/v1/events", content=b"[]", headers={"content-type": "text/plain"}
        )
        own = await client.post(
            "/api/v1/events", json=event, headers={"origin": "http://localhost"}
        )

    assert [foreign.status_code, form.status_code, own.status_code] == [403, 422, 200]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest", "status"),
    [
        pytest.param("navigate", "document", 200, id="a link"),
        pytest.param("navigate", "iframe", 403, id="a frame"),
        pytest.param("no-cors", "image", 403, id="an image"),
        pytest.param("cors", "empty", 403, id="a script"),
    ],
)
async def test_without_a_token_a_page_from_elsewhere_may_lead_here_and_fetch_nothing(
    site: str, mode: str, dest: str, status: int
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    async with House().client() as client:
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status


async def test_without_a_token_a_page_of_ours_may_fetch_whatever_it_shows() -> None:
    headers = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    async with House().client() as client:
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == 200
