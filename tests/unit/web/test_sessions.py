"""Who sees the dashboard: whoever logged in with the token, from a page of ours."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from connector.web.door import SESSION, WRONG_TOKENS
from tests.unit.web.house import House

TOKEN = "correct horse battery stäple"
SOCKET = "/_nicegui_ws/socket.io/"
HERE = {"origin": "http://localhost"}
BEARER = {b"authorization": f"Bearer {TOKEN}".encode()}
PAGES = ("/", "/leads", "/deliveries", "/runs")


@pytest.fixture
def house() -> House:
    return House(admin_token=SecretStr(TOKEN), dashboard=True)


async def _login(client: httpx.AsyncClient, token: str = TOKEN, **more: str) -> httpx.Response:
    return await client.post("/login", data={"token": token, **more}, headers=HERE)


async def _socket(
    house: House, path: str = SOCKET, address: str = "127.0.0.1", **headers: str
) -> list[str]:
    """Return what a socket is told: it is accepted, or closed before it is open."""
    told: list[str] = []
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "scheme": "ws",
        "client": (address, 50_000),
        "server": ("localhost", 80),
        "subprotocols": [],
        "headers": [(b"host", b"localhost")]
        + [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - any message
        told.append(message["type"])

    await house.app(scope, receive, send)
    return told


def _who_gets_through(house: House) -> list[str]:
    """Return a list that tells of each socket that nothing stopped."""
    through: list[str] = []

    async def take(scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        through.append(scope["path"])
        await send({"type": "websocket.accept"})

    house.app.mount("/", take)
    return through


@pytest.mark.parametrize("path", [SOCKET, "/nowhere", "/api/v1/status"])
@pytest.mark.parametrize("has_dashboard", [True, False])
async def test_a_socket_without_a_session_is_closed_before_it_is_open(
    path: str, has_dashboard: bool
) -> None:
    house = House(admin_token=SecretStr(TOKEN), dashboard=has_dashboard)
    through = _who_gets_through(house)

    told = await _socket(house, path, **HERE, authorization=f"Bearer {TOKEN}")

    assert (told, through) == (["websocket.close"], [])


async def test_a_page_of_ours_has_its_socket_after_a_login(house: House) -> None:
    through = _who_gets_through(house)
    async with house.client() as client:
        await _login(client)
        cookie = f"{SESSION}={client.cookies[SESSION]}"

    told = await _socket(house, cookie=cookie, **HERE)
    elsewhere = await _socket(house, cookie=cookie, origin="https://evil.example.com")
    nowhere = await _socket(house, cookie=cookie)

    assert [told, elsewhere, nowhere] == [
        ["websocket.accept"],
        ["websocket.close"],
        ["websocket.close"],
    ]
    assert through == [SOCKET]


async def test_without_a_token_only_pages_on_this_machine_have_a_socket() -> None:
    house = House(dashboard=True)
    through = _who_gets_through(house)

    here = await _socket(house, **HERE)
    stranger = await _socket(house, address="203.0.113.9", **HERE)
    foreign = await _socket(house, origin="https://evil.example.com")

    assert [here, stranger, foreign] == [
        ["websocket.accept"],
        ["websocket.close"],
        ["websocket.close"],
    ]
    assert through == [SOCKET]


@pytest.mark.parametrize("path", PAGES)
async def test_whoever_has_no_session_is_led_to_the_login(house: House, path: str) -> None:
    async with house.client("203.0.113.9", host="heat.example.com") as client:
        answer = await client.get(path)
        form = await client.get(answer.headers["location"])

    assert answer.status_code == 303
    assert (form.status_code, 'name="token"' in form.text) == (200, True)


@pytest.mark.parametrize("path", ["/_nicegui/3.18.0/static/nicegui.js", "/_nicegui_ws/socket.io/"])
async def test_assets_and_answers_of_pages_need_a_session_too(house: House, path: str) -> None:
    async with house.client() as client:
        answer = await client.get(path, headers=BEARER)

    assert answer.status_code == 401


async def test_a_login_leads_to_the_page_that_was_asked_for(house: House) -> None:
    async with house.client() as client:
        answer = await _login(client, next="/deliveries")

    assert (answer.status_code, answer.headers["location"]) == (303, "/deliveries")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


@pytest.mark.parametrize(
    "wished", ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "/nowhere"]
)
async def test_a_login_leads_nowhere_else(house: House, wished: str) -> None:
    async with house.client() as client:
        answer = await _login(client, next=wished)

    assert answer.headers["location"] == "/"


async def test_behind_a_proxy_with_https_the_cookie_is_sent_by_no_other_way(house: House) -> None:
    headers = HERE | {"x-forwarded-proto": "https"}
    async with house.client() as client:
        answer = await client.post("/login", data={"token": TOKEN}, headers=headers)

    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_session_ends_after_twelve_hours(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        house.world.clock.advance(timedelta(hours=11, minutes=59))
        in_time = await client.get("/login")
        house.world.clock.advance(timedelta(minutes=2))
        late = await client.get("/login")

    assert (in_time.status_code, late.status_code) == (303, 200)


async def test_another_token_ends_all_sessions(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        cookie = client.cookies[SESSION]
    renewed = House(admin_token=SecretStr("another token"), dashboard=True)
    async with renewed.client() as client:
        client.cookies[SESSION] = cookie
        answer = await client.get("/")

    assert answer.headers["location"] == "/login?next=/"


@pytest.mark.parametrize("cookie", ["", "nonsense", "e30.x", '"', "é"])
async def test_a_session_cannot_be_made_up(house: House, cookie: str) -> None:
    async with house.client() as client:
        headers = {b"cookie": f"{SESSION}={cookie}".encode()}
        answer = await client.get("/runs", headers=headers)

    assert answer.status_code == 303


async def test_a_session_opens_neither_the_api_nor_the_figures(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        answers = [await client.get(path) for path in ("/api/v1/status", "/metrics")]

    assert [each.status_code for each in answers] == [401, 401]


async def test_a_session_opens_the_page_about_the_api(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        answer = await client.get("/api/docs")

    assert answer.status_code == 200


async def test_a_wrong_token_is_said_and_counted(house: House) -> None:
    async with house.client() as client:
        wrong = [await _login(client, "guess") for _ in range(WRONG_TOKENS)]
        right = await _login(client)
        bearer = await client.get("/metrics", headers=BEARER)

    assert {each.status_code for each in wrong} == {401}
    assert "This is not the admin token." in wrong[0].text
    assert (right.status_code, bearer.status_code) == (429, 429)


async def test_a_form_of_another_site_logs_nobody_in(house: House) -> None:
    async with house.client() as client:
        headers = {"origin": "https://evil.example.com"}
        answer = await client.post("/login", data={"token": TOKEN}, headers=headers)

    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("path", ["/logout", "/preferences"])
async def test_a_form_of_another_site_changes_nothing(house: House, path: str) -> None:
    async with house.client() as client:
        await _login(client)
        foreign = await client.post(path, headers={"origin": "https://evil.example.com"})
        silent = await client.post(path)
        own = await client.post(path, headers=HERE)

    assert [each.status_code for each in (foreign, silent, own)] == [403, 403, 303]


async def test_whoever_logs_out_is_out(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        await client.post("/logout", headers=HERE)
        answer = await client.get("/runs")

    assert answer.headers["location"] == "/login?next=/runs"


async def test_a_copy_of_the_cookie_is_worth_nothing_after_a_logout(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        kept = client.cookies[SESSION]
        await client.post("/logout", headers=HERE)
        client.cookies.set(SESSION, kept)
        copied = await client.get("/runs")
        client.cookies.clear()
        await _login(client)
        again = await client.get("/login")

    assert copied.headers["location"] == "/login?next=/runs"
    assert again.headers["location"] == "/"


@pytest.mark.parametrize("body", [b"a=1&b=2&c=3&d=4&e=5&f=6", b"\xff\xfe", b"%"])
@pytest.mark.parametrize("path", ["/login", "/preferences"])
async def test_what_is_no_form_of_ours_changes_nothing(
    house: House, path: str, body: bytes
) -> None:
    async with house.client() as client:
        await _login(client)
        answer = await client.post(path, content=body, headers=HERE)

    assert answer.status_code in {303, 401}


async def test_whoever_asked_for_somebody_is_led_to_them(house: House) -> None:
    wished = "/lead?contact=crm%3A7%26&score=heat"
    async with house.client() as client:
        sent_away = await client.get(wished)
        form = await client.get(sent_away.headers["location"])
        (target,) = re.findall(r'name="next" value="([^"]+)"', form.text)
        answer = await _login(client, next=html.unescape(target))

    assert answer.headers["location"] == wished


async def test_the_login_speaks_the_language_of_the_browser(house: House) -> None:
    async with house.client() as client:
        french = await client.get("/login", headers={"accept-language": "fr-CA,fr;q=0.9,en;q=0.8"})
        german = await client.get("/login", headers={"accept-language": "de"})

    assert '<html lang="fr"' in french.text
    assert "Se connecter" in french.text
    assert '<html lang="en"' in german.text


async def test_language_and_theme_are_kept_apart(house: House) -> None:
    async with house.client() as client:
        await _login(client)
        await client.post("/preferences", data={"language": "fr"}, headers=HERE)
        answer = await client.post(
            "/preferences", data={"theme": "dark", "next": "/runs"}, headers=HERE
        )
        await client.post("/logout", headers=HERE)
        form = await client.get("/login")

    assert answer.headers["location"] == "/runs"
    assert '<html lang="fr" class="theme-dark">' in form.text


async def test_without_a_dashboard_the_front_door_leads_to_the_api() -> None:
    async with House().client() as client:
        answer = await client.get("/")
        login = await client.get("/login")

    assert (answer.headers["location"], login.status_code) == ("/api/docs", 404)


async def test_without_a_token_nobody_has_to_log_in() -> None:
    async with House(dashboard=True).client() as client:
        answer = await client.get("/login?next=/runs")

    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
